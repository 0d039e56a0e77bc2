import {
  acquireLeases,
  besideTheLog,
  type ChangeLogSignal,
  CHANGES,
  countHolders,
  FEEDS,
  leaveHolders,
  type Position,
  releaseLeases,
  renewLeases,
  rowsOf,
  startMissingFeeds,
  TailReader,
} from '#change-log';
import { type ChangeEntity } from '#database';
import { type ConnectionDirectory, isLive, type PartnerClient } from '#partners';
import { createLogger, type Metrics } from '#platform';
import { randomUUID } from 'node:crypto';
import { type Pool } from 'pg';
import { type DataSource } from 'typeorm';
import { ExchangeLog } from '../records/exchange-log.js';
import { ObjectLoader } from '../state/object-loader.js';
import { FeedMetrics } from './feed-metrics.js';
import { FeedStore } from './feed-store.js';
import { FeedWorker } from './feed-worker.js';
import { type WalkPlace } from './snapshot-page.js';

export interface FeedRunnerParts {
  source: DataSource;
  directory: ConnectionDirectory;
  signal: ChangeLogSignal;
  client: PartnerClient;
  metrics: Metrics;
  leaseSeconds: number;
}

const SWEEP_EVERY_MS = 500;

/**
 * Runs the feeds of one process. It takes its fair share of them by lease, takes over at once what a dead process
 * leaves, stores all cursors in one statement, and gives everything back when it stops (P11).
 */
export class FeedRunner {
  readonly owner = randomUUID();
  private readonly log = createLogger('feeds');
  private readonly workers = new Map<string, FeedWorker>();
  private readonly leaving = new Map<string, { worker: FeedWorker; left: Promise<void> }>();
  private readonly tail: TailReader<ChangeEntity>;
  private readonly loader: ObjectLoader;
  private readonly records: Pool;
  private readonly exchanges: ExchangeLog;
  private readonly store: FeedStore;
  private readonly gauges: FeedMetrics;
  private leaseEndsMs = 0;
  private sweeping: Promise<void> = Promise.resolve();
  private timer: NodeJS.Timeout | undefined;
  private isStopping = false;
  private readonly unsubscribe: (() => void)[] = [];

  constructor(private readonly parts: FeedRunnerParts) {
    const { source, directory, metrics } = parts;
    this.tail = new TailReader(source, CHANGES, {
      onError: (error) => this.log.warn({ err: error }, 'the change log cannot be read'),
    });
    this.loader = new ObjectLoader(source, () => this.tail.horizon);
    this.records = besideTheLog(source);
    this.exchanges = new ExchangeLog(this.records);
    this.store = new FeedStore(source, directory, this.owner);
    this.gauges = new FeedMetrics(source, metrics);
  }

  /** Begins to work. @throws what the database says when it is away at the start. */
  async start(): Promise<void> {
    await this.parts.signal.listen();
    await this.tail.run(this.parts.signal);
    this.unsubscribe.push(
      this.tail.onAdvance(() => this.wakeAll()),
      this.parts.directory.onChange(() => {
        this.wakeAll();
        void this.sweep();
      }),
    );
    await this.sweep();
    this.schedule();
  }

  /** Connections whose feed this process works. */
  get keys(): string[] {
    return [...this.workers.keys()];
  }

  /**
   * Batches at work are brought to their end, for at most `drainMs`; then only requests in flight are waited for. Cursors
   * are stored and leases given back (P11).
   */
  async stop(drainMs = 15_000): Promise<void> {
    this.isStopping = true;
    clearTimeout(this.timer);
    this.unsubscribe.splice(0).forEach((undo) => {
      undo();
    });
    await this.sweeping;
    const renewal = setInterval(() => void this.renewQuietly(), this.parts.leaseSeconds * 250);
    for (const worker of [...this.workers.values()]) void this.release(worker);
    const leaving = [...this.leaving.values()];
    const deadline = setTimeout(() => {
      for (const { worker } of leaving) void worker.abort();
    }, drainMs);
    await Promise.all(leaving.map(({ left }) => left));
    clearTimeout(deadline);
    clearInterval(renewal);
    this.tail.stop();
    await this.exchanges.flush();
    if (!this.records.ending) await this.records.end();
    await this.store.flushSuccesses(this.parts.source);
    await leaveHolders(this.parts.source, FEEDS, this.owner);
  }

  private wakeAll(): void {
    for (const worker of this.workers.values()) worker.wake();
  }

