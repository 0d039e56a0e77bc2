import { type DataSource } from 'typeorm';

const AT_ONCE = 20_000;

/** Forgets the ids of events that are older than the contract remembers them. */
export async function pruneInbox(dataSource: DataSource, retentionHours: number): Promise<void> {
  for (;;) {
    const rows: { count: number }[] = await dataSource.query(
      `WITH d AS (DELETE FROM inbox WHERE digest IN (SELECT digest FROM inbox
          WHERE received_at < now() - $1 * interval '1 hour' ORDER BY received_at LIMIT $2) RETURNING 1)
       SELECT count(*) AS count FROM d`,
      [retentionHours, AT_ONCE],
    );
    if ((rows[0]?.count ?? 0) < AT_ONCE) return;
  }
}
