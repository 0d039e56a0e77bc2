import { plainArray, rowsOf } from '#change-log';
import { type EvseStatusChanged, evseStatusChangedChecker } from '#csms-contract';
import { foldId } from '#ocpi';
import { eventHandler, type EventTransaction } from './event-handler.js';
import {
  APPLIED,
  type CheckedEvent,
  held,
  parked,
  UNCHANGED,
  type Verdict,
} from './incoming-event.js';
import { knownEvses } from './known-evses.js';
import { locationParent } from './parent-keys.js';
import { type Guard, guardOf, isOlder, olderSql, staleAgainst } from './version-guard.js';

const STORED = `s.evse_id AS "evseId", s.status, s.guard_time AS "guardTime", s.guard_sequence AS "guardSequence"`;

const FIND = `SELECT v.n, ${STORED}
  FROM unnest($1::text[], $2::text[], $3::text[]) WITH ORDINALITY AS v(party_key, location_key, evse_key, n)
  JOIN location l ON l.party_key = v.party_key AND l.location_key = v.location_key
  JOIN evse e ON e.location_id = l.id AND e.evse_key = v.evse_key
  JOIN evse_state s ON s.evse_id = e.id`;

// Looking keys up reads the wide rows of Locations and EVSEs; by id, the narrow one of the state is enough. Left out are the
// EVSEs that are in the status stated, with a guard that no event of the batch is older than: of those there is nothing
// to know. An id without a row comes back with nothing beside its place.
const FIND_UNLIKE = `SELECT v.n, ${STORED}
  FROM unnest($1::bigint[], $2::text[]) WITH ORDINALITY AS v(evse_id, status, n)
  LEFT JOIN evse_state s ON s.evse_id = v.evse_id
  WHERE s.evse_id IS NULL OR s.status IS DISTINCT FROM v.status OR s.guard_time > $3 OR s.guard_sequence > $4`;

// The guard is asked again: another transaction may have been faster. A stamp never goes back.
const UPDATE = `WITH u AS (UPDATE evse_state s
     SET status = v.status, guard_time = v.time, guard_sequence = v.sequence,
         last_updated = CASE WHEN v.time > s.last_updated THEN v.time ELSE greatest(s.last_updated, $5) END
    FROM unnest($1::bigint[], $2::text[], $3::timestamptz[], $4::bigint[]) AS v(evse_id, status, time, sequence)
   WHERE s.evse_id = v.evse_id AND NOT ${olderSql('v', 's')}
   RETURNING s.evse_id, s.location_id)
  SELECT evse_id AS "evseId", location_id AS "locationId" FROM u`;

type Stored = Guard & { evseId: number; status: string };
type StatusEvent = CheckedEvent<EvseStatusChanged>;

/** One EVSE of the batch: what is stored, and what the events make of it. */
class Track {
  stored: Stored | undefined;
  /** In the one status that all events state, none of them older: nothing else of it was read. */
  isAsStated = false;
  /** What all events state; null where they differ. */
  stated: string | null;
  status = '';
  guard: Guard = { guardTime: new Date(0), guardSequence: null };
  time = this.guard.guardTime;
  traceparent: string | undefined;

  constructor(
    readonly key: string,
    readonly event: StatusEvent,
  ) {
    this.stated = event.data.status;
  }

  start(stored: Stored): void {
    this.stored = stored;
    this.status = stored.status;
    this.guard = stored;
    this.time = stored.guardTime;
  }
}

/** The whole batch costs two or three statements. A status that repeats the stored one costs no write and no push. */
export const evseStatusChanged = eventHandler<EvseStatusChanged>({
  checker: evseStatusChangedChecker,
  handle: async (tx, events) => {
    const tracks = new Map<string, Track>();
    const followed = events.map((event) => trackOf(tracks, event));
    await lookUp(tx, await readKnown(tx, tracks, events));
    const verdicts = events.map((event, place) => follow(followed[place], event));
    await update(tx, tracks.values());
    return verdicts;
  },
});

function trackOf(tracks: Map<string, Track>, event: StatusEvent): Track {
  const { partyKey, data } = event;
  const key = `${partyKey}\n${foldId(data.location_id)}\n${foldId(data.evse_uid)}`;
  let track = tracks.get(key);
  if (!track) tracks.set(key, (track = new Track(key, event)));
  else if (track.stated !== data.status) track.stated = null;
  return track;
}

