export interface BackoffLimits {
  minBackoffMs: number;
  maxBackoffMs: number;
}

/**
 * How long to leave a partner alone after so many failures in a row: doubling from the shortest pause, never above the
 * longest, a fifth of it at random so that partners and replicas do not come back in step. What the partner asked for
 * in Retry-After counts when it is longer, within the same limits.
 */
export function backoffMs(
  failures: number,
  limits: BackoffLimits,
  retryAfterMs = 0,
  random = Math.random(),
): number {
  const { minBackoffMs, maxBackoffMs } = limits;
  const doubled = Math.min(
    maxBackoffMs,
    minBackoffMs * 2 ** Math.min(30, Math.max(0, failures - 1)),
  );
  const jittered = doubled * (0.8 + 0.2 * random);
  return Math.round(Math.min(maxBackoffMs, Math.max(jittered, retryAfterMs)));
}

/** Between two tries of one object while the partner takes others. */
export const objectRetryMs = (attempts: number): number =>
  Math.min(1000, 125 * 2 ** Math.min(10, attempts));
