import { OCPI_VERSIONS } from '#ocpi';
import { type Backing, FaultWorld } from './fault-world.js';
import { killAtRandom, underLoad } from './kill-at-random.js';
import { type FaultTest, type PromiseResult } from './promise-result.js';

export interface KillPlan {
  kills: number;
  minEvents: number;
  turnsPerSecond: number;
  partners: number;
  consumers: number;
  apis: number;
}

/**
 * P1: no event that the broker took is lost, whoever is killed when. Lost = events missing from the inbox, and objects
 * that a partner lacks or has in an older state than the one said last.
 */
export async function killUnderLoad(backing: Backing, plan: KillPlan): Promise<PromiseResult> {
  const world = await FaultWorld.start(backing, {
    apis: plan.apis,
    consumers: plan.consumers,
    partners: Array.from({ length: plan.partners }, (_, n) => ({
      version: OCPI_VERSIONS[n % OCPI_VERSIONS.length]!,
      // Killed in a push, the next owner of the feed should not wait for long.
      profile: { minBackoffMs: 100, maxBackoffMs: 1000, sessionsVerb: 'put_full' },
    })),
    network: { locations: 50, evsesPerLocation: 4 },
  });
  try {
    const { csms, partners } = world;
    let turn = 0;
    const one = async (): Promise<void> => {
      turn += 1;
      if (turn % 10 === 0) await csms.say([csms.tariff(`T-${turn}`, turn / 1000)]);
      else if (turn % 10 === 5) {
        await csms.say(csms.visit(`S-${turn}`, partners[turn % partners.length]!.party));
      } else await csms.say([csms.nextStatus()]);
    };
    const enough = async (): Promise<void> => {
      await killAtRandom(world, plan.kills);
      while (csms.sent < plan.minEvents) await new Promise((resolve) => setTimeout(resolve, 50));
    };
    const repeatedBefore = world.repeated;
    await underLoad(plan.turnsPerSecond, one, enough());
    const stuck = await world.settled().then(
      () => [],
      () => world.missing(),
    );
    const lostEvents = await world.lostEvents();
    const lost = lostEvents + stuck.length;
    return {
      promise: 'P1',
      tries: plan.kills,
      lost,
      repeated: world.repeated - repeatedBefore,
      held: lost === 0,
      note:
        `${plan.kills} kills, ${csms.sent} events, ${partners.length} partners, ${world.requests} requests; ` +
        `${lostEvents} events not stored, ${stuck.length} objects behind${stuck.length > 0 ? `: ${stuck.slice(0, 5).join('; ')}` : ''}; ` +
        `P3 on the way: ${describe(world.violations)}`,
    };
  } finally {
    await world.stop();
  }
}

const describe = (violations: readonly string[]): string =>
  violations.length === 0
    ? 'no violation'
    : `${violations.length} violations: ${violations.slice(0, 3).join('; ')}`;

export const p1: FaultTest = {
  id: 'P1',
  title: 'an event whose offset was committed is never lost',
  run: async (servers) =>
    killUnderLoad(await servers.fresh(), {
      kills: 25,
      minEvents: 5000,
      turnsPerSecond: 35,
      partners: 5,
      consumers: 2,
      apis: 2,
    }),
};
