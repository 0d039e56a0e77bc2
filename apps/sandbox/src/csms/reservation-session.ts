import { type PartyId, type Session } from '#ocpi';
import { type Reservation } from './reservation-book.js';

/** The Session of a reservation that is in force, or that was not used (CMD-59, CMD-63). */
export function reservationSession(
  party: PartyId,
  { request, location, evse, madeAt }: Reservation,
  status: 'RESERVATION' | 'COMPLETED',
): Session {
  const { group_id: _group, ...cdrToken } = request.token;
  const now = new Date().toISOString();
  return {
    ...party,
    id: request.session_id,
    start_date_time: madeAt.toISOString(),
    ...(status === 'COMPLETED' && { end_date_time: now }),
    kwh: 0,
    cdr_token: cdrToken,
    auth_method: 'COMMAND',
    ...(request.authorization_reference !== undefined && {
      authorization_reference: request.authorization_reference,
    }),
    location_id: location.id,
    evse_uid: evse.uid,
    connector_id: evse.connectors[0]?.id ?? '1',
    currency: 'EUR',
    status,
    last_updated: now,
  };
}
