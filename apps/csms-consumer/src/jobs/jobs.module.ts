import { Module, type OnApplicationBootstrap } from '@nestjs/common';
import { ChangeLogSignal, pruneChanges } from '#change-log';
import { Clock, GatewaySettings, GracefulShutdown, Metrics } from '#platform';
import { DataSource } from 'typeorm';
import { EventProcessor } from '../events/event-processor.js';
import { EventsModule } from '../events/events.module.js';
import { LeasedJobs } from './leased-jobs.js';
import { removeEndedTokens } from './remove-ended-tokens.js';
import { pruneAuditLog } from './prune-audit-log.js';
import { pruneAuthorizations } from './prune-authorizations.js';
import { pruneInbox } from './prune-inbox.js';
import { pruneMessages } from './prune-messages.js';
import { refreshRenderings } from './refresh-renderings.js';
import { sweepHeldEvents } from './sweep-held-events.js';
import { switchTariffs } from './switch-tariffs.js';

const MINUTE_MS = 60_000;

/** The timers of `csms-consumer`. */
@Module({ imports: [EventsModule] })
export class JobsModule implements OnApplicationBootstrap {
  constructor(
    private readonly dataSource: DataSource,
    private readonly processor: EventProcessor,
    private readonly signal: ChangeLogSignal,
    private readonly settings: GatewaySettings,
    private readonly clock: Clock,
    private readonly metrics: Metrics,
    private readonly shutdown: GracefulShutdown,
  ) {}

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
      {
        name: 'prune-inbox',
        everyMs: MINUTE_MS,
        run: () => pruneInbox(dataSource, settings.inboxRetentionHours),
      },
      {
        name: 'prune-authorizations',
        everyMs: MINUTE_MS,
        run: () => pruneAuthorizations(dataSource),
      },
      {
        name: 'prune-audit-log',
        everyMs: MINUTE_MS,
        run: () => pruneAuditLog(dataSource, settings.auditRetentionDays),
      },
      {
        name: 'prune-messages',
        everyMs: MINUTE_MS,
        run: () => pruneMessages(dataSource, settings.traceRetentionHours),
      },
      {
        name: 'prune-change-log',
        everyMs: MINUTE_MS,
        run: async () => {
          await pruneChanges(dataSource, settings.changeLogRetentionHours);
        },
      },
    ]);
    const counting = setInterval(() => void this.count().catch(() => undefined), 15_000);
    counting.unref();
    this.shutdown.onDrain('jobs', () => {
      clearInterval(counting);
      return jobs.stop();
    });
  }

  private async count(): Promise<void> {
    const rows: { state: string; count: number }[] = await this.dataSource.query(
      `SELECT s.state, count(p.id) AS count FROM (VALUES ('held'), ('parked')) AS s(state)
         LEFT JOIN parked_event p ON p.state = s.state GROUP BY s.state`,
    );
    for (const { state, count } of rows) this.metrics.csmsParkedEvents.set({ state }, count);
    const inbox: { count: number }[] = await this.dataSource.query(
      `SELECT greatest(reltuples, 0)::bigint AS count FROM pg_class WHERE oid = 'inbox'::regclass`,
    );
    this.metrics.inboxRows.set(inbox[0]?.count ?? 0);
  }
}
