import { type Cursor } from './cursor.js';
import { rowsOf, type SqlRunner } from './sql-runner.js';

/** A table of readers: each row a cursor into a log, a lease and a breaker. */
export interface LeaseTable {
  name: 'feed' | 'csms_subscriber';
  key: 'connection_id' | 'name';
  /** SQL for the counter of operator actions; a cursor stored under an older count is dropped. */
  generation: 'f.generation' | '0';
}

export const FEEDS: LeaseTable = { name: 'feed', key: 'connection_id', generation: 'f.generation' };
export const SUBSCRIBERS: LeaseTable = { name: 'csms_subscriber', key: 'name', generation: '0' };

export interface Lease {
  key: string;
  cursor: Cursor;
  failures: number;
  resumeAt: Date | null;
  generation: number;
}

/** Where a reader stands. */
export interface Position {
  key: string;
  cursor: Cursor;
  /** As it was when the reader started from this row; 0 where the table has none. */
  generation: number;
}

/**
 * Takes the leases of readers in `keys` that nobody holds, or whose holder is gone; at most `limit`. Of several
 * processes that ask at once each lease goes to one.
 */
export async function acquireLeases(
  source: SqlRunner,
  table: LeaseTable,
  given: { owner: string; leaseSeconds: number; keys: readonly string[]; limit: number },
): Promise<Lease[]> {
  if (given.limit <= 0 || given.keys.length === 0) return [];
  const [rows] = (await source.query(
    `UPDATE ${table.name} f SET owner = $1, lease_until = clock_timestamp() + make_interval(secs => $2)
      WHERE ${table.key} IN (SELECT ${table.key} FROM ${table.name}
              WHERE ${table.key} = ANY($3) AND (owner IS NULL OR lease_until < clock_timestamp())
              ORDER BY random() LIMIT $4 FOR UPDATE SKIP LOCKED)
      RETURNING ${table.key} AS key, cursor_xid, cursor_seq, failures, resume_at,
        ${table.generation} AS generation`,
    [given.owner, given.leaseSeconds, given.keys, given.limit],
  )) as [LeaseRow[], number];
  return rows.map((row) => ({
    key: row.key,
    cursor: { xid: row.cursor_xid, seq: row.cursor_seq },
    failures: row.failures,
    resumeAt: row.resume_at,
    generation: row.generation,
  }));
}

interface LeaseRow {
  key: string;
  cursor_xid: number;
  cursor_seq: number;
  failures: number;
  resume_at: Date | null;
  generation: number;
}

/**
 * Renews leases and stores the cursors, all in one statement. Returns the generation of every lease that is still
 * ours. Who is missing was taken over or removed and must stop at once: its cursor was not stored (fencing). Whose
 * generation differs was touched by an operator: its cursor was not stored either, it has to start from its row again.
 */
export async function renewLeases(
  source: SqlRunner,
  table: LeaseTable,
  given: { owner: string; leaseSeconds: number; positions: readonly Position[] },
): Promise<Map<string, number>> {
  const { owner, leaseSeconds, positions } = given;
  if (positions.length === 0) return new Map();
  const [rows] = (await source.query(
    `UPDATE ${table.name} f
        SET ${moved(table)}, lease_until = clock_timestamp() + make_interval(secs => $2)
       FROM unnest($3::text[], $4::bigint[], $5::bigint[], $6::int[]) AS p (key, xid, seq, generation)
      WHERE f.${table.key} = p.key AND f.owner = $1
      RETURNING p.key, ${table.generation} AS generation`,
    [owner, leaseSeconds, ...columnsOf(positions)],
  )) as [{ key: string; generation: number }[], number];
  return new Map(rows.map((row) => [row.key, row.generation]));
}

/** Stores the last cursors and gives the leases back, so that another process may take them at once. */
export async function releaseLeases(
  source: SqlRunner,
  table: LeaseTable,
  given: { owner: string; positions: readonly Position[] },
): Promise<void> {
  if (given.positions.length === 0) return;
  await source.query(
    `UPDATE ${table.name} f
        SET ${moved(table)}, owner = NULL, lease_until = NULL
       FROM unnest($2::text[], $3::bigint[], $4::bigint[], $5::int[]) AS p (key, xid, seq, generation)
      WHERE f.${table.key} = p.key AND f.owner = $1`,
    [given.owner, ...columnsOf(given.positions)],
  );
}

/** Stores a reader's breaker, for its next holder to know. `resumeAt` null and 0 failures: closed. */
export async function saveBreaker(
  source: SqlRunner,
  table: LeaseTable,
  given: {
    owner: string;
    key: string;
    failures: number;
    resumeAt: Date | null;
    lastFailure?: string | null;
  },
): Promise<void> {
  await source.query(
    `UPDATE ${table.name} SET failures = $3, resume_at = $4, last_failure = coalesce($5, last_failure)
      WHERE ${table.key} = $2 AND owner = $1`,
    [given.owner, given.key, given.failures, given.resumeAt, given.lastFailure ?? null],
  );
}

/** How many processes hold, or stand ready to hold, leases of this kind; each calls this to be counted. */
export async function countHolders(
  source: SqlRunner,
  table: LeaseTable,
  given: { owner: string; leaseSeconds: number },
): Promise<number> {
  const prefix = `${table.name}:`;
  await source.query(
    `INSERT INTO lease (name, owner, until)
     VALUES ($1, $2, clock_timestamp() + make_interval(secs => $3))
     ON CONFLICT (name) DO UPDATE SET until = excluded.until`,
    [`${prefix}${given.owner}`, given.owner, given.leaseSeconds],
  );
  const [row] = await rowsOf<{ holders: number }>(
    source,
    `WITH gone AS (DELETE FROM lease WHERE starts_with(name, $1) AND until < clock_timestamp() - interval '1 hour')
     SELECT count(*) AS holders FROM lease WHERE starts_with(name, $1) AND until > clock_timestamp()`,
    [prefix],
  );
  return Math.max(1, row?.holders ?? 1);
}

/** Takes a process out of the count at once. */
export async function leaveHolders(
  source: SqlRunner,
  table: LeaseTable,
  owner: string,
): Promise<void> {
  await source.query('DELETE FROM lease WHERE name = $1', [`${table.name}:${owner}`]);
}

const moved = ({ generation }: LeaseTable): string =>
  `cursor_xid = CASE WHEN ${generation} = p.generation THEN p.xid ELSE f.cursor_xid END,
   cursor_seq = CASE WHEN ${generation} = p.generation THEN p.seq ELSE f.cursor_seq END`;

const columnsOf = (positions: readonly Position[]) => [
  positions.map((position) => position.key),
  positions.map((position) => position.cursor.xid),
  positions.map((position) => position.cursor.seq),
  positions.map((position) => position.generation),
];
