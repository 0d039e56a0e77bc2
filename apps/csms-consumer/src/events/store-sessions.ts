import { rowsOf } from '#change-log';
import { followSessions, releaseProfiles, type SessionStep } from '#commands';
import {
  checkSessionTransition,
  describeErrors,
  foldId,
  formatDateTime,
  isUnassigned,
  type Location,
  parseDateTime,
  partyKey,
  type Session,
} from '#ocpi';
import { isDeepStrictEqual } from 'node:util';
import {
  lockLocationsByKey,
  placeKey,
  type StoredLocation,
} from '../locations/stored-locations.js';
import { type EventTransaction } from './event-handler.js';
import {
  APPLIED,
  type CheckedEvent,
  held,
  parked,
  UNCHANGED,
  type Verdict,
  withWarnings,
} from './incoming-event.js';
import { locationParent, sessionParent } from './parent-keys.js';
import { unheardTokens } from './unheard-tokens.js';
import { type Guard, guardOf, isOlder, staleAgainst } from './version-guard.js';
import { withoutAliases } from './without-aliases.js';

type Stated = CheckedEvent<Session>;
const keyOf = ({ partyKey: party, data }: Stated): string => `${party}/${foldId(data.id)}`;

interface Track extends Guard {
  id: number | undefined;
  partyKey: string;
  session: Session;
  snapshot: string | null;
  isTouched: boolean;
  eventTime: Date;
  traceparent: string | undefined;
  /** As stored; undefined of a new one. */
  statusBefore: Session['status'] | undefined;
}

/** Takes Sessions over as stated, in order; each must be able to follow what is stored (SES-23 to 25). */
export async function storeSessions(
  tx: EventTransaction,
  given: readonly Stated[],
): Promise<Verdict[]> {
  const events = await withoutAliases(tx.sql, given);
  const tracks = await readSessions(tx, events);
  const known = new Set(tracks.keys());
  const locations = await lockLocationsByKey(
    tx.sql,
    events.map(({ partyKey: party, data }) => ({
      partyKey: party,
      locationKey: foldId(data.location_id),
    })),
  );
  const verdicts = events.map((event) => {
    const place = placeKey(event.partyKey, foldId(event.data.location_id));
    return follow(tracks, event, locations.get(place), tx.now);
  });
  const touched = [...tracks.values()].filter(({ isTouched }) => isTouched);
  await writeSessions(tx, touched);
  const steps = stepsOf(touched);
  await followSessions(tx.sql, steps, tx.now);
  await releaseProfiles(tx.sql, steps);
  const begun = events.filter(
    (event, index) => verdicts[index]?.outcome === 'applied' && !known.has(keyOf(event)),
  );
  return withWarnings(events, verdicts, await unheardTokens(tx.sql, begun));
}

const stepsOf = (tracks: readonly Track[]): SessionStep[] =>
  tracks
    .filter(({ session, statusBefore }) => session.status !== statusBefore)
    .map(({ partyKey: party, session, eventTime }) => ({
      partyKey: party,
      sessionKey: foldId(session.id),
      status: session.status,
      at: eventTime,
    }));

async function readSessions(
  tx: EventTransaction,
  events: readonly Stated[],
): Promise<Map<string, Track>> {
  const keys = new Map(events.map((event) => [keyOf(event), event]));
  const rows = await rowsOf<
    Guard & { id: number; partyKey: string; key: string; body: string; snapshot: string | null }
  >(
    tx.sql,
    `SELECT id, party_key AS "partyKey", party_key || '/' || session_key AS key, body, location_snapshot AS snapshot,
            guard_time AS "guardTime", guard_sequence AS "guardSequence"
       FROM session WHERE (party_key, session_key) IN (SELECT * FROM unnest($1::text[], $2::text[]))
      ORDER BY id FOR UPDATE`,
    [
      [...keys.values()].map((event) => event.partyKey),
      [...keys.values()].map(({ data }) => foldId(data.id)),
    ],
  );
  return new Map(
    rows.map(({ key, body, ...row }) => [key, trackOf(row, JSON.parse(body) as Session)]),
  );
}

const trackOf = (
  row: Guard & Pick<Track, 'partyKey' | 'snapshot'> & { id: number },
  session: Session,
): Track => ({
  ...row,
  session,
  isTouched: false,
  eventTime: row.guardTime,
  traceparent: undefined,
  statusBefore: session.status,
});

