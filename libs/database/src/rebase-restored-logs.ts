import { createLogger } from '#platform';
import { type DataSource, type EntityManager } from 'typeorm';

/** Logs, and the cursors into them. */
const PLACES = [
  { table: 'change', column: 'xid' },
  { table: 'csms_message', column: 'xid' },
  { table: 'feed', column: 'cursor_xid' },
  { table: 'csms_subscriber', column: 'cursor_xid' },
] as const;

const REBASE_LOCK = 7236154;

const NEWEST = `SELECT greatest(${PLACES.map(({ table, column }) => `(SELECT max(${column}) FROM ${table})`).join(', ')}) AS newest,
    pg_snapshot_xmax(pg_current_snapshot())::text::bigint AS next`;

/**
 * A dump that is restored into another cluster brings along transaction ids that this cluster has not come to: what is written now
 * would stand behind every cursor, and no feed would ever read it. Then all ids are lowered by the same number, below every id of
 * this cluster; their order, and what each cursor has read, stay as they were. To be called before anything is written.
 * Resolves to whether it was so.
 */
export async function rebaseRestoredLogs(dataSource: DataSource): Promise<boolean> {
  if ((await idsAhead(dataSource.manager)) === undefined) return false;
  return dataSource.transaction(async (tx) => {
    await tx.query('SELECT pg_advisory_xact_lock($1)', [REBASE_LOCK]);
    const newest = await idsAhead(tx);
    if (newest === undefined) return false; // another process was first
    for (const { table, column } of PLACES) {
      await tx.query(`LOCK TABLE ${table} IN SHARE ROW EXCLUSIVE MODE`);
      await tx.query(`UPDATE ${table} SET ${column} = ${column} - $1`, [newest]);
    }
    createLogger('database').warn(
      { lowered: newest },
      'this database was restored from another cluster: the ids in its logs were lowered',
    );
    return true;
  });
}

/** The greatest id of the logs, where this cluster has not come to it. */
async function idsAhead(source: Pick<EntityManager, 'query'>): Promise<number | undefined> {
  const [row] = await source.query<{ newest: number | null; next: number }[]>(NEWEST);
  return row && row.newest !== null && row.newest >= row.next ? row.newest : undefined;
}
