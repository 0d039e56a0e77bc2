import { setTimeout as sleep } from 'node:timers/promises';

/** Waits until `performance.now()` has reached a time; not at all when it has passed. */
export async function untilTime(atMs: number): Promise<void> {
  const waitMs = atMs - performance.now();
  if (waitMs > 0) await sleep(waitMs);
}
