import { foldId, type Location, parseDateTime, type Tariff } from '#ocpi';
import { type StoredLocation } from './stored-locations.js';
import { type PartyTariffs } from './tariff-shelves.js';

/**
 * Why a Location cannot follow what is stored, or name these tariffs; undefined when it can (LOC-08, LOC-30, LOC-32,
 * LOC-51).
 */
export function locationConflict(
  stored: StoredLocation | undefined,
  stated: Location,
  tariffs: PartyTariffs,
): string | undefined {
  if (stored && stored.location.id !== stated.id) {
    return `id: ${stated.id} differs from ${stored.location.id} in case alone`;
  }
  const known = new Map(stored?.evses.map(({ evseKey, evse }) => [evseKey, evse]));
  for (const evse of stated.evses ?? []) {
    const before = known.get(foldId(evse.uid));
    if (!before) continue;
    if (before.uid !== evse.uid) {
      return `evses: uid ${evse.uid} differs from ${before.uid} in case alone`;
    }
    const left = new Set(evse.connectors.map(({ id }) => foldId(id)));
    const gone = before.connectors.find(({ id }) => !left.has(foldId(id)));
    if (gone) {
      return `evse ${evse.uid}: connector ${gone.id} cannot go alone; state what is left under a new uid`;
    }
  }
  return overlappingTariffs(stated, tariffs);
}

/** At any instant a connector has at most one tariff of a type. */
function overlappingTariffs(location: Location, known: PartyTariffs): string | undefined {
  for (const { uid, connectors } of location.evses ?? []) {
    for (const { id, tariff_ids: ids = [] } of connectors) {
      if (ids.length < 2) continue;
      const tariffs = [...new Set(ids.map(foldId))].flatMap((key) => known.get(key)?.tariff ?? []);
      for (const [index, tariff] of tariffs.entries()) {
        const other = tariffs.slice(index + 1).find((next) => isSameTypeAtOnce(tariff, next));
        if (other) {
          return `evse ${uid}, connector ${id}: tariffs ${tariff.id} and ${other.id} of one type are valid at once`;
        }
      }
    }
  }
  return undefined;
}

function isSameTypeAtOnce(a: Tariff, b: Tariff): boolean {
  return a.type === b.type && startOf(a) < endOf(b) && startOf(b) < endOf(a);
}

const startOf = ({ start_date_time: text }: Tariff): number =>
  (text === undefined ? undefined : parseDateTime(text)?.getTime()) ?? -Infinity;
const endOf = ({ end_date_time: text }: Tariff): number =>
  (text === undefined ? undefined : parseDateTime(text)?.getTime()) ?? Infinity;
