import { readSettings } from '#platform';
import { runMigrations } from './run-migrations.js';

await runMigrations(readSettings(process.env).databaseUrl);
console.log('The database schema is up to date.');
