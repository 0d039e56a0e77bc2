import { type DataSource } from 'typeorm';

const AT_ONCE = 20_000;

/** Forgets what was done longer ago than the audit log is kept. */
export async function pruneAuditLog(dataSource: DataSource, retentionDays: number): Promise<void> {
  for (;;) {
    const rows: { count: number }[] = await dataSource.query(
      `WITH d AS (DELETE FROM audit_entry WHERE id IN (SELECT id FROM audit_entry
          WHERE at < now() - $1 * interval '1 day' ORDER BY at LIMIT $2) RETURNING 1)
       SELECT count(*) AS count FROM d`,
      [retentionDays, AT_ONCE],
    );
    if ((rows[0]?.count ?? 0) < AT_ONCE) return;
  }
}
