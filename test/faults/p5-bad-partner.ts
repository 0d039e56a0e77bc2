import { setTimeout as sleep } from 'node:timers/promises';
import { FaultWorld } from './fault-world.js';
import { median, quantile } from './figures.js';
import { underLoad } from './kill-at-random.js';
import { type FaultTest, type PromiseResult } from './promise-result.js';
import { StatusLatencies } from './status-latencies.js';

const RUNS = 5;
/** Long enough that one hiccup of the machine, which lasts 100 ms, is less than a hundredth of it. */
const RUN_MS = 20_000;
const EVENTS_PER_SECOND = 50;

/** P5: the other partners' p99 with one that accepts and never answers, beside the same without it, five times each. */
async function run(servers: Parameters<FaultTest['run']>[0]): Promise<PromiseResult> {
  const world = await FaultWorld.start(await servers.fresh(), {
    partners: [
      // It never rests for long, so that it hangs during the whole run.
      { version: '2.3.0', profile: { minBackoffMs: 10, maxBackoffMs: 10, timeoutMs: 4000 } },
      ...Array.from({ length: 5 }, () => ({ version: '2.3.0' as const })),
    ],
    network: { locations: 50, evsesPerLocation: 4 },
  });
  try {
    const { csms, partners } = world;
    const [bad, ...others] = partners;
    const latencies = new StatusLatencies(csms, others);
    const measure = async (): Promise<number> => {
      latencies.take();
      await underLoad(EVENTS_PER_SECOND, () => csms.say([csms.nextStatus()]), sleep(RUN_MS));
      await sleep(500);
      return quantile(latencies.take(), 0.99);
    };
    await measure(); // warm-up
    const alone: number[] = [];
    const beside: number[] = [];
    let hung = 0;
    for (let n = 0; n < RUNS; n++) {
      alone.push(await measure());
      bad!.treat = () => {
        hung += 1;
        return { kind: 'silent' };
      };
      beside.push(await measure());
      bad!.treat = () => undefined;
      await world.settled();
    }
    const [a, b] = [median(alone), median(beside)];
    return {
      promise: 'P5',
      tries: RUNS,
      lost: 0,
      repeated: 0,
      held: hung > 0 && b <= Math.max(1.2 * a, a + 20),
      note:
        `p99 of the others, median of ${RUNS} runs: ${a} ms alone, ${b} ms beside a partner that never answers ` +
        `(${hung} requests hung); runs ${alone.join('/')} and ${beside.join('/')} ms`,
    };
  } finally {
    await world.stop();
  }
}

export const p5: FaultTest = {
  id: 'P5',
  title: 'one bad partner does not slow the others',
  run,
};
