import { rowsOf } from '#change-log';
import { CallbackWorker, CommandSignal, DeadlineTimer, pruneCommands } from '#commands';
import { ConnectionDirectory, PartnerClient } from '#partners';
import { Clock, GatewaySettings, GracefulShutdown, Metrics } from '#platform';
import { Module, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { EventProcessor } from '../events/event-processor.js';
import { EventsModule } from '../events/events.module.js';
import { LeasedJobs } from '../jobs/leased-jobs.js';

const PRUNE_EVERY_MS = 60_000;
const COUNT_EVERY_MS = 5000;

/** Deadlines and callbacks of partners' commands: all of it is in the database, any number of processes share it. */
@Module({ imports: [EventsModule] })
export class CommandsModule implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly callbacks: CallbackWorker;
  private readonly deadlines: DeadlineTimer;

  constructor(
    private readonly source: DataSource,
    private readonly signal: CommandSignal,
    private readonly processor: EventProcessor,
    private readonly settings: GatewaySettings,
    private readonly metrics: Metrics,
    private readonly shutdown: GracefulShutdown,
    directory: ConnectionDirectory,
    client: PartnerClient,
    clock: Clock,
  ) {
    this.callbacks = new CallbackWorker({ source, directory, client, metrics, clock });
    const onExpired = () => this.signal.notify();
    this.deadlines = new DeadlineTimer({ source, metrics, clock, onExpired });
  }

  async onApplicationBootstrap(): Promise<void> {
    this.signal.onChange(this.callbacks.notify);
    this.processor.onWaiting('commands', () => this.signal.notify());
    await this.signal.listen();
    this.callbacks.start();
    this.deadlines.start();
    const jobs = new LeasedJobs(this.source);
    const { commandRetentionHours } = this.settings;
    const run = async () => {
      const pruned = await pruneCommands(this.source, commandRetentionHours);
      for (const [table, rows] of Object.entries(pruned)) {
        this.metrics.prunedRowsTotal.inc({ table }, rows as number);
      }
    };
    jobs.start([{ name: 'prune-commands', everyMs: PRUNE_EVERY_MS, run }]);
    // Without the database there is nothing to show, and the next time is soon.
    const counting = setInterval(() => void this.count().catch(() => undefined), COUNT_EVERY_MS);
    this.shutdown.onDrain('commands', async () => {
      clearInterval(counting);
      await jobs.stop();
      await this.stop();
    });
  }

  onApplicationShutdown(): Promise<void> {
    return this.stop();
  }

  /** Nothing expires here any more, and what is being told is told. */
  private async stop(): Promise<void> {
    await this.deadlines.stop();
    await this.callbacks.stop();
  }

  private async count(): Promise<void> {
    const [row] = await rowsOf<{ open: number }>(
      this.source,
      'SELECT count(*) AS open FROM command WHERE outcome IS NULL',
    );
    this.metrics.commandsOpen.set(row?.open ?? 0);
  }
}
