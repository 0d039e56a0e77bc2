import { type ReserveNowRequested, type StationStatus } from '#csms-contract';
import { type Fleet, type Place } from '../fleet.js';
import { type Action } from '../request-desk.js';

/** A number that the station knows replaces that reservation (CMD-55). */
export const reserveNow =
  (fleet: Fleet): Action<'ocpi.reserve-now.requested.v1'> =>
  (request) => {
    const places = placesFor(fleet, request);
    const answers = places.map((place) => reservable(fleet, place, request.reservation_number));
    const place = places[answers.indexOf('Accepted')];
    if (!place) return { result: { status: answers[0] ?? 'Rejected' } };
    const state = fleet.reservations.enter({ request, ...place, madeAt: new Date() });
    return { result: { status: 'Accepted' }, then: state };
  };

/** Rejected is OCPP's word for: no such reservation. */
export const cancelReservation =
  (fleet: Fleet): Action<'ocpi.cancel-reservation.requested.v1'> =>
  ({ reservation_number }) => {
    const release = fleet.reservations.cancel(reservation_number);
    return release
      ? { result: { status: 'Accepted' }, then: release }
      : { result: { status: 'Rejected' } };
  };

function placesFor(fleet: Fleet, request: ReserveNowRequested): Place[] {
  const { location_id, evse_uid, candidates = [] } = request;
  return (evse_uid === undefined ? candidates : [evse_uid]).flatMap(
    (uid) => fleet.find(location_id, uid) ?? [],
  );
}

/** What a station answers to ReserveNow, by what its EVSE does at that moment. */
function reservable(fleet: Fleet, { evse }: Place, number: number): StationStatus {
  if (evse.status === 'OUTOFORDER') return 'Faulted';
  if (evse.status === 'INOPERATIVE' || evse.status === 'UNKNOWN') return 'Unavailable';
  const reservation = fleet.reservations.at(evse);
  if (reservation) {
    return reservation.request.reservation_number === number ? 'Accepted' : 'Occupied';
  }
  return evse.status === 'AVAILABLE' && !fleet.isPluggedIn(evse) ? 'Accepted' : 'Occupied';
}
