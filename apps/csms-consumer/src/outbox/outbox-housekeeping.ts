import { rowsOf } from '#change-log';
import { KAFKA_SUBSCRIBER, pruneCsmsMessages, subscriberLags } from '#csms-requests';
import { GatewaySettings, GracefulShutdown, Metrics } from '#platform';
import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { LeasedJobs } from '../jobs/leased-jobs.js';

const MEASURE_EVERY_MS = 5000;
const PRUNE_EVERY_MS = 60_000;

/** Shows how far subscribers are behind, and removes what all of them have taken. */
@Injectable()
export class OutboxHousekeeping implements OnApplicationBootstrap {
  constructor(
    private readonly dataSource: DataSource,
    private readonly settings: GatewaySettings,
    private readonly metrics: Metrics,
    private readonly shutdown: GracefulShutdown,
  ) {}

  onApplicationBootstrap(): void {
    const jobs = new LeasedJobs(this.dataSource);
    const run = async () => {
      this.metrics.prunedRowsTotal.inc({ table: 'csms_message' }, await this.prune());
    };
    jobs.start([{ name: 'prune-csms-messages', everyMs: PRUNE_EVERY_MS, run }]);
    // Without the database there is nothing to show, and the next time is soon.
    const measuring = setInterval(
      () => void this.measure().catch(() => undefined),
      MEASURE_EVERY_MS,
    );
    this.shutdown.onDrain('csms outbox jobs', () => {
      clearInterval(measuring);
      return jobs.stop();
    });
  }

  /** Sets `ocpi_csms_outbox_lag_messages` for each subscriber of the binding in use, and for no other. */
  async measure(): Promise<void> {
    const lags = await subscriberLags(this.dataSource, await this.subscribersInUse());
    this.metrics.csmsOutboxLagMessages.reset();
    for (const { name, lag } of lags)
      this.metrics.csmsOutboxLagMessages.set({ subscriber: name }, lag);
  }

  /** Removes old messages; a subscriber of the binding in use holds what it has not taken, however old. */
  async prune(): Promise<number> {
    const { changeLogRetentionHours } = this.settings;
    return pruneCsmsMessages(
      this.dataSource,
      changeLogRetentionHours,
      await this.subscribersInUse(),
    );
  }

  /** Cursors of the other binding, and of clients that were removed, stand where they stood. */
  private async subscribersInUse(): Promise<string[]> {
    const { csmsOut } = this.settings;
    if (csmsOut === 'kafka') return [KAFKA_SUBSCRIBER];
    if (csmsOut === 'none') return [];
    const clients = await rowsOf<{ name: string }>(this.dataSource, 'SELECT name FROM csms_client');
    return clients.map(({ name }) => name);
  }
}
