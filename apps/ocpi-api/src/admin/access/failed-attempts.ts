import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';

const WINDOW_MS = 60_000;
const MOST_FAILURES = 20;

/** Slows down who guesses keys: after so many wrong ones in a minute an address is not listened to until the minute is over. */
@Injectable()
export class FailedAttempts {
  /** A failure does not make the minute longer. */
  private readonly failures = new LRUCache<string, number>({
    max: 10_000,
    ttl: WINDOW_MS,
    noUpdateTTL: true,
  });

  note(address: string): void {
    this.failures.set(address, (this.failures.get(address) ?? 0) + 1);
  }

  /** How long this address has to wait, in seconds; 0 when it may try. */
  waitSeconds(address: string): number {
    if ((this.failures.get(address) ?? 0) < MOST_FAILURES) return 0;
    return Math.max(1, Math.ceil(this.failures.getRemainingTTL(address) / 1000));
  }
}
