import { CommandSignal, pruneProfiles } from '#commands';
import { ChargingProfilePushes } from '#partner-push';
import { ConnectionDirectory, PartnerClient } from '#partners';
import { GracefulShutdown, Metrics } from '#platform';
import { Module, type OnApplicationBootstrap } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { CommandsModule } from '../commands/commands.module.js';
import { LeasedJobs } from '../jobs/leased-jobs.js';

const PRUNE_EVERY_MS = 600_000;

/** Tells partners what limits the Sessions that they set a charging profile on. */
@Module({ imports: [CommandsModule] })
export class ChargingProfilePushesModule implements OnApplicationBootstrap {
  constructor(
    private readonly source: DataSource,
    private readonly signal: CommandSignal,
    private readonly directory: ConnectionDirectory,
    private readonly client: PartnerClient,
    private readonly metrics: Metrics,
    private readonly shutdown: GracefulShutdown,
  ) {}

  onApplicationBootstrap(): void {
    const { source, directory, client, metrics } = this;
    const pushes = new ChargingProfilePushes({ source, directory, client, metrics });
    const unsubscribe = this.signal.onChange(() => pushes.wake());
    pushes.start();
    const jobs = new LeasedJobs(source);
    const run = () => pruneProfiles(source);
    jobs.start([{ name: 'prune-charging-profiles', everyMs: PRUNE_EVERY_MS, run }]);
    this.shutdown.onDrain('charging profile pushes', async () => {
      unsubscribe();
      await jobs.stop();
      await pushes.stop();
    });
  }
}
