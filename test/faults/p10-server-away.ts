import { OCPI_VERSIONS } from '#ocpi';
import { setTimeout as sleep } from 'node:timers/promises';
import { eventually } from '../harness/wait-for.js';
import { FaultWorld } from './fault-world.js';
import { underLoad } from './kill-at-random.js';
import { type FaultServers, type FaultTest, type PromiseResult } from './promise-result.js';

const AWAY_MS = 60_000;
const PER_SECOND = 30;
const GOAL_DATABASE_MS = 10_000;
const GOAL_BROKER_MS = 45_000;

/** P10: the database, then the broker, is killed for a minute under load; nobody crashes, nothing is lost. */
async function run(servers: FaultServers): Promise<PromiseResult> {
  const world = await FaultWorld.start(await servers.fresh(), {
    consumers: 2,
    partners: OCPI_VERSIONS.map((version) => ({ version })),
    network: { locations: 50, evsesPerLocation: 2 },
  });
  try {
    const { csms, partners, replicas } = world;
    const apps = [...replicas.apis, ...replicas.consumers];
    const pids = apps.map(({ pid }) => pid);
    let newest = 0;
    for (const partner of partners) {
      partner.onKept = ({ segments, body }) => {
        const saidAt = csms.saidAt.get(`${String(segments[3])} ${String(body.status)}`) ?? 0;
        newest = Math.max(newest, saidAt);
      };
    }
    const backAfter = async (restore: () => Promise<void>): Promise<number> => {
      await restore();
      const returnedAt = Date.now();
      // Something said after the return, heard by a partner.
      await eventually(() => newest > returnedAt, { timeoutMs: 180_000, intervalMs: 20 });
      return Date.now() - returnedAt;
    };
    const figures = { database: Number.NaN, broker: Number.NaN };
    const outages = async (): Promise<void> => {
      await sleep(3000);
      servers.say('P10: the database goes away for a minute …');
      await servers.postgres.kill();
      await sleep(AWAY_MS);
      figures.database = await backAfter(() => servers.restartPostgres());
      await sleep(10_000);
      servers.say('P10: the broker goes away for a minute …');
      await servers.kafka.kill();
      await sleep(AWAY_MS);
      figures.broker = await backAfter(() => servers.kafka.restart());
      await sleep(5000);
    };
    await underLoad(PER_SECOND, () => csms.say([csms.nextStatus()]), outages());
    const stuck = await world.settled().then(
      () => [],
      () => world.missing(),
    );
    const lost = stuck.length + (await world.lostEvents());
    const crashed = apps.filter((app, n) => app.pid !== pids[n] || !isAlive(app.pid)).length;
    return {
      promise: 'P10',
      tries: 2,
      lost,
      repeated: world.repeated,
      held:
        lost === 0 &&
        crashed === 0 &&
        figures.database <= GOAL_DATABASE_MS &&
        figures.broker <= GOAL_BROKER_MS,
      note:
        `${csms.sent} events; ${apps.length} processes, ${crashed} crashed; back ${figures.database} ms after the database, ` +
        `${figures.broker} ms after the broker; ${stuck.length} objects behind ${stuck.slice(0, 5).join('; ')}`,
    };
  } finally {
    await world.stop();
  }
}

function isAlive(pid: number | undefined): boolean {
  if (pid === undefined) return false;
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

export const p10: FaultTest = {
  id: 'P10',
  title: 'database or broker away for 60 s: no crash, no loss, back within 10 s and 45 s',
  run,
};
