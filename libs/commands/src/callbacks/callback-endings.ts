import { isDatabaseAway, retryOnCollision } from '#database';
import { setTimeout as sleep } from 'node:timers/promises';
import { type DataSource } from 'typeorm';
import { type CallbackOutcome, endCallbacks } from './callback-rows.js';

const TRY_AGAIN_AFTER_MS = 1000;
/** Longer than this no process is kept from ending. */
const TRIES = 60;

/**
 * Those that end while a statement is under way share the next: one commit, one wait for the disk. A database that is away
 * for a minute forgets none.
 */
export class CallbackEndings {
  private gathering:
    { ended: (CallbackOutcome & { id: number })[]; written: Promise<void> } | undefined;
  private last: Promise<void> = Promise.resolve();

  constructor(private readonly source: DataSource) {}

  /** Resolves when it is stored how the callback ended; rejects when that failed. */
  write(id: number, outcome: CallbackOutcome): Promise<void> {
    this.gathering ??= this.gather();
    this.gathering.ended.push({ id, ...outcome });
    return this.gathering.written;
  }

  private gather(): NonNullable<CallbackEndings['gathering']> {
    const ended: (CallbackOutcome & { id: number })[] = [];
    const written = this.last.then(() => {
      this.gathering = undefined;
      return this.store(ended);
    });
    this.last = written.catch(() => undefined);
    return { ended, written };
  }

  private async store(ended: readonly (CallbackOutcome & { id: number })[]): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      try {
        await retryOnCollision(() => endCallbacks(this.source, ended));
        return;
      } catch (error) {
        if (attempt === TRIES || !isDatabaseAway(error)) throw error;
      }
      await sleep(TRY_AGAIN_AFTER_MS);
    }
  }
}
