import { retryOnCollision } from '#database';
import { type DataSource } from 'typeorm';
import { type CallbackOutcome, endCallbacks } from './callback-rows.js';

/** Those that end while a statement is under way share the next: one commit, one wait for the disk. */
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
      return retryOnCollision(() => endCallbacks(this.source, ended));
    });
    this.last = written.catch(() => undefined);
    return { ended, written };
  }
}