function follow(
  tracks: Map<string, Track>,
  event: Stated,
  location: StoredLocation | undefined,
  now: Date,
): Verdict {
  const { data, partyKey: party } = event;
  const track = tracks.get(keyOf(event));
  if (track) {
    if (isOlder(event.event, track)) return staleAgainst(event.event, track, `Session ${data.id}`);
    if (isSame(track.session, data)) return UNCHANGED;
    const faults = checkSessionTransition(track.session, data);
    if (faults.length > 0) return parked(describeErrors(faults));
    if (track.session.id !== data.id) {
      return parked(`id: ${data.id} differs from ${track.session.id} in case alone`);
    }
    if (partyKey(track.session.cdr_token) !== partyKey(data.cdr_token)) {
      return parked('cdr_token: the session belongs to another party');
    }
  }
  let snapshot = track?.snapshot ?? null;
  if (!track || !isSamePlace(track.session, data)) {
    const place = location && placeUsed(location.location, data);
    if (!place) {
      return held(
        locationParent(party, data.location_id),
        `no connector ${data.connector_id} of EVSE ${data.evse_uid} in Location ${data.location_id} yet`,
      );
    }
    snapshot = JSON.stringify(place);
  }
  tracks.set(keyOf(event), {
    id: track?.id,
    partyKey: party,
    session: newerStamp(track?.session, data, now),
    snapshot,
    isTouched: true,
    eventTime: event.event.time,
    traceparent: event.event.traceparent,
    statusBefore: track?.statusBefore,
    ...guardOf(event.event),
  });
  return APPLIED;
}

const isSame = (a: Session, b: Session): boolean =>
  isDeepStrictEqual({ ...a, last_updated: '' }, { ...b, last_updated: '' });

const isSamePlace = (a: Session, b: Session): boolean =>
  (['location_id', 'evse_uid', 'connector_id'] as const).every(
    (field) => foldId(a[field]) === foldId(b[field]),
  );

/** The Location with the one EVSE and Connector in use (SES-35); without EVSEs while none is assigned. */
function placeUsed(location: Location, session: Session): Location | undefined {
  const { evses = [], ...own } = location;
  if (isUnassigned(session)) return own;
  const evse = evses.find(({ uid }) => foldId(uid) === foldId(session.evse_uid));
  const connector = evse?.connectors.find(({ id }) => foldId(id) === foldId(session.connector_id));
  return evse && connector ? { ...own, evses: [{ ...evse, connectors: [connector] }] } : undefined;
}

function newerStamp(before: Session | undefined, after: Session, now: Date): Session {
  if (!before) return after;
  const stored = parseDateTime(before.last_updated) ?? now;
  const given = parseDateTime(after.last_updated) ?? now;
  if (given > stored) return after;
  return { ...after, last_updated: formatDateTime(stored > now ? stored : now, '2.3.0') };
}

async function writeSessions(tx: EventTransaction, list: readonly Track[]): Promise<void> {
  if (list.length === 0) return;
  const rows = await rowsOf<{ id: number; key: string }>(
    tx.sql,
    `INSERT INTO session AS s (party_key, session_key, token_party_key, body, location_snapshot, status, last_updated,
        guard_time, guard_sequence)
     SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::timestamptz[],
        $8::timestamptz[], $9::bigint[])
     ON CONFLICT (party_key, session_key) DO UPDATE
        SET body = excluded.body, location_snapshot = excluded.location_snapshot, status = excluded.status,
            last_updated = excluded.last_updated, guard_time = excluded.guard_time,
            guard_sequence = excluded.guard_sequence
     RETURNING s.id, s.party_key || '/' || s.session_key AS key`,
    [
      list.map((track) => track.partyKey),
      list.map(({ session }) => foldId(session.id)),
      list.map(({ session }) => partyKey(session.cdr_token)),
      list.map(({ session }) => JSON.stringify(session)),
      list.map(({ snapshot }) => snapshot),
      list.map(({ session }) => session.status),
      list.map(({ session }) => parseDateTime(session.last_updated)),
      list.map(({ guardTime }) => guardTime),
      list.map(({ guardSequence }) => guardSequence),
    ],
  );
  const ids = new Map(rows.map(({ id, key }) => [key, id]));
  for (const { session, id, partyKey: party, eventTime, traceparent = null } of list) {
    tx.changes.push({
      kind: 'session',
      objectId: ids.get(`${party}/${foldId(session.id)}`) ?? 0,
      aspect: id === undefined ? 'created' : 'content',
      audience: partyKey(session.cdr_token),
      partyKey: party,
      eventTime,
      traceparent,
    });
    if (session.status === 'COMPLETED' || session.status === 'INVALID')
      tx.released.add(sessionParent(party, session.id));
  }
}
