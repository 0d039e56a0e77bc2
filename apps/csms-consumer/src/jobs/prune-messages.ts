import { type DataSource } from 'typeorm';

const AT_ONCE = 1000;

/** Forgets messages of traces that are older than they are kept. */
export async function pruneMessages(dataSource: DataSource, retentionHours: number): Promise<void> {
  for (;;) {
    const rows: { count: number }[] = await dataSource.query(
      `WITH d AS (DELETE FROM partner_message WHERE id IN (SELECT id FROM partner_message
          WHERE at < now() - $1 * interval '1 hour' ORDER BY at LIMIT $2) RETURNING 1)
       SELECT count(*) AS count FROM d`,
      [retentionHours, AT_ONCE],
    );
    if ((rows[0]?.count ?? 0) < AT_ONCE) return;
  }
}
