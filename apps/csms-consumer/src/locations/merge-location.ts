import {
  diffLocation,
  type Evse,
  foldId,
  type Location,
  type LocationDiff,
  parseDateTime,
  restamp,
} from '#ocpi';
import { type CloudEvent } from '#csms-contract';
import { type Guard } from '../events/version-guard.js';
import { type StoredEvse, type StoredLocation } from './stored-locations.js';

/** What a stated Location makes of the stored one. */
export interface MergedLocation {
  location: Location;
  diff: LocationDiff;
  /** Guard and place of each EVSE, in the order of `location.evses`. */
  evses: (Guard & { position: number })[];
}

/**
 * The stored Location with what the CSMS states now. EVSEs it no longer states stay as REMOVED (LOC-11, LOC-79), and a
 * status counts only if it is newer than the EVSE's own (D3).
 */
export function mergeLocation(
  stored: StoredLocation | undefined,
  stated: Location,
  event: CloudEvent,
  now: Date,
): MergedLocation {
  const known = new Map(stored?.evses.map((evse) => [evse.evseKey, evse]));
  const given = new Map((stated.evses ?? []).map((evse) => [foldId(evse.uid), evse]));
  const kept = (stored?.evses ?? []).map((evse) => {
    const restated = given.get(evse.evseKey);
    return restated ? restate(evse, restated, event) : remove(evse, given, event);
  });
  const position = Math.max(-1, ...(stored?.evses ?? []).map((evse) => evse.position)) + 1;
  const fresh = (stated.evses ?? []).filter(({ uid }) => !known.has(foldId(uid)));
  const states = [
    ...kept,
    ...fresh.map((evse, index) => ({
      evse,
      position: position + index,
      guardTime: statusTime(evse, event),
      guardSequence: null,
    })),
  ];
  const { evses: _stated, ...own } = stated;
  const evses = states.map(({ evse }) => evse);
  const after: Location = { ...own, ...(evses.length > 0 && { evses }) };
  return {
    location: restamp(stored?.location, after, now),
    diff: diffLocation(stored?.location, after),
    evses: states,
  };
}

type EvseState = Guard & { evse: Evse; position: number };

/** When the status in a Location was true: as the EVSE says, but not after the event that carries it. */
function statusTime(evse: Evse, event: CloudEvent): Date {
  const stamp = parseDateTime(evse.last_updated) ?? event.time;
  return stamp < event.time ? stamp : event.time;
}

function restate(stored: StoredEvse, evse: Evse, event: CloudEvent): EvseState {
  const { position, guardTime, guardSequence } = stored;
  const since = statusTime(evse, event);
  return since > guardTime
    ? { evse, position, guardTime: since, guardSequence: null }
    : { evse: { ...evse, status: stored.evse.status }, position, guardTime, guardSequence };
}

function remove(
  stored: StoredEvse,
  given: ReadonlyMap<string, Evse>,
  event: CloudEvent,
): EvseState {
  const { position } = stored;
  const guard = stored.evse.status === 'REMOVED' ? stored : laterGuard(stored, event);
  const evse = withoutReusedId(stored.evse, given);
  return {
    evse: { ...evse, status: 'REMOVED', last_updated: event.time.toISOString() },
    position,
    guardTime: guard.guardTime,
    guardSequence: guard.guardSequence,
  };
}

const laterGuard = (stored: Guard, event: CloudEvent): Guard => ({
  guardTime: event.time > stored.guardTime ? event.time : stored.guardTime,
  guardSequence: null,
});

/** A removed EVSE gives its printed id up to the one that carries it now (LOC-29). */
function withoutReusedId(evse: Evse, given: ReadonlyMap<string, Evse>): Evse {
  const printed = evse.evse_id;
  if (printed === undefined) return evse;
  const isReused = [...given.values()].some(
    ({ evse_id }) => evse_id !== undefined && foldId(evse_id) === foldId(printed),
  );
  if (!isReused) return evse;
  const { evse_id: _printed, ...rest } = evse;
  return rest;
}