/** Reads the states of the EVSEs whose ids are known; returns the others. */
async function readKnown(
  tx: EventTransaction,
  tracks: ReadonlyMap<string, Track>,
  events: readonly StatusEvent[],
): Promise<Track[]> {
  const known = knownEvses(tx.sql);
  const ids: number[] = [];
  const asked: Track[] = [];
  const others: Track[] = [];
  for (const track of tracks.values()) {
    const id = known.peek(track.key); // `get` would reorder the cache for each of them
    if (id === undefined) {
      others.push(track);
    } else {
      ids.push(id);
      asked.push(track);
      track.isAsStated = true;
    }
  }
  if (ids.length === 0) return others;
  const oldest = oldestOf(events);
  const unlike = await rowsOf<Partial<Stored> & { n: number }>(tx.sql, FIND_UNLIKE, [
    plainArray(ids),
    plainArray(asked.map(({ stated }) => stated)),
    oldest.time,
    oldest.sequence,
  ]);
  for (const { n, ...stored } of unlike) {
    const track = asked[n - 1];
    if (!track) continue;
    track.isAsStated = false;
    if (isFound(stored)) track.start(stored);
    else others.push(track);
  }
  return others;
}

const isFound = (stored: Partial<Stored>): stored is Stored => typeof stored.evseId === 'number';

/** What no event of the batch is older than, by either measure. */
function oldestOf(events: readonly StatusEvent[]): { time: Date; sequence: number | null } {
  let time = Infinity;
  let sequence = Infinity;
  for (const { event } of events) {
    time = Math.min(time, event.time.getTime());
    sequence = Math.min(sequence, event.sequence ?? Infinity);
  }
  return { time: new Date(time), sequence: sequence === Infinity ? null : sequence };
}

async function lookUp(tx: EventTransaction, tracks: readonly Track[]): Promise<void> {
  if (tracks.length === 0) return;
  const rows = await rowsOf<Stored & { n: number }>(tx.sql, FIND, [
    tracks.map(({ event }) => event.partyKey),
    tracks.map(({ event }) => foldId(event.data.location_id)),
    tracks.map(({ event }) => foldId(event.data.evse_uid)),
  ]);
  const known = knownEvses(tx.sql);
  for (const { n, ...stored } of rows) {
    const track = tracks[n - 1];
    if (!track) continue;
    known.set(track.key, stored.evseId);
    track.start(stored);
  }
}

function follow(track: Track | undefined, { event, data, partyKey }: StatusEvent): Verdict {
  if (track?.isAsStated) return UNCHANGED;
  if (!track?.stored) {
    const parent = locationParent(partyKey, data.location_id);
    return held(parent, `no EVSE ${data.evse_uid} in Location ${data.location_id} yet`);
  }
  if (isOlder(event, track.guard)) return staleAgainst(event, track.guard, `EVSE ${data.evse_uid}`);
  if (track.status === 'REMOVED' && data.status !== 'REMOVED') {
    return parked('the EVSE is REMOVED; to bring it back, state it in a Location');
  }
  if (track.status === data.status) return UNCHANGED;
  track.guard = guardOf(event);
  track.status = data.status;
  track.time = event.time;
  track.traceparent = event.traceparent;
  return APPLIED;
}

async function update(tx: EventTransaction, tracks: Iterable<Track>): Promise<void> {
  const changed = [...tracks].flatMap(({ stored, status, time, traceparent, guard, event }) =>
    stored && stored.status !== status
      ? [{ evseId: stored.evseId, status, time, traceparent, guard, partyKey: event.partyKey }]
      : [],
  );
  if (changed.length === 0) return;
  const rows = await rowsOf<{ evseId: number; locationId: number }>(tx.sql, UPDATE, [
    plainArray(changed.map(({ evseId }) => evseId)),
    plainArray(changed.map(({ status }) => status)),
    plainArray(changed.map(({ time }) => time.toISOString())),
    plainArray(changed.map(({ guard }) => guard.guardSequence)),
    tx.now,
  ]);
  const written = new Map(rows.map((row) => [row.evseId, row.locationId]));
  for (const { evseId, time, traceparent = null, partyKey } of changed) {
    const objectId = written.get(evseId);
    if (objectId === undefined) continue;
    tx.changes.push({
      kind: 'evse',
      objectId,
      evseId,
      aspect: 'status',
      partyKey,
      eventTime: time,
      traceparent,
    });
  }
}
