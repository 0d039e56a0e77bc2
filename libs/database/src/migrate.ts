import { createLogger, gatewayEnvironment, readDatabaseUrl, reportFailedStart } from '#platform';
import { runMigrations } from './run-migrations.js';

/** `npm run migrate`: brings the schema of DATABASE_URL up to date; needs no other setting. */
try {
  await runMigrations(readDatabaseUrl(gatewayEnvironment()));
  console.log('The database schema is up to date.');
} catch (error) {
  reportFailedStart(createLogger('migrate'), 'migrate', error);
}
