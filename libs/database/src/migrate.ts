import { gatewayEnvironment, readDatabaseUrl } from '#platform';
import { runMigrations } from './run-migrations.js';

/** `npm run migrate`: brings the schema of DATABASE_URL up to date; needs no other setting. */
await runMigrations(readDatabaseUrl(gatewayEnvironment()));
console.log('The database schema is up to date.');
