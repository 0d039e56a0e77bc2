import { type SqlRunner } from '#change-log';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Pruning } from './prunings.js';

export interface PruningPace {
  /** Rows of one statement. */
  atOnce: number;
  /** Between two statements, for those who write. */
  pauseMs: number;
  /** It ends after this, and goes on the next time. */
  forMs: number;
}

const PACE: PruningPace = { atOnce: 5000, pauseMs: 20, forMs: 30_000 };

/** Removes what was kept long enough, some at a time; resolves to the number of rows. Several processes may do it at once. */
export async function prune(
  source: SqlRunner,
  pruning: Pruning,
  { atOnce, pauseMs, forMs }: PruningPace = PACE,
): Promise<number> {
  const deadline = performance.now() + forMs;
  for (let total = 0; ;) {
    const removed = await pruning.removeSome(source, atOnce);
    total += removed;
    if (removed < atOnce || performance.now() >= deadline) return total;
    await sleep(pauseMs);
  }
}
