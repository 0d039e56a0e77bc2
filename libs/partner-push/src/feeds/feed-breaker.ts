import { type Lease } from '#change-log';
import { createLogger } from '#platform';
import { backoffMs, type BackoffLimits } from './backoff.js';
import { type FeedStore } from './feed-store.js';

/** Leaves a partner alone that is away, longer with every failure; stored with the feed, so that all processes see it. */
export class FeedBreaker {
  private readonly key: string;
  private failures: number;
  private resumeAtMs: number;
  private readonly log = createLogger('feed');

  constructor(
    private readonly store: FeedStore,
    { key, failures, resumeAt }: Lease,
  ) {
    this.key = key;
    this.failures = failures;
    this.resumeAtMs = resumeAt?.getTime() ?? 0;
  }

  /** The partner was away, and has not answered since. */
  get isTripped(): boolean {
    return this.failures > 0;
  }

  /** How long nothing shall be sent yet; not above 0: it may be tried. */
  get waitMs(): number {
    return this.resumeAtMs - Date.now();
  }

  noteFailure(): void {
    this.failures += 1;
  }

  async backOff(limits: BackoffLimits, reason: string, retryAfterMs?: number): Promise<void> {
    const delayMs = backoffMs(this.failures, limits, retryAfterMs);
    this.resumeAtMs = Date.now() + delayMs;
    this.log.warn(
      { connection: this.key, failures: this.failures, delayMs, reason },
      'partner unavailable',
    );
    await this.store.saveBreaker(this.key, this.failures, new Date(this.resumeAtMs), reason);
  }

  /** The partner answers. */
  async close(): Promise<void> {
    if (this.failures === 0) return;
    this.failures = 0;
    this.resumeAtMs = 0;
    await this.store.partnerIsBack(this.key);
  }
}
