import pg from 'pg';
import { type DataSource } from 'typeorm';

/** Connections of this name never write to a log, so their transactions hold no reader back. */
export const BESIDE_THE_LOG = 'ocpi-beside-the-log';

/**
 * One connection of its own for what is written often and is nothing to partners: a transaction on the usual
 * connections holds the horizon back until it ends, and with it every push (D2). Never write to a log through it. It
 * connects when it is used first; the caller ends it.
 */
export function besideTheLog({ options }: DataSource): pg.Pool {
  const pool = new pg.Pool({
    connectionString: 'url' in options ? options.url : undefined,
    application_name: BESIDE_THE_LOG,
    max: 1,
    connectionTimeoutMillis: 5000,
    keepAlive: true,
  });
  // Lost while idle: the next query connects anew, or says why not.
  pool.on('error', () => undefined);
  return pool;
}
