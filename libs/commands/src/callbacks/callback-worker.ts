import { Wakeup } from '#csms-requests';
import { type ConnectionDirectory, type PartnerClient } from '#partners';
import { type Clock, createLogger, inSpan, type Metrics } from '#platform';
import { type DataSource } from 'typeorm';
import { setTimeout as sleep } from 'node:timers/promises';
import { CallbackEndings } from './callback-endings.js';
import { dropExpired, giveUpLost, type MarkedCallback, markCallbacks } from './callback-rows.js';
import { CallbackSender } from './callback-sender.js';

const LOOK_EVERY_MS = 1000;
const TIDY_EVERY_MS = 2000;
/** What comes due within this is taken up together. */
const GATHER_MS = 5;
const AT_ONCE = 500;

export interface CallbackWorkerParts {
  source: DataSource;
  directory: ConnectionDirectory;
  client: PartnerClient;
  metrics: Metrics;
  clock: Clock;
}

/**
 * Sends the results that are due, of whatever kind of command. Each is marked and committed before it leaves, so that a kill
 * never makes two of one (P8). A partner that hangs fills its own slots alone (P5). Several processes may run it.
 */
export class CallbackWorker {
  private readonly log = createLogger('callbacks');
  private readonly sender: CallbackSender;
  private readonly endings: CallbackEndings;
  private readonly inFlight = new Map<string, number>();
  private readonly sending = new Set<Promise<void>>();
  private readonly wakeup = new Wakeup();
  private tidiedAt = 0;
  private running: Promise<void> | undefined;
  private isStopped = false;

  constructor(private readonly parts: CallbackWorkerParts) {
    this.sender = new CallbackSender(parts.client, parts.directory);
    this.endings = new CallbackEndings(parts.source);
  }

  start(): void {
    this.running ??= this.run();
  }

  /** Something may be due. */
  readonly notify = (): void => this.wakeup.notify();

  /** Takes nothing up any more, and lets what is on its way end. */
  async stop(): Promise<void> {
    this.isStopped = true;
    this.wakeup.notify();
    await this.running;
    await Promise.all(this.sending);
  }

  /** Takes up what is due now, without waiting for the answers. Resolves to how many there were. */
  async runOnce(): Promise<number> {
    const { source, clock } = this.parts;
    await this.tidy();
    const callbacks = await markCallbacks(source, this.freeSlots(), clock.now(), AT_ONCE);
    for (const callback of callbacks) this.begin(callback);
    return callbacks.length;
  }

  private async run(): Promise<void> {
    while (!this.isStopped) {
      try {
        if ((await this.runOnce()) === AT_ONCE) continue;
      } catch (error) {
        this.log.warn({ err: error }, 'the callbacks cannot be read');
      }
      await this.wakeup.wait(LOOK_EVERY_MS);
      await sleep(GATHER_MS);
    }
  }

  private freeSlots() {
    return this.parts.directory.all().map(({ id, profile }) => ({
      connectionId: id,
      free: Math.max(0, profile.concurrency - (this.inFlight.get(id) ?? 0)),
    }));
  }

  private begin(callback: MarkedCallback): void {
    const { connectionId } = callback;
    this.inFlight.set(connectionId, (this.inFlight.get(connectionId) ?? 0) + 1);
    const span = {
      parent: callback.traceparent,
      attributes: { 'ocpi.command_id': callback.commandId, 'ocpi.command': callback.kind },
    };
    const work = inSpan('callback', span, () => this.send(callback)).finally(() => {
      this.sending.delete(work);
      // Another may wait for its slot, or for its answer (CMD-66).
      if (this.isFull(connectionId) || callback.kind === 'RESERVE_NOW') this.wakeup.notify();
      const left = (this.inFlight.get(connectionId) ?? 1) - 1;
      if (left > 0) this.inFlight.set(connectionId, left);
      else this.inFlight.delete(connectionId);
    });
    this.sending.add(work);
  }

  private isFull(connectionId: string): boolean {
    const most = this.parts.directory.get(connectionId)?.profile.concurrency ?? 1;
    return (this.inFlight.get(connectionId) ?? 0) >= most;
  }

  private async send(callback: MarkedCallback): Promise<void> {
    const { metrics } = this.parts;
    const outcome = await this.sender.send(callback);
    metrics.commandCallbacksTotal.inc({ outcome: outcome.state });
    const { commandId, connectionId, purpose } = callback;
    const line = { command: commandId, connection: connectionId, purpose, ...outcome };
    if (outcome.state === 'delivered') this.log.info(line, 'callback');
    else this.log.warn(line, 'callback');
    try {
      await this.endings.write(callback.id, outcome);
    } catch (error) {
      // Whoever tidies up will find it unknown, though this line says better.
      this.log.error({ err: error, ...line }, 'the outcome of a callback could not be stored');
    }
  }

  private async tidy(): Promise<void> {
    if (performance.now() - this.tidiedAt < TIDY_EVERY_MS) return;
    this.tidiedAt = performance.now();
    const { source, directory, metrics, clock } = this.parts;
    const patience = directory
      .all()
      .map(({ id, profile }) => ({ connectionId: id, timeoutMs: profile.timeoutMs }));
    const lost = await giveUpLost(source, patience, clock.now());
    const expired = await dropExpired(source, clock.now());
    metrics.commandCallbacksTotal.inc({ outcome: 'unknown' }, lost);
    metrics.commandCallbacksTotal.inc({ outcome: 'failed' }, expired);
    if (lost > 0) this.log.warn({ callbacks: lost }, 'callbacks of an ended process are unknown');
    if (expired > 0) this.log.warn({ callbacks: expired }, 'callbacks were not sent in time');
  }
}
