import { rowsOf, type SqlRunner } from '#change-log';
import { type Evse, foldId, type Location, parseDateTime } from '#ocpi';
import { type Guard } from '../events/version-guard.js';
import { LOCATION_RENDERING } from './location-renderings.js';
import { type RenderedLocation } from './render-location.js';
import { type Fragments, tariffKeysOf } from './stored-locations.js';

/** A Location ready to be stored. `id` undefined: it is new. */
export interface LocationToWrite extends Guard {
  id: number | undefined;
  partyKey: string;
  location: Location;
  rendered: RenderedLocation;
  snapshotId: string | null;
  removedAt: Date | null;
  /** Guard and place of each EVSE, in the order of `location.evses`. */
  evses: (Guard & { position: number })[];
  /** Indexes of the EVSEs that differ from what is stored, be it in a version's text alone. */
  touched: ReadonlySet<number>;
}

/** Row ids after the write. */
export interface WrittenLocation {
  id: number;
  /** By folded uid; of the EVSEs written. */
  evseIds: Map<string, number>;
}

/** Writes Locations and those of their EVSEs that differ, in five statements whatever their number. */
export async function writeLocations(
  sql: SqlRunner,
  locations: readonly LocationToWrite[],
): Promise<WrittenLocation[]> {
  const fresh = locations.filter(({ id }) => id === undefined);
  const ids = new Map<LocationToWrite, number>();
  for (const location of locations) {
    if (location.id !== undefined) ids.set(location, location.id);
  }
  for (const [index, id] of (await insert(sql, fresh)).entries()) {
    const location = fresh[index];
    if (location) ids.set(location, id);
  }
  await update(
    sql,
    locations.filter(({ id }) => id !== undefined),
  );
  const evses = locations.flatMap((location) => evsesToWrite(location, ids.get(location) ?? 0));
  const evseIds = await writeEvses(sql, evses);
  return locations.map((location) => {
    const id = ids.get(location) ?? 0;
    return { id, evseIds: evseIds.get(id) ?? new Map<string, number>() };
  });
}

const shell = ({ evses: _evses, last_updated: _stamp, ...own }: Location): string =>
  JSON.stringify(own);

/** The stamp of the Location's own fields; its EVSEs have theirs, and readers take the newest (LOC-22). */
const stampOf = (text: string): Date => parseDateTime(text) ?? new Date(0);

const COLUMN_TYPES =
  '$1::bigint[], $2::text[], $3::text[], $4::text[], $5::boolean[], $6::text[], $7::text[], $8::text[], $9::text[], ' +
  '$10::timestamptz[], $11::timestamptz[], $12::bigint[], $13::text[], $14::timestamptz[]';
const COLUMN_NAMES =
  'id, party_key, location_key, body, publish, tariff_keys, v211, v221, v230, last_updated, guard_time, ' +
  'guard_sequence, snapshot_id, removed_at';

const columns = (list: readonly LocationToWrite[]): unknown[] => [
  list.map(({ id }) => id ?? null),
  list.map(({ partyKey }) => partyKey),
  list.map(({ location }) => foldId(location.id)),
  list.map(({ location }) => shell(location)),
  list.map(({ location }) => location.publish),
  list.map(({ location }) => JSON.stringify(tariffKeysOf(location))),
  list.map(({ rendered }) => rendered.location.v211),
  list.map(({ rendered }) => rendered.location.v221),
  list.map(({ rendered }) => rendered.location.v230),
  list.map(({ location }) => stampOf(location.last_updated)),
  list.map(({ guardTime }) => guardTime),
  list.map(({ guardSequence }) => guardSequence),
  list.map(({ snapshotId }) => snapshotId),
  list.map(({ removedAt }) => removedAt),
];

const KEYS = 'ARRAY(SELECT jsonb_array_elements_text(v.tariff_keys::jsonb))';

