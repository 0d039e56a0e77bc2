import {
  acquireLeases,
  type Cursor,
  type Lease,
  releaseLeases,
  renewLeases,
  saveBreaker,
  type SqlRunner,
  SUBSCRIBERS,
  type TailReader,
} from '#change-log';
import { type PrintableEvent } from '#csms-contract';
import { type CsmsMessageEntity } from '#database';
import { createLogger } from '#platform';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Delivery, DeliveryError } from './delivery.js';
import { NewestPerKey } from './newest-per-key.js';
import { printableMessage } from './printable-message.js';
import { startSending } from './sending-spans.js';
import { Wakeup } from './wakeup.js';

export interface RelayOptions {
  /** The subscriber whose cursor moves. */
  name: string;
  /** This process, as leases name it. */
  owner: string;
  leaseSeconds: number;
  /** CloudEvents `source` of what we say. */
  source: string;
  /** Party keys the subscriber may hear of; undefined = all. */
  parties?: readonly string[];
  maxBackoffMs: number;
  /** Hears how many messages were passed over, because they can never be delivered. */
  onGivenUp?: (count: number) => void;
}

const BATCH = 500;
const MIN_BACKOFF_MS = 200;
const DATABASE_RETRY_MS = 500;

/**
 * Carries the outbox to one subscriber: at least once, in order per key, by one process at a time. The cursor moves
 * after the other side took the messages, so what a killed process had sent is sent again with the same ids. While the
 * other side is away it waits and loses nothing. What the way there can never carry is given up, so that the rest goes on.
 */
export class OutboxRelay {
  private readonly log = createLogger('csms-outbox');
  private readonly stopping = new AbortController();
  private readonly newest = new NewestPerKey();
  private readonly renewMs: number;
  private running: Promise<void> | undefined;
  private readonly wakeup = new Wakeup();
  private held: { cursor: Cursor } | undefined;
  private keeping: Promise<boolean> = Promise.resolve(true);
  private renewedAt = 0;

  constructor(
    private readonly database: SqlRunner,
    private readonly tail: TailReader<CsmsMessageEntity>,
    private readonly delivery: Delivery,
    private readonly options: RelayOptions,
  ) {
    this.renewMs = (options.leaseSeconds * 1000) / 3;
  }

  /** Begins; the subscriber's row must exist. */
  start(): void {
    this.running ??= this.run();
  }

  /** Lets the delivery in flight end, stores the cursor and gives the lease back. */
  async stop(): Promise<void> {
    this.stopping.abort();
    this.wakeup.notify();
    await this.running;
    await this.delivery.close();
  }

  private async run(): Promise<void> {
    const stopListening = this.tail.onAdvance(this.wakeup.notify);
    while (!this.isStopping()) {
      const lease = await this.acquire();
      if (lease) await this.relay(lease);
      else await this.pause(this.renewMs);
    }
    stopListening();
  }

  private isStopping(): boolean {
    return this.stopping.signal.aborted;
  }

  private async acquire(): Promise<Lease | undefined> {
    const { name, owner, leaseSeconds } = this.options;
    try {
      const given = { owner, leaseSeconds, keys: [name], limit: 1 };
      return (await acquireLeases(this.database, SUBSCRIBERS, given))[0];
    } catch (error) {
      this.log.warn({ err: error, subscriber: name }, 'the outbox cannot be reached');
      return undefined;
    }
  }

  private async relay(lease: Lease): Promise<void> {
    const held = { cursor: lease.cursor };
    this.held = held;
    this.renewedAt = performance.now();
    let failures = lease.failures;
    let isOurs = await this.waitUntil(lease.resumeAt?.getTime() ?? 0);
    while (isOurs && !this.isStopping()) {
      const page = await this.tail.read(held.cursor, BATCH).catch(() => undefined);
      if (!page) {
        isOurs = await this.waitUntil(Date.now() + DATABASE_RETRY_MS);
        continue;
      }
      const rows = this.newest.inOrder(page.rows.filter((row) => this.isMeant(row)));
      if (rows.length > 0) {
        const failure = await this.deliver(rows);
        if (failure) {
          failures += 1;
          isOurs = await this.backOff(failures, failure);
          continue;
        }
        if (failures > 0) await this.noteRecovery();
        failures = 0;
        this.newest.wereTold(rows);
      }
      held.cursor = page.end;
      if (rows.length > 0) isOurs = await this.keep();
      if (isOurs && page.drained) isOurs = await this.waitForMore();
    }
    if (isOurs) await this.release(held.cursor);
    this.held = undefined;
  }

