import { createLogger } from '#platform';
import { setTimeout as sleep } from 'node:timers/promises';
import { DataSource } from 'typeorm';
import { dataSourceOptions } from './data-source.js';
import { isDatabaseAway } from './database-faults.js';
import { requireTlsFiles } from './require-tls-files.js';

const ASK_AGAIN_MS = 1000;

/** Shorter than a startup probe waits, and long enough for a server that starts at the same time as we. */
const PATIENCE_MS = 60_000;

/**
 * A connected data source for a process that starts; the caller destroys it. A server that is away is waited for a minute.
 * @throws Error that names the server
 */
export async function openAtStart(
  url: string,
  poolSize: number,
  applicationName: string,
  patienceMs = PATIENCE_MS,
): Promise<DataSource> {
  requireTlsFiles(url);
  const until = performance.now() + patienceMs;
  for (let isFirst = true; ; isFirst = false) {
    try {
      return await new DataSource(dataSourceOptions(url, poolSize, applicationName)).initialize();
    } catch (error) {
      if (!isDatabaseAway(error)) throw error;
      if (performance.now() >= until) {
        const { host } = new URL(url);
        throw new Error(`the database at ${host} cannot be reached`, { cause: error });
      }
      if (isFirst) {
        createLogger('database').warn({ err: error }, 'the database is away: waiting for it');
      }
    }
    await sleep(ASK_AGAIN_MS);
  }
}
