import { rowsOf, type TailReader } from '#change-log';
import { type ChangeEntity } from '#database';
import { type Metrics } from '#platform';
import { type DataSource } from 'typeorm';
import { owedCdrsOf } from '../records/cdr-receipts.js';
import { type FeedState, type FeedWorker } from './feed-worker.js';

const COUNT_EVERY_MS = 5000;
const STATES: readonly FeedState[] = ['live', 'walking', 'waiting'];

/** Lag, state, parked and owed per connection; of the feeds this process works. */
export class FeedMetrics {
  private countedAtMs = -Infinity;
  private shown = new Set<string>();

  constructor(
    private readonly source: DataSource,
    private readonly metrics: Metrics,
  ) {}

  async observe(
    workers: ReadonlyMap<string, FeedWorker>,
    tail: TailReader<ChangeEntity>,
  ): Promise<void> {
    const { metrics } = this;
    metrics.changeLogHorizonAgeSeconds.set(tail.horizonAgeMs / 1000);
    for (const connection of this.shown) if (!workers.has(connection)) this.forget(connection);
    this.shown = new Set(workers.keys());
    for (const [connection, worker] of workers) {
      const oldest = tail.oldestBehind(worker.cursor);
      metrics.feedLagChanges.set({ connection }, tail.countBehind(worker.cursor));
      metrics.feedLagSeconds.set(
        { connection },
        oldest ? Math.max(0, Date.now() - oldest.at.getTime()) / 1000 : 0,
      );
      metrics.withheldCdrsTotal.inc({ connection }, 0); // an increase is seen only of a series that was there
      for (const state of STATES) {
        metrics.feedState.set({ connection, state }, worker.state === state ? 1 : 0);
      }
    }
    if (performance.now() - this.countedAtMs < COUNT_EVERY_MS) return;
    this.countedAtMs = performance.now();
    await this.count([...workers.keys()]);
  }

  private async count(connections: string[]): Promise<void> {
    const rows = await rowsOf<{ connection: string; parked: number; owed: number }>(
      this.source,
      `SELECT c AS connection,
              (SELECT count(*) FROM parked_push p WHERE p.connection_id = c) AS parked,
              ${owedCdrsOf('c')} AS owed
         FROM unnest($1::text[]) c`,
      [connections],
    );
    for (const { connection, parked, owed } of rows) {
      this.metrics.parkedPushes.set({ connection }, parked);
      this.metrics.owedCdrs.set({ connection }, owed);
    }
  }

  private forget(connection: string): void {
    const { feedLagChanges, feedLagSeconds, feedState, parkedPushes, owedCdrs } = this.metrics;
    for (const gauge of [feedLagChanges, feedLagSeconds, parkedPushes, owedCdrs]) {
      gauge.remove({ connection });
    }
    for (const state of STATES) feedState.remove({ connection, state });
  }
}
