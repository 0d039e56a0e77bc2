import { setTimeout as sleep } from 'node:timers/promises';
import { type QueryRunner } from 'typeorm';
import { openAtStart } from './open-at-start.js';

const MIGRATION_LOCK = 7236152;
const ASK_AGAIN_MS = 250;

/** Brings the database at `url` to the newest schema. Replicas may call it at once: one works, the others wait. */
export async function runMigrations(url: string): Promise<void> {
  const dataSource = await openAtStart(url, 2, 'ocpi-migrations');
  const lock = dataSource.createQueryRunner();
  try {
    await takeLock(lock);
    await dataSource.runMigrations({ transaction: 'each' });
  } finally {
    await lock.query('SELECT pg_advisory_unlock($1)', [MIGRATION_LOCK]);
    await lock.release();
    await dataSource.destroy();
  }
}

/** Asks again and again: a statement that waits would be a transaction that indexes built concurrently wait for. */
async function takeLock(lock: QueryRunner): Promise<void> {
  for (;;) {
    const [row] = (await lock.query('SELECT pg_try_advisory_lock($1) AS taken', [
      MIGRATION_LOCK,
    ])) as { taken: boolean }[];
    if (row?.taken) return;
    await sleep(ASK_AGAIN_MS);
  }
}
