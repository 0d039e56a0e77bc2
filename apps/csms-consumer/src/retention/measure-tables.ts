import { rowsOf, type SqlRunner } from '#change-log';
import { type Metrics } from '#platform';

interface TableSize {
  table: string;
  rows: number;
  bytes: number;
}

/** Shows how large each table is: no rows are counted, so it costs the same however many there are. */
export async function measureTables(
  source: SqlRunner,
  { tableRows, tableBytes }: Pick<Metrics, 'tableRows' | 'tableBytes'>,
): Promise<void> {
  const sizes = await rowsOf<TableSize>(
    source,
    `SELECT relname AS "table", greatest(reltuples, 0)::bigint AS rows, pg_total_relation_size(oid) AS bytes
       FROM pg_class WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p')`,
  );
  for (const { table, rows, bytes } of sizes) {
    tableRows.set({ table }, rows);
    tableBytes.set({ table }, bytes);
  }
}
