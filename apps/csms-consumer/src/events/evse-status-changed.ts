import { rowsOf } from '#change-log';
import { type EvseStatusChanged, evseStatusChangedChecker } from '#csms-contract';
import { foldId } from '#ocpi';
import { eventHandler, type EventTransaction } from './event-handler.js';
import {
  APPLIED,
  type CheckedEvent,
  held,
  parked,
  STALE,
  UNCHANGED,
  type Verdict,
} from './incoming-event.js';
import { knownEvses } from './known-evses.js';
import { locationParent } from './parent-keys.js';
import { type Guard, guardOf, isOlder, olderSql } from './version-guard.js';

const FIND = `SELECT v.n, s.evse_id AS "evseId", s.status, s.guard_time AS "guardTime",
    s.guard_sequence AS "guardSequence"
  FROM unnest($1::text[], $2::text[], $3::text[]) WITH ORDINALITY AS v(party_key, location_key, evse_key, n)
  JOIN location l ON l.party_key = v.party_key AND l.location_key = v.location_key
  JOIN evse e ON e.location_id = l.id AND e.evse_key = v.evse_key
  JOIN evse_state s ON s.evse_id = e.id`;

// Looking keys up reads the wide rows of Locations and EVSEs; by id, the narrow one of the state is enough.
const FIND_BY_ID = `SELECT evse_id AS "evseId", status, guard_time AS "guardTime", guard_sequence AS "guardSequence"
  FROM evse_state WHERE evse_id = ANY($1)`;

// The guard is asked again: another transaction may have been faster. A stamp never goes back.
const UPDATE = `WITH u AS (UPDATE evse_state s
     SET status = v.status, guard_time = v.time, guard_sequence = v.sequence,
         last_updated = CASE WHEN v.time > s.last_updated THEN v.time ELSE greatest(s.last_updated, $5) END
    FROM unnest($1::bigint[], $2::text[], $3::timestamptz[], $4::bigint[]) AS v(evse_id, status, time, sequence)
   WHERE s.evse_id = v.evse_id AND NOT ${olderSql('v', 's')}
   RETURNING s.evse_id, s.location_id)
  SELECT evse_id AS "evseId", location_id AS "locationId" FROM u`;

interface Stored extends Guard {
  evseId: number;
  status: string;
}

/** One EVSE of the batch: what is stored, and what the events make of it. */
interface Track {
  stored: Stored | undefined;
  status: string;
  guard: Guard;
  time: Date;
}

/** The whole batch costs two or three statements. A status that repeats the stored one costs no write and no push. */
export const evseStatusChanged = eventHandler<EvseStatusChanged>({
  checker: evseStatusChangedChecker,
  handle: async (tx, events) => {
    const tracks = await findEvses(tx, events);
    const verdicts = events.map((event) => follow(tracks.get(keyOf(event)), event));
    const owners = new Map(
      events.map((event) => [tracks.get(keyOf(event))?.stored?.evseId, event.partyKey]),
    );
    await update(tx, [...tracks.values()], owners);
    return verdicts;
  },
});

const keyOf = ({ partyKey, data }: CheckedEvent<EvseStatusChanged>): string =>
  `${partyKey}\n${foldId(data.location_id)}\n${foldId(data.evse_uid)}`;

async function findEvses(
  tx: EventTransaction,
  events: readonly CheckedEvent<EvseStatusChanged>[],
): Promise<Map<string, Track>> {
  const first = new Map(events.map((event) => [keyOf(event), event]));
  const stored = await findKnown(tx, [...first.keys()]);
  const unknown = [...first].filter(([key]) => !stored.has(key));
  for (const [key, row] of await lookUp(tx, unknown)) stored.set(key, row);
  return new Map(
    [...first.keys()].map((key) => {
      const row = stored.get(key);
      const guard = row ?? { guardTime: new Date(0), guardSequence: null };
      return [key, { stored: row, status: row?.status ?? '', guard, time: guard.guardTime }];
    }),
  );
}

async function findKnown(tx: EventTransaction, keys: string[]): Promise<Map<string, Stored>> {
  const known = knownEvses(tx.sql);
  const keyById = new Map(keys.map((key) => [known.get(key), key]));
  const ids = [...keyById.keys()].filter((id) => id !== undefined);
  if (ids.length === 0) return new Map();
  const rows = await rowsOf<Stored>(tx.sql, FIND_BY_ID, [ids]);
  return new Map(rows.map((row) => [keyById.get(row.evseId) ?? '', row]));
}

async function lookUp(
  tx: EventTransaction,
  events: readonly (readonly [string, CheckedEvent<EvseStatusChanged>])[],
): Promise<Map<string, Stored>> {
  if (events.length === 0) return new Map();
  const rows = await rowsOf<Stored & { n: number }>(tx.sql, FIND, [
    events.map(([, { partyKey }]) => partyKey),
    events.map(([, { data }]) => foldId(data.location_id)),
    events.map(([, { data }]) => foldId(data.evse_uid)),
  ]);
  const known = knownEvses(tx.sql);
  const found = new Map<string, Stored>();
  for (const row of rows) {
    const key = events[row.n - 1]?.[0] ?? '';
    known.set(key, row.evseId);
    found.set(key, row);
  }
  return found;
}

function follow(
  track: Track | undefined,
  { event, data, partyKey }: CheckedEvent<EvseStatusChanged>,
): Verdict {
  if (!track?.stored) {
    const parent = locationParent(partyKey, data.location_id);
    return held(parent, `no EVSE ${data.evse_uid} in Location ${data.location_id} yet`);
  }
  if (isOlder(event, track.guard)) return STALE;
  if (track.status === 'REMOVED' && data.status !== 'REMOVED') {
    return parked('the EVSE is REMOVED; to bring it back, state it in a Location');
  }
  const isSame = track.status === data.status;
  track.guard = guardOf(event);
  track.status = data.status;
  track.time = event.time;
  return isSame ? UNCHANGED : APPLIED;
}

async function update(
  tx: EventTransaction,
  tracks: readonly Track[],
  owners: ReadonlyMap<number | undefined, string>,
): Promise<void> {
  const changed = tracks.flatMap(({ stored, ...track }) =>
    stored && stored.status !== track.status ? [{ ...track, evseId: stored.evseId }] : [],
  );
  if (changed.length === 0) return;
  const rows = await rowsOf<{ evseId: number; locationId: number }>(tx.sql, UPDATE, [
    changed.map(({ evseId }) => evseId),
    changed.map(({ status }) => status),
    changed.map(({ time }) => time),
    changed.map(({ guard }) => guard.guardSequence),
    tx.now,
  ]);
  const written = new Map(rows.map((row) => [row.evseId, row.locationId]));
  for (const { evseId, time } of changed) {
    const objectId = written.get(evseId);
    if (objectId === undefined) continue;
    const partyKey = owners.get(evseId) ?? '';
    tx.changes.push({
      kind: 'evse',
      objectId,
      evseId,
      aspect: 'status',
      partyKey,
      eventTime: time,
    });
  }
}
