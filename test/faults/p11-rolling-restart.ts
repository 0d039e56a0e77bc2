import { type Backing } from './fault-world.js';
import { type FaultTest, type PromiseResult } from './promise-result.js';
import { type RestartLoad, RestartWorld } from './restart-world.js';

export interface RestartPlan extends RestartLoad {
  /** Of each app. */
  replicas: number;
  /** How often every replica is restarted. */
  rounds: number;
}

/** What a partner takes for an answer, so that requests are in flight when the end comes. */
const PARTNER_DELAY_MS = 20;

/**
 * P11: all replicas of both apps are restarted one after another under load, each by SIGTERM. Every process ends by itself with 0, no event is
 * lost, no partner gets a request twice, and every request of a partner is answered; where a connection ended before the answer began, at most
 * after one repetition.
 */
export async function restartsOneByOne(
  backing: Backing,
  { replicas, rounds, ...load }: RestartPlan,
): Promise<PromiseResult> {
  const trial = await RestartWorld.start(backing, { replicas, locations: 60 });
  try {
    for (const partner of trial.world.partners) {
      partner.treat = () => ({ kind: 'slow', delayMs: PARTNER_DELAY_MS });
    }
    const restarting = async (): Promise<void> => {
      for (let round = 0; round < rounds; round++) await trial.rollOut();
    };
    await trial.underLoad(load, restarting());
    const { note, ...judged } = await trial.judge();
    return {
      promise: 'P11',
      tries: trial.restarts,
      ...judged,
      note: `${trial.restarts} restarts of ${replicas} + ${replicas} replicas under load: ${note}`,
    };
  } finally {
    await trial.stop();
  }
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