async function insert(sql: SqlRunner, list: readonly LocationToWrite[]): Promise<number[]> {
  if (list.length === 0) return [];
  const rows = await rowsOf<{ id: number }>(
    sql,
    `INSERT INTO location (party_key, location_key, body, publish, tariff_keys, v211, v221, v230, last_updated,
        guard_time, guard_sequence, snapshot_id, removed_at, rendering)
     SELECT v.party_key, v.location_key, v.body, v.publish, ${KEYS}, v.v211, v.v221, v.v230, v.last_updated,
        v.guard_time, v.guard_sequence, v.snapshot_id, v.removed_at, ${LOCATION_RENDERING}
       FROM unnest(${COLUMN_TYPES}) AS v(${COLUMN_NAMES}) RETURNING id`,
    columns(list),
  );
  return rows.map(({ id }) => id);
}

async function update(sql: SqlRunner, list: readonly LocationToWrite[]): Promise<void> {
  if (list.length === 0) return;
  await sql.query(
    `UPDATE location l SET body = v.body, publish = v.publish, tariff_keys = ${KEYS}, v211 = v.v211, v221 = v.v221,
        v230 = v.v230, last_updated = v.last_updated, guard_time = v.guard_time,
        guard_sequence = v.guard_sequence, snapshot_id = v.snapshot_id, removed_at = v.removed_at,
        rendering = ${LOCATION_RENDERING}
       FROM unnest(${COLUMN_TYPES}) AS v(${COLUMN_NAMES}) WHERE l.id = v.id`,
    columns(list),
  );
}

interface EvseToWrite extends Guard {
  locationId: number;
  evse: Evse;
  position: number;
  fragments: Fragments;
}

function evsesToWrite(location: LocationToWrite, locationId: number): EvseToWrite[] {
  return (location.location.evses ?? []).flatMap((evse, index) => {
    const state = location.evses[index];
    const fragments = location.rendered.evses[index];
    if (!state || !fragments || !location.touched.has(index)) return [];
    return [{ ...state, locationId, evse, fragments }];
  });
}

const staticPart = ({ status: _status, last_updated: _stamp, ...own }: Evse): string =>
  JSON.stringify(own);

async function writeEvses(
  sql: SqlRunner,
  list: readonly EvseToWrite[],
): Promise<Map<number, Map<string, number>>> {
  const ids = new Map<number, Map<string, number>>();
  if (list.length === 0) return ids;
  const rows = await rowsOf<{ id: number; locationId: number; evseKey: string }>(
    sql,
    `INSERT INTO evse AS e (location_id, evse_key, uid, position, body, v211, v221, v230)
     SELECT * FROM unnest($1::bigint[], $2::text[], $3::text[], $4::int[], $5::text[], $6::text[], $7::text[], $8::text[])
     ON CONFLICT (location_id, evse_key) DO UPDATE
        SET body = excluded.body, v211 = excluded.v211, v221 = excluded.v221, v230 = excluded.v230
     RETURNING e.id, e.location_id AS "locationId", e.evse_key AS "evseKey"`,
    [
      list.map(({ locationId }) => locationId),
      list.map(({ evse }) => foldId(evse.uid)),
      list.map(({ evse }) => evse.uid),
      list.map(({ position }) => position),
      list.map(({ evse }) => staticPart(evse)),
      list.map(({ fragments }) => fragments.v211),
      list.map(({ fragments }) => fragments.v221),
      list.map(({ fragments }) => fragments.v230),
    ],
  );
  for (const { id, locationId, evseKey } of rows) {
    const own = ids.get(locationId) ?? new Map<string, number>();
    own.set(evseKey, id);
    ids.set(locationId, own);
  }
  await sql.query(
    `INSERT INTO evse_state AS s (evse_id, location_id, status, last_updated, guard_time, guard_sequence)
     SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::timestamptz[], $5::timestamptz[], $6::bigint[])
     ON CONFLICT (evse_id) DO UPDATE SET status = excluded.status, last_updated = excluded.last_updated,
        guard_time = excluded.guard_time, guard_sequence = excluded.guard_sequence`,
    [
      list.map(({ locationId, evse }) => ids.get(locationId)?.get(foldId(evse.uid))),
      list.map(({ locationId }) => locationId),
      list.map(({ evse }) => evse.status),
      list.map(({ evse }) => stampOf(evse.last_updated)),
      list.map(({ guardTime }) => guardTime),
      list.map(({ guardSequence }) => guardSequence),
    ],
  );
  return ids;
}
