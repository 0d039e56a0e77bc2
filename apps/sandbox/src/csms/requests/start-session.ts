import { type StartSessionRequested } from '#csms-contract';
import { type Fleet, type Place } from '../fleet.js';
import { newSessionId } from '../new-session-id.js';
import { isReservedFor } from '../reservation-book.js';
import { type Action } from '../request-desk.js';
import { type VisitPace } from '../visit.js';

export interface RemoteStartOptions {
  /** How long a station waits for a car after it took a start (ConnectionTimeOut, EVConnectionTimeOut). */
  connectionTimeoutMs: number;
  /** Of sessions that begin so. */
  pace: VisitPace;
  onTrouble: (error: unknown) => void;
}

/** Accepted means that the station will try; a Session comes when a car is plugged in (CMD-47, CMD-48). */
export function startSession(
  fleet: Fleet,
  options: RemoteStartOptions,
): Action<'ocpi.start-session.requested.v1'> {
  return (request) => {
    const place = placeFor(fleet, request);
    if (!place) return { result: { status: 'Rejected', reason_code: 'UnknownEvse' } };
    const { evse } = place;
    if (fleet.visitAt(evse)) return { result: { status: 'Rejected', reason_code: 'TxInProgress' } };
    const reservation = fleet.reservations.at(evse);
    if (reservation && !isReservedFor(reservation, request.token)) {
      return { result: { status: 'Rejected', reason_code: 'InvalidIdToken' } };
    }
    if (evse.status !== 'AVAILABLE' && !reservation) return { result: { status: 'Rejected' } };
    return {
      result: { status: 'Accepted' },
      then: () => {
        charge(place, request).catch(options.onTrouble);
        return Promise.resolve();
      },
    };
  };

  async function charge(place: Place, request: StartSessionRequested): Promise<void> {
    if (!(await fleet.carComes(place.evse, options.connectionTimeoutMs))) return;
    if (fleet.visitAt(place.evse)) return;
    const { group_id: groupId, ...token } = request.token;
    await fleet.visit({
      ...options.pace,
      ...place,
      sessionId: newSessionId(),
      token,
      groupId,
      authMethod: 'COMMAND',
      authorizationReference: request.authorization_reference,
      isLive: true,
    });
  }
}

/** Where no EVSE is named, the one with a waiting car, else the first that is free. */
function placeFor(
  fleet: Fleet,
  { location_id, evse_uid }: StartSessionRequested,
): Place | undefined {
  if (evse_uid !== undefined) return fleet.find(location_id, evse_uid);
  const places = fleet.evsesOf(location_id);
  const isFree = ({ evse }: Place): boolean => evse.status === 'AVAILABLE';
  return places.find((p) => isFree(p) && fleet.isPluggedIn(p.evse)) ?? places.find(isFree);
}