  private schedule(): void {
    if (this.isStopping) return;
    const { leaseSeconds } = this.parts;
    const everyMs = Math.min(SWEEP_EVERY_MS, (leaseSeconds * 1000) / 4);
    this.timer = setTimeout(() => {
      void this.sweep().finally(() => this.schedule());
    }, everyMs);
  }

  /** Renews, lets go, takes on. One at a time. */
  private sweep(): Promise<void> {
    this.sweeping = this.sweeping.then(async () => {
      if (this.isStopping) return;
      try {
        await this.renew();
        await this.takeOn();
        await this.store.flushSuccesses(this.parts.source);
        await this.gauges.observe(this.workers, this.tail);
      } catch (error) {
        this.log.warn({ err: error }, 'leases could not be renewed');
      }
    });
    return this.sweeping;
  }

  private async renew(): Promise<void> {
    const { source, leaseSeconds } = this.parts;
    const beganMs = performance.now();
    const workers = [...this.workers.values()];
    const held = await renewLeases(source, FEEDS, {
      owner: this.owner,
      leaseSeconds,
      // Also of those that only wait for their last answers: nobody may begin while a request is out (P3).
      positions: [...workers, ...[...this.leaving.values()].map(({ worker }) => worker)].map(
        positionOf,
      ),
    });
    // A margin for the time between our clock's check and the request's departure.
    this.leaseEndsMs = beganMs + leaseSeconds * 900;
    for (const worker of workers) {
      const generation = held.get(worker.key);
      if (generation === worker.generation) continue;
      if (generation === undefined) {
        this.log.warn({ connection: worker.key }, 'feed was taken over');
        void worker.abort();
      }
      void this.release(worker);
    }
  }

  private async renewQuietly(): Promise<void> {
    try {
      await this.renew();
    } catch (error) {
      this.log.warn({ err: error }, 'leases could not be renewed');
    }
  }

  private async takeOn(): Promise<void> {
    const { source, directory, leaseSeconds } = this.parts;
    await startMissingFeeds(source);
    const live = directory.all().filter(isLive);
    const keys = live.map(({ id }) => id);
    for (const worker of this.workers.values()) {
      if (!keys.includes(worker.key)) void this.release(worker);
    }
    const holders = await countHolders(source, FEEDS, { owner: this.owner, leaseSeconds });
    const share = Math.ceil(keys.length / holders);
    const surplus = [...this.workers.values()].slice(share);
    for (const worker of surplus) void this.release(worker);
    const free = keys.filter((key) => !this.workers.has(key) && !this.leaving.has(key));
    const leases = await acquireLeases(source, FEEDS, {
      owner: this.owner,
      leaseSeconds,
      keys: free,
      limit: share - this.workers.size,
    });
    if (leases.length === 0) return;
    const walks = await rowsOf<{ key: string; snapshot: WalkPlace | null }>(
      source,
      'SELECT connection_id AS key, snapshot FROM feed WHERE connection_id = ANY($1)',
      [leases.map(({ key }) => key)],
    );
    for (const lease of leases) {
      const snapshot = walks.find(({ key }) => key === lease.key)?.snapshot ?? null;
      this.workers.set(lease.key, this.work({ ...lease, snapshot }));
    }
  }

  private work(lease: ConstructorParameters<typeof FeedWorker>[1]): FeedWorker {
    const { source, client, metrics, directory } = this.parts;
    return new FeedWorker(
      {
        source,
        client,
        metrics,
        tail: this.tail,
        loader: this.loader,
        exchanges: this.exchanges,
        store: this.store,
        connection: () => {
          const connection = directory.get(lease.key);
          return connection && isLive(connection) ? connection : undefined;
        },
        leaseEndsMs: () => this.leaseEndsMs,
      },
      lease,
    );
  }

  /** Ends a worker, then stores its cursor and gives the lease back; somebody takes it on again, maybe we. */
  private release(worker: FeedWorker): Promise<void> {
    const { key } = worker;
    const known = this.leaving.get(key);
    if (known) return known.left;
    this.workers.delete(key);
    const left = worker
      .stop()
      .then(() =>
        releaseLeases(this.parts.source, FEEDS, {
          owner: this.owner,
          positions: [positionOf(worker)],
        }),
      )
      .catch((error: unknown) => {
        this.log.warn({ err: error, connection: key }, 'a lease could not be given back');
      })
      .finally(() => this.leaving.delete(key));
    this.leaving.set(key, { worker, left });
    return left;
  }
}

const positionOf = ({ key, cursor, generation }: FeedWorker): Position => ({
  key,
  cursor,
  generation,
});
