import { foldId, isOpen } from '#ocpi';
import { type Place } from './driver-facts.js';

/** An EVSE that is there to charge, now or when its driver, reservation or fault goes; UNKNOWN may just be late news. */
const CHARGES = new Set(['AVAILABLE', 'BLOCKED', 'CHARGING', 'RESERVED', 'UNKNOWN']);

export const evseOf = (
  { evses }: Place,
  evseUid: string | undefined,
): Place['evses'][number] | undefined =>
  evseUid === undefined ? undefined : evses.find(({ uid }) => foldId(uid) === foldId(evseUid));

/**
 * Why nobody may charge at a place, whoever asks; partners do not look at opening hours and status, so it is ours (TOK-47).
 * What partners cannot be told of is no place to roam: a Session there would reach nobody.
 */
export function whyClosed(
  place: Place | undefined,
  evseUid: string | undefined,
  now: Date,
): string | undefined {
  if (!place || place.isRemoved) return 'the Location is not stated';
  const evse = evseOf(place, evseUid);
  if (evseUid !== undefined && !evse) return 'the EVSE is not stated';
  if (evse && !CHARGES.has(evse.status)) return `the EVSE is ${evse.status}`;
  const { location } = place;
  if (location.charging_when_closed === false && !isOpen(location, now)) {
    return 'the Location is closed and does not charge then';
  }
  return undefined;
}
