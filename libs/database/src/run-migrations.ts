import { DataSource } from 'typeorm';
import { dataSourceOptions } from './data-source.js';

const MIGRATION_LOCK = 7236152;

/** Brings the database at `url` to the newest schema. Replicas may call it at once: one works, the others wait. */
export async function runMigrations(url: string): Promise<void> {
  const dataSource = await new DataSource(
    dataSourceOptions(url, 2, 'ocpi-migrations'),
  ).initialize();
  const lock = dataSource.createQueryRunner();
  try {
    await lock.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
    await dataSource.runMigrations({ transaction: 'each' });
  } finally {
    await lock.query('SELECT pg_advisory_unlock($1)', [MIGRATION_LOCK]);
    await lock.release();
    await dataSource.destroy();
  }
}
