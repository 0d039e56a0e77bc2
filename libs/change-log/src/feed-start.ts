import { type FeedEntity } from '#database';
import { rowsOf, type SqlRunner } from './sql-runner.js';

export type SnapshotPlace = NonNullable<FeedEntity['snapshot']>;

/** The walk over everything a partner may see: tariffs before the Locations that name them, Sessions before their CDRs. */
export const WALK_ORDER = ['tariff', 'location', 'session', 'cdr'] as const;

/** Where the walk begins. */
export const SNAPSHOT_START: SnapshotPlace = { kind: WALK_ORDER[0], afterId: 0 };

const SAFE_CURSOR = 'pg_snapshot_xmin(pg_current_snapshot())::text::bigint - 1';

/**
 * Begins a connection's feed, or begins it anew: everything the partner may see, then what changes. To be called when
 * a connection registers or changes its version, in that transaction. A feed at work elsewhere notices by `generation`.
 * The cursor is put low enough that no change is missed; what the walk covers already is not sent twice.
 */
export async function startFeed(tx: SqlRunner, connectionId: string): Promise<void> {
  await tx.query(
    `INSERT INTO feed (connection_id, cursor_xid, cursor_seq, snapshot)
     VALUES ($1, ${SAFE_CURSOR}, 0, $2)
     ON CONFLICT (connection_id) DO UPDATE
       SET cursor_xid = excluded.cursor_xid, cursor_seq = 0, snapshot = excluded.snapshot,
           failures = 0, resume_at = NULL, last_failure = NULL,
           generation = feed.generation + 1`,
    [connectionId, JSON.stringify(SNAPSHOT_START)],
  );
  await tellSessionsWhole(tx, connectionId);
}

/**
 * Lets the walk put the Sessions that run, whatever the partner acknowledged of them: it may have lost them, or know them
 * in another version. Those that are over stay as they are (SES-25).
 */
export async function tellSessionsWhole(tx: SqlRunner, connectionId: string): Promise<void> {
  await tx.query(
    `UPDATE session_delivery d SET acknowledged = NULL FROM session s
      WHERE d.connection_id = $1 AND s.id = d.session_id AND s.status NOT IN ('COMPLETED', 'INVALID')`,
    [connectionId],
  );
}

/** Begins the feeds of registered connections that have none. */
export async function startMissingFeeds(source: SqlRunner): Promise<void> {
  await source.query(
    `INSERT INTO feed (connection_id, cursor_xid, cursor_seq, snapshot)
     SELECT c.id, ${SAFE_CURSOR}, 0, $1::jsonb FROM connection c
      WHERE c.state = 'registered' AND NOT EXISTS (SELECT FROM feed f WHERE f.connection_id = c.id)
     ON CONFLICT DO NOTHING`,
    [JSON.stringify(SNAPSHOT_START)],
  );
}

/** Ends the feed of a connection that is no more; to be called when it unregisters, in that transaction. */
export async function endFeed(tx: SqlRunner, connectionId: string): Promise<void> {
  await tx.query('DELETE FROM feed WHERE connection_id = $1', [connectionId]);
}

const PRUNED_AT_ONCE = 10_000;

/**
 * Removes the oldest changes that are older than `hours`, `atOnce` at most, so that the log stays bounded however long a
 * partner is away. Feeds that had not read them start over with a walk over everything, for what they missed is not known any
 * more; a walk under way goes on if it began later than what is removed. Returns the number of changes removed.
 */
export async function pruneChanges(
  source: SqlRunner,
  hours: number,
  atOnce = PRUNED_AT_ONCE,
): Promise<number> {
  const [row] = await rowsOf<{ removed: number }>(
    source,
    `WITH gone AS (
       DELETE FROM change WHERE ctid = ANY (ARRAY(
         SELECT ctid FROM change WHERE at < clock_timestamp() - $1 * interval '1 hour' ORDER BY at LIMIT $3))
       RETURNING xid, seq, at),
     last AS (SELECT xid, seq, (SELECT max(at) FROM gone) AS at FROM gone ORDER BY xid DESC, seq DESC LIMIT 1),
     behind AS (
       UPDATE feed f
          SET snapshot = coalesce(f.snapshot, '{}') || $2::jsonb
                || jsonb_build_object('since', clock_timestamp(), 'isRestart', true),
              cursor_xid = last.xid, cursor_seq = last.seq, generation = f.generation + 1
         FROM last
        WHERE (f.cursor_xid, f.cursor_seq) < (last.xid, last.seq)
          AND coalesce((f.snapshot->>'since')::timestamptz <= last.at, true))
     SELECT count(*) AS removed FROM gone`,
    [hours, JSON.stringify(SNAPSHOT_START), atOnce],
  );
  return row?.removed ?? 0;
}
