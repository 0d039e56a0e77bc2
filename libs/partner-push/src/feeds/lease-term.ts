import { type LiveConnection } from '../push-scope.js';

/** What allows this process to send. */
export interface Permission {
  /** The connection as it is now; undefined: no traffic may flow. */
  connection(): LiveConnection | undefined;
  /** Until when the lease is surely ours (performance.now). */
  leaseEndsMs(): number;
}

/** The time for which a feed is worked, from its lease to its stop, and the pauses within. */
export class LeaseTerm {
  private isStopping = false;
  private isAborted = false;
  private isWoken = false;
  private wakeUp: (() => void) | undefined;

  constructor(private readonly permission: Permission) {}

  /** Ends a pause, or the next one if there is none now. */
  wake(): void {
    this.isWoken = true;
    this.wakeUp?.();
  }

  /** What is at work is brought to its end; nobody pauses any more. */
  stop(): void {
    this.isStopping = true;
    this.wake();
  }

  /** No further request may leave. */
  abort(): void {
    this.isAborted = true;
    this.stop();
  }

  /** A function, for the answer changes while we wait. */
  isEnding(): boolean {
    return this.isStopping;
  }

  /** May a request leave now? */
  isActive(): boolean {
    return (
      !this.isAborted &&
      performance.now() < this.permission.leaseEndsMs() &&
      this.permission.connection() !== undefined
    );
  }

  /** Sleeps until something happens; `whole`: for the whole time, but for a stop. */
  async pause(ms: number, whole = false): Promise<void> {
    const until = performance.now() + ms;
    while (!this.isStopping && (whole || !this.isWoken)) {
      const rest = until - performance.now();
      if (rest <= 0) break;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, rest);
        this.wakeUp = () => {
          clearTimeout(timer);
          resolve();
        };
      });
      this.wakeUp = undefined;
    }
    if (!whole) this.isWoken = false;
  }
}
