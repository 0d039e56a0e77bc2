import { ChangeLogSignal } from '#change-log';
import { FeedRunner } from '#partner-push';
import { ConnectionDirectory, PartnerClient } from '#partners';
import { GatewaySettings, GracefulShutdown, Metrics } from '#platform';
import { Module, type OnApplicationBootstrap } from '@nestjs/common';
import { DataSource } from 'typeorm';

/**
 * Runs the feeds of this process: what the CSMS said becomes pushes. Needs, from modules beside it, DataSource,
 * ConnectionDirectory, ChangeLogSignal and PartnerClient.
 */
@Module({
  providers: [
    {
      provide: FeedRunner,
      inject: [
        DataSource,
        ConnectionDirectory,
        ChangeLogSignal,
        PartnerClient,
        Metrics,
        GatewaySettings,
      ],
      useFactory: (
        source: DataSource,
        directory: ConnectionDirectory,
        signal: ChangeLogSignal,
        client: PartnerClient,
        metrics: Metrics,
        { leaseSeconds }: GatewaySettings,
      ) => new FeedRunner({ source, directory, signal, client, metrics, leaseSeconds }),
    },
  ],
  exports: [FeedRunner],
})
export class FeedsModule implements OnApplicationBootstrap {
  constructor(
    private readonly runner: FeedRunner,
    private readonly shutdown: GracefulShutdown,
    private readonly settings: GatewaySettings,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    await this.runner.start();
    this.shutdown.onDrain('feeds', () => this.runner.stop(this.settings.drainSeconds * 750));
  }
}
