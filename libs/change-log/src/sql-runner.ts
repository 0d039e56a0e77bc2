/** Anything that runs SQL: a DataSource (autocommit), or the EntityManager or QueryRunner of a transaction. */
export interface SqlRunner {
  query(sql: string, parameters?: unknown[]): Promise<unknown>;
}

/** Runs SQL that returns rows, typed by the caller. */
export const rowsOf = async <T>(
  runner: SqlRunner,
  sql: string,
  parameters: unknown[] = [],
): Promise<T[]> => (await runner.query(sql, parameters)) as T[];
