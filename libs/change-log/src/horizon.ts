import { namedQuery } from '#database';
import { type DataSource } from 'typeorm';
import { BESIDE_THE_LOG } from './beside-the-log.js';

export interface Horizon {
  /** Rows of transactions below this are all visible to any statement that starts from now on. */
  xid: number;
  /** The oldest writer of our database that still runs; undefined when none holds the horizon back. */
  heldBy: number | undefined;
}

// The function, not the view pg_stat_activity, whose joins cost four times as much.
const HORIZON = `SELECT pg_snapshot_xmax(taken)::text::bigint AS xid,
    CASE WHEN pg_snapshot_xmin(taken) < pg_snapshot_xmax(taken) THEN
      (SELECT json_agg(backend_xid::text::bigint) FROM pg_stat_get_activity(NULL)
        WHERE datid = (SELECT oid FROM pg_database WHERE datname = current_database())
          AND backend_xid IS NOT NULL AND application_name IS DISTINCT FROM $1)
    END AS running
  FROM (SELECT pg_current_snapshot() AS taken OFFSET 0) AS now`;

/**
 * How far a log may be read without skipping rows of transactions that are still running (D2). Three steps: (1) the
 * transaction id behind the last that ended, (2) the writers running in *this* database, (3) the caller's read of the
 * rows. In this order a writer that (2) does not see has either ended, and (3) sees its rows, or began after (1). One
 * statement does (1) and (2): its snapshot is taken before it looks at the backends, which it need not do when the
 * snapshot has nothing running. Writers of other databases of the cluster do not count, long as they may last, nor do
 * those beside the log. Prepared transactions are not looked for: the gateway makes none.
 */
export async function readHorizon(source: DataSource): Promise<Horizon> {
  const [next] = await namedQuery<{ xid: number; running: number[] | null }>(
    source,
    'read-horizon',
    HORIZON,
    [BESIDE_THE_LOG],
  );
  if (!next) throw new Error('the database named no transaction id');
  // backend_xid is 32 bits wide: it is the one of its kind nearest to the other id.
  const oldest = Math.min(
    ...(next.running ?? []).map((xid) => next.xid + signed32(xid - (next.xid % 2 ** 32))),
  );
  return { xid: Math.min(next.xid, oldest), heldBy: oldest <= next.xid ? oldest : undefined };
}

const signed32 = (difference: number): number => difference | 0;
