import { type Clock, createLogger, type Metrics } from '#platform';
import { setTimeout as sleep } from 'node:timers/promises';
import { type DataSource } from 'typeorm';
import { expireReservations } from '../reservations/end-reservations.js';
import { countSettled } from './count-results.js';
import { expireCommands, nextDeadline } from './expire-commands.js';

/** No command ends sooner after it was opened, so each is seen before its deadline without being told of. */
const LOOK_EVERY_MS = 1000;

export interface DeadlineTimerParts {
  source: DataSource;
  metrics: Metrics;
  clock: Clock;
  /** Callbacks are due. */
  onExpired: () => void;
}

/**
 * Ends what nobody answers in time, and reservations whose time is over. It sleeps until the next deadline; all of it is in the
 * database, so a restart forgets nothing, and several processes share the work.
 */
export class DeadlineTimer {
  private readonly log = createLogger('commands');
  private readonly stopping = new AbortController();
  private running: Promise<void> | undefined;

  constructor(private readonly parts: DeadlineTimerParts) {}

  start(): void {
    this.running ??= this.run();
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.running;
  }

  /** Ends what is over now. Resolves to the time until the next deadline, as far as it is worth sleeping. */
  async runOnce(): Promise<number> {
    const { source, metrics, clock, onExpired } = this.parts;
    const expired = await expireCommands(source, clock.now());
    for (const settled of expired) {
      countSettled(metrics, settled, clock.now());
      const { id, kind, connectionId } = settled.command;
      this.log.warn({ command: id, kind, connection: connectionId }, 'nobody answered in time');
    }
    if (expired.length > 0) onExpired();
    await expireReservations(source, clock.now());
    const next = await nextDeadline(source);
    const untilNext = next ? next.getTime() - clock.now().getTime() : LOOK_EVERY_MS;
    return Math.min(LOOK_EVERY_MS, Math.max(0, untilNext));
  }

  private async run(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      let pause = LOOK_EVERY_MS;
      try {
        // What another process has locked is due still: no spinning for it.
        pause = Math.max(10, await this.runOnce());
      } catch (error) {
        this.log.warn({ err: error }, 'deadlines cannot be read');
      }
      await sleep(pause, undefined, { signal }).catch(() => undefined);
    }
  }
}
