import { Injectable } from '@nestjs/common';
import { setTimeout as wait } from 'node:timers/promises';
import { GatewaySettings } from '../configuration/gateway-settings.js';
import { ReadinessGate } from '../health/readiness-gate.js';
import { createLogger } from '../logging/logger.js';

type Step = () => Promise<unknown>;

/**
 * Ends the process without losing what is in flight (P11): not ready → wait for load balancers → close the ports and let
 * requests end → drain hooks in the order of their registration → close the rest. Requests and hooks together get the
 * drain time; what hangs longer is left behind with a warning. A second signal exits at once.
 */
@Injectable()
export class GracefulShutdown {
  private readonly log = createLogger('shutdown');
  private readonly listeners: { close: Step; cut: () => void }[] = [];
  private readonly hooks: { name: string; drain: Step }[] = [];
  private readonly controller = new AbortController();
  private running?: Promise<void>;

  constructor(
    private readonly settings: GatewaySettings,
    private readonly gate: ReadinessGate,
  ) {}

  /** Aborts when draining begins: who waits for something (long polls, timers) stops waiting. */
  get signal(): AbortSignal {
    return this.controller.signal;
  }

  /** True from the signal on: keep-alive connections should look for another replica with their next answer. */
  get hasBegun(): boolean {
    return this.running !== undefined;
  }

  /** A port to close: `close` resolves when the last request in flight has its answer, `cut` ends who has none in time. */
  onCloseListeners(close: Step, cut: () => void): void {
    this.listeners.push({ close, cut });
  }

  /** Work to end before the database goes; hooks run one after another. */
  onDrain(name: string, drain: Step): void {
    this.hooks.push({ name, drain });
  }

  /** Ends the process on SIGTERM and SIGINT; `close` releases what is left (database, pools), as `app.close()` does. */
  exitOnSignals(close: Step): void {
    const onSignal = (signal: NodeJS.Signals) => {
      if (this.running) {
        this.log.warn({ signal }, 'second signal: exiting at once');
        process.exit(1);
      }
      this.log.info({ signal }, 'shutting down');
      void this.run(close).then(
        () => process.exit(0),
        (error: unknown) => {
          this.log.error({ err: error }, 'shutdown failed');
          process.exit(1);
        },
      );
    };
    process.on('SIGTERM', onSignal);
    process.on('SIGINT', onSignal);
  }

  /** The whole sequence once, without exiting; later calls join the first. */
  run(close: Step): Promise<void> {
    this.running ??= this.sequence(close);
    return this.running;
  }

  private async sequence(close: Step): Promise<void> {
    this.gate.drain();
    await wait(this.settings.shutdownDelaySeconds * 1000);
    this.controller.abort();

    const deadlineMs = Date.now() + this.settings.drainSeconds * 1000;
    await this.within(deadlineMs, 'requests in flight', () =>
      Promise.all(this.listeners.map((listener) => listener.close())),
    );
    for (const { name, drain } of this.hooks) await this.within(deadlineMs, name, drain);
    for (const { cut } of this.listeners) cut();
    await close();
    this.log.info('shut down');
  }

  // One hook that fails or hangs must not keep the others from draining.
  private async within(deadlineMs: number, name: string, step: Step): Promise<void> {
    const timer = new AbortController();
    const late = wait(Math.max(deadlineMs - Date.now(), 100), 'late', { signal: timer.signal });
    try {
      if ((await Promise.race([step(), late])) === 'late') {
        this.log.warn({ step: name }, 'not drained in time');
      }
    } catch (error) {
      this.log.error({ err: error, step: name }, 'draining failed');
    } finally {
      late.catch(() => undefined);
      timer.abort();
    }
  }
}
