import { migrationsCheck } from '#platform';
import { type DataSource } from 'typeorm';
import { isDatabaseAway } from './database-faults.js';

/**
 * Stops the start of a process whose database was not migrated by this build: what it would write there, or could not read,
 * is nothing that a restart mends.
 */
export async function requireSchema(dataSource: DataSource): Promise<void> {
  try {
    await migrationsCheck(dataSource)();
  } catch (error) {
    if (isDatabaseAway(error)) throw error;
    throw new Error(
      'the database has no schema, or one older than this build: run `npm run migrate` (in a cluster the migrate job)',
      { cause: error },
    );
  }
}
