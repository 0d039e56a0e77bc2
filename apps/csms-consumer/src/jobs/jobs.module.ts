import { Module, type OnApplicationBootstrap } from '@nestjs/common';
import { ChangeLogSignal } from '#change-log';
import { keyUses, SecretBox } from '#partners';
import { Clock, GatewaySettings, GracefulShutdown, Metrics } from '#platform';
import { DataSource } from 'typeorm';
import { EventProcessor } from '../events/event-processor.js';
import { EventsModule } from '../events/events.module.js';
import { measureTables } from '../retention/measure-tables.js';
import { prune } from '../retention/prune.js';
import { prunings } from '../retention/prunings.js';
import { LeasedJobs } from './leased-jobs.js';
import { removeEndedTokens } from './remove-ended-tokens.js';
import { refreshRenderings } from './refresh-renderings.js';
import { sweepHeldEvents } from './sweep-held-events.js';
import { switchTariffs } from './switch-tariffs.js';

const MINUTE_MS = 60_000;

/** The timers of `csms-consumer`. */
@Module({ imports: [EventsModule] })
export class JobsModule implements OnApplicationBootstrap {
  private readonly box: SecretBox;

  constructor(
    private readonly dataSource: DataSource,
    private readonly processor: EventProcessor,
    private readonly signal: ChangeLogSignal,
    private readonly settings: GatewaySettings,
    private readonly clock: Clock,
    private readonly metrics: Metrics,
    private readonly shutdown: GracefulShutdown,
  ) {
    this.box = SecretBox.of(settings);
  }

  onApplicationBootstrap(): void {
    const { dataSource, settings } = this;
    const jobs = new LeasedJobs(dataSource);
    jobs.start([
      {
        name: 'sweep-held-events',
        everyMs: 2000,
        run: () => sweepHeldEvents(dataSource, this.processor),
      },
      {
        name: 'switch-tariffs',
        everyMs: 1000,
        run: (since) => switchTariffs(dataSource, this.signal, since, this.clock.now()),
      },
      {
        name: 'refresh-renderings',
        everyMs: 5000,
        run: async () => {
          await refreshRenderings(dataSource, this.signal, { now: this.clock.now(), forMs: 2000 });
        },
      },
      {
        name: 'remove-ended-tokens',
        everyMs: 5000,
        run: () => removeEndedTokens(dataSource),
      },
      ...prunings(settings).map((pruning) => ({
        name: `prune-${pruning.table}`,
        everyMs: pruning.everyMs,
        run: async () => {
          const rows = await prune(dataSource, pruning);
          this.metrics.prunedRowsTotal.inc({ table: pruning.table }, rows);
        },
      })),
    ]);
    // Without the database there is nothing to show, and the next time is soon.
    const counting = setInterval(() => void this.count().catch(() => undefined), 15_000);
    const measuring = setInterval(
      () => void measureTables(dataSource, this.metrics).catch(() => undefined),
      MINUTE_MS,
    );
    counting.unref();
    measuring.unref();
    this.shutdown.onDrain('jobs', () => {
      clearInterval(counting);
      clearInterval(measuring);
      return jobs.stop();
    });
  }

  private async count(): Promise<void> {
    const rows: { state: string; count: number }[] = await this.dataSource.query(
      `SELECT s.state, count(p.id) AS count FROM (VALUES ('held'), ('parked')) AS s(state)
         LEFT JOIN parked_event p ON p.state = s.state GROUP BY s.state`,
    );
    for (const { state, count } of rows) this.metrics.csmsParkedEvents.set({ state }, count);
    const keys = await keyUses(this.dataSource, this.box);
    for (const key of ['current', 'previous', 'unknown']) {
      const secrets = keys.filter(({ use }) => use === key).map((one) => one.secrets);
      this.metrics.encryptedSecrets.set(
        { key },
        secrets.reduce((sum, count) => sum + count, 0),
      );
    }
  }
}
