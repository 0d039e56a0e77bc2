import { type DataSource } from 'typeorm';

/** How many transactions in this database wait for their client at the moment. */
export async function openTransactions(source: DataSource): Promise<number> {
  const [row] = await source.query<{ open: number }[]>(
    `SELECT count(*) AS open FROM pg_stat_activity
      WHERE datname = current_database() AND state LIKE 'idle in transaction%'`,
  );
  return Number(row?.open);
}
