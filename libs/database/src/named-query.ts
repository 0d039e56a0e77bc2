import type pg from 'pg';
import { type DataSource } from 'typeorm';

/**
 * A query that each connection plans once and then knows by its name: for short statements that run thousands of times
 * a second, where planning costs more than the work (TypeORM itself has no way to name one). One text per name.
 */
export async function namedQuery<T extends object>(
  dataSource: DataSource,
  name: string,
  text: string,
  values: unknown[],
): Promise<T[]> {
  const { master } = dataSource.driver as unknown as { master: pg.Pool };
  const { rows } = await master.query<T>({ name, text, values });
  return rows;
}
