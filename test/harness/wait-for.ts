import { setTimeout as sleep } from 'node:timers/promises';

export interface EventuallyOptions {
  /** A limit against hanging, not a promise of speed. */
  timeoutMs?: number;
  intervalMs?: number;
}

/**
 * Calls `check` until it neither throws nor returns false, and returns what it returned.
 * Throws the last failure when `timeoutMs` (default 30 s) are over.
 */
export async function eventually<T>(
  check: () => T | Promise<T>,
  { timeoutMs = 30_000, intervalMs = 20 }: EventuallyOptions = {},
): Promise<T> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    let failure: unknown;
    try {
      const value = await check();
      if (value !== false) return value;
      failure = new Error(`still false after ${timeoutMs} ms`);
    } catch (error) {
      failure = error;
    }
    if (Date.now() > deadline) throw failure;
    await sleep(intervalMs);
  }
}
