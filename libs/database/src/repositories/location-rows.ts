import type { Evse, Location } from '#ocpi';
import type { DataSource, EntityManager } from 'typeorm';

export interface EvseRow {
  id: number;
  uid: string;
  evseKey: string;
  position: number;
  body: string;
  v211: string | null;
  v221: string | null;
  v230: string | null;
  status: string;
  lastUpdated: Date;
}

/** A stored Location with its EVSEs in order and the effective `last_updated` (LOC-22). */
export interface LocationRow {
  id: number;
  partyKey: string;
  locationKey: string;
  publish: boolean;
  removedAt: Date | null;
  lastUpdated: Date;
  body: string;
  v211: string | null;
  v221: string | null;
  v230: string | null;
  evses: EvseRow[];
}

/** The stored Locations with these row ids; unknown ids are missing from the map. */
export async function readLocations(
  source: DataSource | EntityManager,
  ids: readonly number[],
): Promise<Map<number, LocationRow>> {
  if (ids.length === 0) return new Map();
  const [locations, evses] = await Promise.all([readShells(source, ids), readEvses(source, ids)]);
  const rows = new Map(locations.map((row) => [row.id, { ...row, evses: [] as EvseRow[] }]));
  for (const { locationId, ...evse } of evses) {
    const row = rows.get(locationId);
    if (!row) continue;
    row.evses.push(evse);
    if (evse.lastUpdated > row.lastUpdated) row.lastUpdated = evse.lastUpdated;
  }
  return rows;
}

const readShells = (
  source: DataSource | EntityManager,
  ids: readonly number[],
): Promise<Omit<LocationRow, 'evses'>[]> =>
  source.query(
    `SELECT id, party_key AS "partyKey", location_key AS "locationKey", publish, body, v211, v221, v230,
            removed_at AS "removedAt", last_updated AS "lastUpdated"
       FROM location WHERE id = ANY($1)`,
    [ids],
  );

const readEvses = (
  source: DataSource | EntityManager,
  ids: readonly number[],
): Promise<(EvseRow & { locationId: number })[]> =>
  source.query(
    `SELECT e.id, e.location_id AS "locationId", e.uid, e.evse_key AS "evseKey", e.position, e.body,
            e.v211, e.v221, e.v230, s.status, s.last_updated AS "lastUpdated"
       FROM evse e JOIN evse_state s ON s.evse_id = e.id
      WHERE e.location_id = ANY($1) ORDER BY e.location_id, e.position`,
    [ids],
  );

/** The row as a canonical 2.3.0 Location. */
export function toLocation(row: LocationRow): Location {
  const own = JSON.parse(row.body) as Omit<Location, 'evses' | 'last_updated'>;
  return {
    ...own,
    ...(row.evses.length > 0 && { evses: row.evses.map(toEvse) }),
    last_updated: row.lastUpdated.toISOString(),
  };
}

/** The row as a canonical 2.3.0 EVSE. */
function toEvse(row: EvseRow): Evse {
  const own = JSON.parse(row.body) as Omit<Evse, 'status' | 'last_updated'>;
  return {
    ...own,
    status: row.status as Evse['status'],
    last_updated: row.lastUpdated.toISOString(),
  };
}
