import { type DataSource } from 'typeorm';

const AT_ONCE = 20_000;

/** Forgets the ids of events that are older than the contract remembers them. */
export const pruneInbox = (dataSource: DataSource, retentionHours: number): Promise<void> =>
  repeat(
    dataSource,
    `WITH d AS (DELETE FROM inbox WHERE digest IN (SELECT digest FROM inbox
        WHERE received_at < now() - $1 * interval '1 hour' ORDER BY received_at LIMIT $2) RETURNING 1)
     SELECT count(*) AS count FROM d`,
    retentionHours,
  );

/** Drops changes that are old enough and that every feed has passed. */
export const pruneChangeLog = (dataSource: DataSource, retentionHours: number): Promise<void> =>
  repeat(
    dataSource,
    `WITH slowest AS (SELECT cursor_xid, cursor_seq FROM feed ORDER BY cursor_xid, cursor_seq LIMIT 1),
          old AS (SELECT xid, seq FROM change c WHERE c.at < now() - $1 * interval '1 hour'
              AND NOT EXISTS (SELECT FROM slowest s WHERE (c.xid, c.seq) > (s.cursor_xid, s.cursor_seq))
            ORDER BY c.at LIMIT $2),
          d AS (DELETE FROM change c USING old WHERE c.xid = old.xid AND c.seq = old.seq RETURNING 1)
     SELECT count(*) AS count FROM d`,
    retentionHours,
  );

async function repeat(dataSource: DataSource, sql: string, retentionHours: number): Promise<void> {
  for (;;) {
    const rows: { count: number }[] = await dataSource.query(sql, [retentionHours, AT_ONCE]);
    if ((rows[0]?.count ?? 0) < AT_ONCE) return;
  }
}
