import { createLogger } from '#platform';

const COMMIT_EVERY_MS = 100;

/**
 * Commits offsets behind the work. What is done is in the database, and what is read again after a crash is known there
 * (D3): so no batch waits until the broker has noted where it ended.
 */
export class OffsetCommits {
  private readonly log = createLogger('kafka-offsets');
  private due: (() => Promise<void>) | undefined;
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> = Promise.resolve();

  /** Something was done: `commit` is to be called soon, once for all that is done until then. */
  after(commit: () => Promise<void>): void {
    this.due = commit;
    this.timer ??= setTimeout(() => void this.flush(), COMMIT_EVERY_MS);
  }

  /** Commits what is due now; never rejects: what cannot be committed comes again. */
  flush(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    const commit = this.due;
    this.due = undefined;
    if (commit) {
      this.running = this.running
        .then(commit)
        .catch((error: unknown) => this.log.debug({ err: error }, 'offsets were not committed'));
    }
    return this.running;
  }
}
