import { OCPI_VERSIONS } from '#ocpi';
import { execFile } from 'node:child_process';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { type Backing, FaultWorld } from '../faults/fault-world.js';
import { underLoad } from '../faults/kill-at-random.js';
import { PartnerRequests } from '../faults/partner-requests.js';
import { type PromiseResult } from '../faults/promise-result.js';
import { followReadiness } from '../harness/follow-readiness.js';
import { LoadBalancer } from '../harness/load-balancer.js';
import { projectRoot } from '../harness/project-root.js';
import { type AppProcess, type Replicas } from '../harness/servers.js';

export interface UpgradePlan {
  /** A checkout of the release before, built. */
  oldRoot: string;
  /** Of each app. */
  replicas: number;
  /** How long old processes run on the new schema before the first is replaced. */
  besideMs: number;
  eventsPerSecond: number;
  visitsPerSecond: number;
  requestsPerSecond: number;
}

const LOOK_EVERY_MS = 250;

/**
 * The release before runs under load; the schema is migrated by the new build; then the processes are replaced one by one, and at last
 * one of each app is put back, as who is not content would. No event is lost, no push repeated, no request of a partner fails.
 */
export async function upgradeUnderLoad(
  backing: Backing,
  plan: UpgradePlan,
): Promise<PromiseResult> {
  const balancer = await LoadBalancer.start();
  let world: FaultWorld | undefined;
  let balancing: NodeJS.Timeout | undefined;
  try {
    world = await FaultWorld.start(backing, {
      root: plan.oldRoot,
      apis: plan.replicas,
      consumers: plan.replicas,
      partners: Array.from({ length: 6 }, (_, n) => ({
        version: OCPI_VERSIONS[n % OCPI_VERSIONS.length]!,
      })),
      network: { locations: 40, evsesPerLocation: 3 },
      env: {
        OCPI_PUBLIC_URL: balancer.url,
        OCPI_SHUTDOWN_DELAY_SECONDS: '1',
        // As in production: a process that a busy machine holds up for some seconds keeps its feeds.
        OCPI_LEASE_SECONDS: '10',
      },
      onReplicas: ({ publicUrls }) => (balancer.upstreams = publicUrls),
    });
    const { csms, partners, replicas, database } = world;
    balancing = setInterval(() => void followReadiness(balancer, replicas), LOOK_EVERY_MS);
    const asked = new PartnerRequests(partners);
    let visits = 0;
    const visit = (): Promise<void> => {
      visits += 1;
      return csms.say(csms.visit(`S-${visits}`, partners[visits % partners.length]!.party));
    };
    const migrations = async (): Promise<number> => {
      const { rows } = await database.query<{ n: number }>(
        'SELECT count(*)::int AS n FROM migration',
      );
      return rows[0]?.n ?? 0;
    };
    const before = await migrations();
    const upgrading = upgrade(backing.databaseUrl, replicas, plan);
    await Promise.all([
      underLoad(plan.eventsPerSecond, () => csms.say([csms.nextStatus()]), upgrading),
      underLoad(plan.visitsPerSecond, visit, upgrading),
      underLoad(plan.requestsPerSecond, () => asked.one(), upgrading),
    ]);
    const { replaced, unclean } = await upgrading;
    await world.settled();
    const lostEvents = await world.lostEvents();
    const lostTokens = await asked.missing(database);
    const cdrPosts = partners.flatMap(({ cdrPosts: posts }) => posts.map(({ id }) => id));
    const repeatedCdrs = cdrPosts.length - new Set(cdrPosts).size;
    const { repeated, violations, requests } = world;
    const faults = [...unclean, ...asked.failures, ...lostTokens, ...violations];
    return {
      promise: 'upgrade',
      tries: replaced,
      lost: lostEvents + lostTokens.length,
      repeated,
      held: lostEvents === 0 && repeated === 0 && repeatedCdrs === 0 && faults.length === 0,
      note:
        `${(await migrations()) - before} migrations under load, ${replaced} processes replaced; ${csms.sent} events, ${lostEvents} lost; ` +
        `${requests} pushes, ${repeated} repeated; ${cdrPosts.length} CDRs, ${repeatedCdrs} repeated; ${asked.answered} requests of partners, ` +
        `${asked.redone} asked again as their connection had ended, ${asked.failures.length} failed; ` +
        `${faults.length} faults${faults.length > 0 ? ` (${[...faults.slice(0, 5), ...errorLines(replicas)].join('; ')})` : ''}`,
    };
  } finally {
    clearInterval(balancing);
    await world?.stop();
    await balancer.stop();
  }
}

/** What the processes themselves say of what failed. */
const errorLines = ({ apis, consumers }: Replicas): string[] =>
  [...apis, ...consumers].flatMap((app) =>
    app
      .logs()
      .split('\n')
      .filter((line) => line.includes('"level":"error"'))
      .slice(-2)
      .map((line) => `${app.name}: ${line.slice(0, 600)}`),
  );

async function upgrade(
  databaseUrl: string,
  { apis, consumers }: Replicas,
  { oldRoot, besideMs }: UpgradePlan,
): Promise<{ replaced: number; unclean: string[] }> {
  const unclean: string[] = [];
  let replaced = 0;
  const replace = async (app: AppProcess, root: string): Promise<void> => {
    const code = await app.stop();
    if (code !== 0) unclean.push(`${app.name} ended with ${code}: ${app.logs().slice(-300)}`);
    app.root = root;
    await app.start();
    replaced += 1;
    await sleep(1000);
  };
  const replaceAll = (root: string, count: number): Promise<unknown> =>
    Promise.all(
      [apis, consumers].map(async (apps) => {
        for (const app of apps.slice(0, count)) await replace(app, root);
      }),
    );
  await sleep(2000);
  await migrateByNewBuild(databaseUrl);
  await sleep(besideMs);
  await replaceAll(projectRoot, apis.length);
  await sleep(besideMs);
  await replaceAll(oldRoot, 1);
  await sleep(besideMs);
  return { replaced, unclean };
}

/** As `npm run migrate` does. */
const migrateByNewBuild = (databaseUrl: string): Promise<unknown> =>
  promisify(execFile)(
    process.execPath,
    [path.join(projectRoot, 'dist', 'libs', 'database', 'src', 'migrate.js')],
    { cwd: projectRoot, env: { PATH: process.env['PATH'] ?? '', DATABASE_URL: databaseUrl } },
  );
