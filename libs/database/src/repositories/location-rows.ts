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
  /** What the statement saw that read it, as PostgreSQL prints a `pg_snapshot`. */
  snapshot: string;
  evses: EvseRow[];
}

// One statement, so that all of it is of one moment. `part` says which of the two a line is.
const READ = `SELECT 'location' AS part, l.id AS "locationId", NULL::bigint AS id, l.party_key AS "partyKey", l.location_key AS key,
    NULL AS uid, 0 AS position, l.publish, l.body, l.v211, l.v221, l.v230, NULL AS status,
    l.removed_at AS "removedAt", l.last_updated AS "lastUpdated", pg_current_snapshot()::text AS snapshot
  FROM location l WHERE l.id = ANY($1)
UNION ALL
  SELECT 'evse', e.location_id, e.id, NULL, e.evse_key, e.uid, e.position, NULL, e.body, e.v211, e.v221, e.v230, s.status,
    NULL, s.last_updated, NULL
  FROM evse e JOIN evse_state s ON s.evse_id = e.id WHERE e.location_id = ANY($1)
ORDER BY part DESC, "locationId", position`;

/** The stored Locations with these row ids as they are at one moment; unknown ids are missing from the map. */
export async function readLocations(
  source: DataSource | EntityManager,
  ids: readonly number[],
): Promise<Map<number, LocationRow>> {
  const rows = new Map<number, LocationRow>();
  if (ids.length === 0) return rows;
  for (const line of await source.query<Line[]>(READ, [ids])) {
    if (line.part === 'location') rows.set(line.locationId, shellOf(line));
    else addEvse(rows.get(line.locationId), line);
  }
  return rows;
}

interface Stored {
  locationId: number;
  key: string;
  body: string;
  v211: string | null;
  v221: string | null;
  v230: string | null;
  lastUpdated: Date;
}

type ShellLine = Stored &
  Pick<LocationRow, 'partyKey' | 'publish' | 'removedAt' | 'snapshot'> & { part: 'location' };
type EvseLine = Stored & Pick<EvseRow, 'id' | 'uid' | 'position' | 'status'> & { part: 'evse' };
type Line = ShellLine | EvseLine;

const shellOf = (line: ShellLine): LocationRow => ({
  id: line.locationId,
  partyKey: line.partyKey,
  locationKey: line.key,
  publish: line.publish,
  removedAt: line.removedAt,
  lastUpdated: line.lastUpdated,
  body: line.body,
  v211: line.v211,
  v221: line.v221,
  v230: line.v230,
  snapshot: line.snapshot,
  evses: [],
});

function addEvse(row: LocationRow | undefined, line: EvseLine): void {
  if (!row) return;
  row.evses.push({
    id: line.id,
    uid: line.uid,
    evseKey: line.key,
    position: line.position,
    body: line.body,
    v211: line.v211,
    v221: line.v221,
    v230: line.v230,
    status: line.status,
    lastUpdated: line.lastUpdated,
  });
  if (line.lastUpdated > row.lastUpdated) row.lastUpdated = line.lastUpdated;
}

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
