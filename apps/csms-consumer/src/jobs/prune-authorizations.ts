import { type DataSource } from 'typeorm';

const KEPT = '1 day';
const AT_ONCE = 20_000;

/** Forgets questions of authorization a day after their answer; by then nobody asks what it was. */
export async function pruneAuthorizations(dataSource: DataSource): Promise<void> {
  for (;;) {
    const rows: { count: number }[] = await dataSource.query(
      `WITH old AS (
         SELECT ctid FROM authorization_request
          WHERE answered_at < now() - $1::interval AND received_at < now() - $1::interval LIMIT $2
       ), d AS (DELETE FROM authorization_request WHERE ctid IN (SELECT ctid FROM old) RETURNING 1)
       SELECT count(*) AS count FROM d`,
      [KEPT, AT_ONCE],
    );
    if ((rows[0]?.count ?? 0) < AT_ONCE) return;
  }
}