  private isMeant({ partyKey }: CsmsMessageEntity): boolean {
    const { parties } = this.options;
    return partyKey === null || parties === undefined || parties.includes(partyKey);
  }

  /** What went wrong, or undefined when all were taken. The lease is kept meanwhile; without it the sending stops. */
  private async deliver(rows: readonly CsmsMessageEntity[]): Promise<Error | undefined> {
    const lost = new AbortController();
    const renewal = setInterval(() => {
      void this.keep().then((isOurs) => {
        if (!isOurs && !this.isStopping())
          lost.abort(new DeliveryError('another process took over'));
      });
    }, this.renewMs);
    const events = rows.map((row) => printableMessage(row, this.options.source));
    const endSending = startSending(events, this.options.name);
    try {
      const givenUp = await this.delivery.deliver(events, lost.signal);
      if (givenUp.length > 0) this.noteGivenUp(givenUp);
      endSending();
      return undefined;
    } catch (error) {
      endSending(error);
      return error as Error;
    } finally {
      clearInterval(renewal);
    }
  }

  private noteGivenUp(events: readonly PrintableEvent[]): void {
    const { name, onGivenUp } = this.options;
    for (const { id, type, data } of events) {
      const bytes = Buffer.byteLength(data);
      this.log.error({ subscriber: name, id, type, bytes }, 'a message is too large: given up');
    }
    onGivenUp?.(events.length);
  }

  private async backOff(failures: number, failure: Error): Promise<boolean> {
    const { name, owner, maxBackoffMs } = this.options;
    const grown = Math.min(MIN_BACKOFF_MS * 2 ** Math.min(failures, 20), maxBackoffMs);
    const asked = failure instanceof DeliveryError ? failure.retryAfterMs : undefined;
    const resumeAt = Date.now() + (asked ?? grown * (0.5 + Math.random() / 2));
    const level = failures === 1 ? 'warn' : 'debug';
    this.log[level]({ err: failure, subscriber: name }, 'the CSMS did not take its messages');
    const lastFailure = failure.message.slice(0, 500);
    const breaker = { owner, key: name, failures, resumeAt: new Date(resumeAt), lastFailure };
    await saveBreaker(this.database, SUBSCRIBERS, breaker).catch(() => undefined);
    return this.waitUntil(resumeAt);
  }

  private async noteRecovery(): Promise<void> {
    const { name, owner } = this.options;
    this.log.info({ subscriber: name }, 'the CSMS takes its messages again');
    const breaker = { owner, key: name, failures: 0, resumeAt: null };
    await saveBreaker(this.database, SUBSCRIBERS, breaker).catch(() => undefined);
  }

  /** Waits with the lease in hand; false when it was lost. */
  private async waitUntil(timeMs: number): Promise<boolean> {
    for (let left = timeMs - Date.now(); left > 0 && !this.isStopping();) {
      await this.pause(Math.min(left, this.renewMs));
      if (!this.isStopping() && !(await this.keep())) return false;
      left = timeMs - Date.now();
    }
    return true;
  }

  /** Waits until the log advances, or the lease is due. */
  private async waitForMore(): Promise<boolean> {
    const untilRenewal = this.renewedAt + this.renewMs - performance.now();
    if (untilRenewal <= 0) return this.keep();
    await this.wakeup.wait(untilRenewal);
    return true;
  }

  /** Ends early when the relay is to stop. */
  private async pause(ms: number): Promise<void> {
    await sleep(ms, undefined, { signal: this.stopping.signal }).catch(() => undefined);
  }

  /** Stores the cursor and renews the lease; false when it is not ours any more. Calls follow one another. */
  private keep(): Promise<boolean> {
    this.keeping = this.keeping.then(() => this.storeCursor());
    return this.keeping;
  }

  /** However long the database takes to answer: until then it is not known whose the lease is. */
  private async storeCursor(): Promise<boolean> {
    const { name, owner, leaseSeconds } = this.options;
    while (this.held) {
      try {
        const positions = [{ key: name, cursor: this.held.cursor, generation: 0 }];
        const given = { owner, leaseSeconds, positions };
        const ours = await renewLeases(this.database, SUBSCRIBERS, given);
        this.renewedAt = performance.now();
        return ours.has(name);
      } catch (error) {
        this.log.debug({ err: error, subscriber: name }, 'the cursor cannot be stored');
        if (this.isStopping()) return false;
        await this.pause(DATABASE_RETRY_MS);
      }
    }
    return false;
  }

  private async release(cursor: Cursor): Promise<void> {
    const { name, owner } = this.options;
    const positions = [{ key: name, cursor, generation: 0 }];
    await releaseLeases(this.database, SUBSCRIBERS, { owner, positions }).catch(() => undefined);
  }
}
