import { type DataSource } from 'typeorm';
import { type ReadinessCheck } from './readiness-gate.js';

/** PostgreSQL answers. */
export const databaseCheck =
  (dataSource: DataSource): ReadinessCheck =>
  async () => {
    await dataSource.query('SELECT 1');
    return undefined;
  };

/** Every migration that this build knows has run. Newer ones in the database are fine: old code runs on a new schema. */
export const migrationsCheck =
  (dataSource: DataSource): ReadinessCheck =>
  async () => {
    const table = dataSource.driver.escape(dataSource.options.migrationsTableName ?? 'migrations');
    const rows: { name: string }[] = await dataSource.query(`SELECT name FROM ${table}`);
    const applied = new Set(rows.map(({ name }) => name));
    const pending = dataSource.migrations
      .map((migration) => migration.name ?? migration.constructor.name)
      .filter((name) => !applied.has(name));
    if (pending.length > 0) throw new Error(`migrations have not run: ${pending.join(', ')}`);
    return { applied: applied.size };
  };
