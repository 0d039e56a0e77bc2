import { type SqlRunner } from '#change-log';

/** Something kept once for each database, whatever connection or transaction of it asks; made when first asked for. */
export function perDatabase<T>(make: () => T): (sql: SqlRunner) => T {
  const kept = new WeakMap<object, T>();
  return (sql) => {
    const { connection: database = sql } = sql as SqlRunner & { connection?: object };
    const known = kept.get(database) ?? make();
    kept.set(database, known);
    return known;
  };
}
