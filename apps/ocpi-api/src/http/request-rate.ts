import { LRUCache } from 'lru-cache';

const MINUTE_MS = 60_000;
const MOST_KEYS = 50_000;

/**
 * How often each key may ask, as a leaking bucket (GCRA): so many at once, then evenly as many a minute. One number per
 * key; of more keys than it holds the oldest are forgotten, so that strangers cannot fill the memory.
 */
export class RequestRate {
  /** By key, the time at which its bucket is empty again. */
  private readonly emptyAt = new LRUCache<string, number>({ max: MOST_KEYS });

  constructor(private readonly now: () => number = Date.now) {}

  /** Counts one request; resolves to 0 when it may pass, else to the seconds until one may. A refused one is not counted. */
  take(key: string, perMinute: number): number {
    const wait = this.wait(key, perMinute);
    if (wait === 0) {
      const now = this.now();
      this.emptyAt.set(key, Math.max(now, this.emptyAt.get(key) ?? 0) + MINUTE_MS / perMinute);
    }
    return wait;
  }

  /** The same without counting. */
  wait(key: string, perMinute: number): number {
    if (perMinute <= 0) return 0;
    const now = this.now();
    const filled = Math.max(now, this.emptyAt.get(key) ?? 0) + MINUTE_MS / perMinute - now;
    return filled <= MINUTE_MS ? 0 : Math.ceil((filled - MINUTE_MS) / 1000);
  }
}
