import { execFile } from 'node:child_process';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import type pg from 'pg';
import { type Backing } from '../faults/fault-world.js';
import { type PromiseResult } from '../faults/promise-result.js';
import { type RestartLoad, RestartWorld } from '../faults/restart-world.js';
import { projectRoot } from '../harness/project-root.js';

export interface UpgradePlan extends RestartLoad {
  /** A checkout of the release before, built. */
  oldRoot: string;
  /** Of each app. */
  replicas: number;
  /** How long old processes run on the new schema before the first is replaced. */
  besideMs: number;
}

/**
 * The release before runs under load; the schema is migrated by the new build; then the processes are replaced one by one, and at last
 * one of each app is put back, as who is not content would. No event is lost, no push repeated, no request of a partner fails.
 */
export async function upgradeUnderLoad(
  backing: Backing,
  { oldRoot, replicas, besideMs, ...load }: UpgradePlan,
): Promise<PromiseResult> {
  const trial = await RestartWorld.start(backing, { replicas, locations: 40, root: oldRoot });
  try {
    const { database } = trial.world;
    const before = await migrationsOf(database);
    const upgrade = async (): Promise<void> => {
      await sleep(2000);
      await migrateByNewBuild(backing.databaseUrl);
      await sleep(besideMs);
      await trial.rollOut({ root: projectRoot });
      await sleep(besideMs);
      await trial.rollOut({ root: oldRoot, count: 1 });
      await sleep(besideMs);
    };
    await trial.underLoad(load, upgrade());
    const { note, ...judged } = await trial.judge();
    const migrations = (await migrationsOf(database)) - before;
    return {
      promise: 'upgrade',
      tries: trial.restarts,
      ...judged,
      note: `${migrations} migrations under load, ${trial.restarts} processes replaced: ${note}`,
    };
  } finally {
    await trial.stop();
  }
}

async function migrationsOf(database: pg.Pool): Promise<number> {
  const { rows } = await database.query<{ n: number }>('SELECT count(*)::int AS n FROM migration');
  return rows[0]?.n ?? 0;
}

/** As `npm run migrate` does. */
const migrateByNewBuild = (databaseUrl: string): Promise<unknown> =>
  promisify(execFile)(
    process.execPath,
    [path.join(projectRoot, 'dist', 'libs', 'database', 'src', 'migrate.js')],
    { cwd: projectRoot, env: { PATH: process.env['PATH'] ?? '', DATABASE_URL: databaseUrl } },
  );
