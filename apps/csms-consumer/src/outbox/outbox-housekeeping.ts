import { rowsOf } from '#change-log';
import { KAFKA_SUBSCRIBER, pruneCsmsMessages, subscriberLags } from '#csms-requests';
import { createLogger, GatewaySettings, Metrics } from '#platform';
import {
  Injectable,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { DataSource } from 'typeorm';

const MEASURE_EVERY_MS = 5000;
const PRUNE_EVERY_MS = 600_000;

/** Shows how far subscribers are behind, and removes what all of them have taken. */
@Injectable()
export class OutboxHousekeeping implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly log = createLogger('csms-outbox');
  private timer: NodeJS.Timeout | undefined;
  private prunedAt = performance.now();
  private isStopped = false;

  constructor(
    private readonly dataSource: DataSource,
    private readonly settings: GatewaySettings,
    private readonly metrics: Metrics,
  ) {}

  onApplicationBootstrap(): void {
    this.timer = setTimeout(() => void this.work(), MEASURE_EVERY_MS);
  }

  onApplicationShutdown(): void {
    this.isStopped = true;
    clearTimeout(this.timer);
  }

  /** Sets `ocpi_csms_outbox_lag` for each subscriber. */
  async measure(): Promise<void> {
    const lags = await subscriberLags(this.dataSource);
    this.metrics.csmsOutboxLag.reset();
    for (const { name, lag } of lags) this.metrics.csmsOutboxLag.set({ subscriber: name }, lag);
  }

  /** Removes old messages; a subscriber of the binding in use holds what it has not taken, however old. */
  async prune(): Promise<number> {
    const { csmsOut, changeLogRetentionHours } = this.settings;
    const clients = await rowsOf<{ name: string }>(this.dataSource, 'SELECT name FROM csms_client');
    const holders = {
      kafka: [KAFKA_SUBSCRIBER],
      http: clients.map(({ name }) => name),
      none: [],
    }[csmsOut];
    return pruneCsmsMessages(this.dataSource, changeLogRetentionHours, holders);
  }

  private async work(): Promise<void> {
    try {
      await this.measure();
      if (performance.now() - this.prunedAt > PRUNE_EVERY_MS) {
        this.prunedAt = performance.now();
        await this.prune();
      }
    } catch (error) {
      this.log.warn({ err: error }, 'the outbox cannot be looked after');
    }
    if (!this.isStopped) this.timer = setTimeout(() => void this.work(), MEASURE_EVERY_MS);
  }
}
