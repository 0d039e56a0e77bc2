import { csmsRequest } from '#csms-contract';
import { type CancelReservation, foldId } from '#ocpi';
import { answerCommand, openCommand } from '../open-command.js';
import { findOpenReservation, type OpenReservation } from '../reservations/find-reservation.js';
import { sessionIdOf } from '../reservations/open-reservation.js';
import { actsFor } from './command-caller.js';
import { type CommandScope, newCommand, requestFrame } from './command-scope.js';
import { findSite } from './command-site.js';
import { rejected, type CommandVerdict } from './command-verdict.js';

/**
 * UNKNOWN_RESERVATION is a result only: it is told to the `response_url`, without the CSMS, of what is unknown, another's, used,
 * expired or cancelled (CMD-65, CMD-74).
 */
export async function judgeCancel(
  scope: CommandScope,
  body: CancelReservation,
): Promise<CommandVerdict> {
  const { caller, source } = scope;
  const [first] = caller.hosted;
  if (!first) return rejected('no party of ours is addressed');
  const reservationKey = foldId(body.reservation_id);
  const reservation = await findOpenReservation(
    source,
    caller.hosted.map(({ partyKey }) => partyKey),
    actsFor(caller),
    reservationKey,
  );
  if (!reservation) {
    const command = newCommand(scope, 'CANCEL_RESERVATION', first, body, {
      sameAs: [reservationKey],
    });
    return {
      kind: 'accepted',
      open: (tx) => answerCommand(tx, command, { result: 'UNKNOWN_RESERVATION' }),
    };
  }
  return cancel(scope, body, reservation);
}

async function cancel(
  scope: CommandScope,
  body: CancelReservation,
  reservation: OpenReservation,
): Promise<CommandVerdict> {
  const { caller, source } = scope;
  const { number, partyKey, senderKey, locationKey, evseKey, sessionKey } = reservation;
  const hosted = caller.hosted.find((party) => party.partyKey === partyKey);
  // Folded ids, read without the partner's eyes: it has been there before.
  const everything = { ...caller.connection, locationsShown: 'all' as const };
  const reader = { ...caller, version: '2.3.0' as const, connection: everything };
  const site = await findSite(source, reader, locationKey, evseKey ?? undefined);
  if (!hosted || !site) return rejected('the Location of the reservation is gone');
  const evseUid = evseKey === null ? undefined : site.evses[0]?.uid;
  const command = newCommand(scope, 'CANCEL_RESERVATION', hosted, body, {
    locationKey,
    evseKey: evseKey ?? undefined,
    sessionKey,
    reservationNumber: number,
    sameAs: [number],
  });
  return {
    kind: 'accepted',
    open: (tx) =>
      openCommand(tx, { ...command, senderKey }, (id) =>
        csmsRequest('ocpi.cancel-reservation.requested.v1', {
          ...requestFrame(scope, hosted, id),
          reservation_number: number,
          session_id: sessionIdOf(reservation),
          location_id: site.locationId,
          ...(evseUid !== undefined && { evse_uid: evseUid }),
        }),
      ),
  };
}
