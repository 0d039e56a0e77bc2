import { OCPI_VERSIONS } from '#ocpi';
import { setTimeout as sleep } from 'node:timers/promises';
import { followReadiness } from '../harness/follow-readiness.js';
import { LoadBalancer } from '../harness/load-balancer.js';
import { type AppProcess, type Replicas } from '../harness/servers.js';
import { type Backing, FaultWorld } from './fault-world.js';
import { underLoad } from './kill-at-random.js';
import { PartnerRequests } from './partner-requests.js';
import { type FaultTest, type PromiseResult } from './promise-result.js';

export interface RestartPlan {
  /** Of each app. */
  replicas: number;
  /** How often every replica is restarted. */
  rounds: number;
  eventsPerSecond: number;
  visitsPerSecond: number;
  requestsPerSecond: number;
}

/** Between "not ready" and the closing of the ports; load balancers look four times meanwhile. */
const SHUTDOWN_DELAY_SECONDS = 1;
const LOOK_EVERY_MS = 250;
/** What a partner takes for an answer, so that requests are in flight when the end comes. */
const PARTNER_DELAY_MS = 20;

/**
 * P11: all replicas of both apps are restarted one after another under load, each by SIGTERM. Every process ends by itself with 0, no event is
 * lost, no partner gets a request twice, and every request of a partner is answered; where a connection ended before the answer began, at most
 * after one repetition.
 */
export async function restartsOneByOne(
  backing: Backing,
  plan: RestartPlan,
): Promise<PromiseResult> {
  const balancer = await LoadBalancer.start();
  let world: FaultWorld | undefined;
  let balancing: NodeJS.Timeout | undefined;
  try {
    world = await FaultWorld.start(backing, {
      apis: plan.replicas,
      consumers: plan.replicas,
      partners: Array.from({ length: 6 }, (_, n) => ({
        version: OCPI_VERSIONS[n % OCPI_VERSIONS.length]!,
      })),
      network: { locations: 60, evsesPerLocation: 3 },
      env: {
        OCPI_PUBLIC_URL: balancer.url,
        // As in production: a lease that ends on a crowded machine is no rolling restart.
        OCPI_LEASE_SECONDS: '10',
        OCPI_SHUTDOWN_DELAY_SECONDS: String(SHUTDOWN_DELAY_SECONDS),
      },
      onReplicas: ({ publicUrls }) => (balancer.upstreams = publicUrls),
    });
    const { csms, partners, replicas } = world;
    balancing = setInterval(() => void followReadiness(balancer, replicas), LOOK_EVERY_MS);
    for (const partner of partners) {
      partner.treat = () => ({ kind: 'slow', delayMs: PARTNER_DELAY_MS });
    }
    const asked = new PartnerRequests(partners);
    let visits = 0;
    const visit = (): Promise<void> => {
      visits += 1;
      return csms.say(csms.visit(`S-${visits}`, partners[visits % partners.length]!.party));
    };
    const restarting = restartAll(replicas, plan.rounds);
    await Promise.all([
      underLoad(plan.eventsPerSecond, () => csms.say([csms.nextStatus()]), restarting),
      underLoad(plan.visitsPerSecond, visit, restarting),
      underLoad(plan.requestsPerSecond, () => asked.one(), restarting),
    ]);
    const { restarts, unclean } = await restarting;
    await world.settled();
    const lostEvents = await world.lostEvents();
    const lostTokens = await asked.missing(world.database);
    const { repeated, violations, requests } = world;
    const faults = [...unclean, ...asked.failures, ...lostTokens, ...violations];
    return {
      promise: 'P11',
      tries: restarts,
      lost: lostEvents + lostTokens.length,
      repeated,
      held: lostEvents === 0 && repeated === 0 && faults.length === 0,
      note:
        `${restarts} restarts of ${plan.replicas} + ${plan.replicas} replicas under load: ${csms.sent} events, ${lostEvents} lost; ` +
        `${requests} pushes, ${repeated} repeated; ${asked.answered} requests of partners, ${asked.redone} asked again as ` +
        `their connection had ended, ${asked.failures.length} failed; ${unclean.length} unclean exits; ` +
        `${faults.length} faults${faults.length > 0 ? ` (${faults.slice(0, 5).join('; ')})` : ''}`,
    };
  } finally {
    clearInterval(balancing);
    await world?.stop();
    await balancer.stop();
  }
}

/** A consumer and an API at a time, as two deployments are rolled out side by side. */
async function restartAll(
  { apis, consumers }: Replicas,
  rounds: number,
): Promise<{ restarts: number; unclean: string[] }> {
  const unclean: string[] = [];
  const restart = async (app: AppProcess): Promise<void> => {
    const code = await app.stop();
    if (code !== 0) unclean.push(`${app.name} ended with ${code}: ${app.logs().slice(-300)}`);
    await app.start();
  };
  for (let round = 0; round < rounds; round++) {
    await Promise.all(
      [apis, consumers].map(async (apps) => {
        for (const app of apps) {
          await sleep(1000);
          await restart(app);
        }
      }),
    );
  }
  return { restarts: rounds * (apis.length + consumers.length), unclean };
}

export const p11: FaultTest = {
  id: 'P11',
  title: 'a rolling restart loses nothing and repeats nothing',
  run: async (servers) =>
    restartsOneByOne(await servers.fresh(), {
      replicas: 3,
      rounds: 3,
      eventsPerSecond: 40,
      visitsPerSecond: 3,
      requestsPerSecond: 30,
    }),
};
