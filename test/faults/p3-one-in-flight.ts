import { OCPI_VERSIONS } from '#ocpi';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Backing, FaultWorld } from './fault-world.js';
import { seededRandom } from './figures.js';
import { killAtRandom, underLoad } from './kill-at-random.js';
import { type FaultTest, type PromiseResult } from './promise-result.js';

export interface FlightPlan {
  kills: number;
  /** Consumers stopped by SIGSTOP for longer than their leases, then let go on. */
  freezes: number;
  perSecond: number;
  consumers: number;
}

const FREEZE_MS = 5000;

/** P3: several replicas, slow partners, few objects that change all the time; every request is judged by its receiver. */
export async function oneInFlightPerObject(
  backing: Backing,
  plan: FlightPlan,
): Promise<PromiseResult> {
  const random = seededRandom(3);
  const world = await FaultWorld.start(backing, {
    consumers: plan.consumers,
    partners: [...OCPI_VERSIONS, '2.3.0' as const].map((version) => ({
      version,
      profile: { minBackoffMs: 50, maxBackoffMs: 500 },
    })),
    network: { locations: 5, evsesPerLocation: 2 },
  });
  try {
    const { csms, partners, replicas } = world;
    for (const partner of partners) {
      partner.treat = () =>
        random() < 0.5 ? { kind: 'slow', delayMs: Math.floor(random() * 150) } : undefined;
    }
    const troubles = async (): Promise<void> => {
      await killAtRandom(world, plan.kills, random);
      for (let freeze = 0; freeze < plan.freezes; freeze++) {
        const victim = replicas.consumers[freeze % replicas.consumers.length];
        victim?.signal('SIGSTOP');
        await sleep(FREEZE_MS);
        victim?.signal('SIGCONT');
        await sleep(2000);
      }
    };
    let turn = 0;
    await underLoad(
      plan.perSecond,
      async () => {
        turn += 1;
        if (turn % 20 > 0) return csms.say([csms.nextStatus()]);
        const site = csms.sites[turn % csms.sites.length]!;
        return csms.say([csms.restate(site, (l) => (l.name = `${l.id} in turn ${turn}`))]);
      },
      troubles(),
    );
    await world.settled();
    const { violations } = world;
    return {
      promise: 'P3',
      tries: world.requests,
      lost: 0,
      repeated: world.repeated,
      held: violations.length === 0,
      note:
        `${world.requests} requests judged, ${csms.sent} events, ${plan.consumers} consumers, ${plan.kills} kills, ` +
        `${plan.freezes} freezes of ${FREEZE_MS} ms; ${violations.length} violations ${violations.slice(0, 5).join('; ')}`,
    };
  } finally {
    world.replicas.consumers.forEach((app) => app.signal('SIGCONT'));
    await world.stop();
  }
}

export const p3: FaultTest = {
  id: 'P3',
  title: 'one request in flight per (partner, object), and last_updated never goes back',
  run: async (servers) =>
    oneInFlightPerObject(await servers.fresh(), {
      kills: 8,
      freezes: 3,
      perSecond: 60,
      consumers: 3,
    }),
};
