import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { Metrics } from '#platform';
import { ConnectionDirectory } from './connection-directory.js';

/** Shows every connection with its state, version and pause; any replica shows all. */
@Injectable()
export class ConnectionMetrics implements OnApplicationBootstrap {
  constructor(
    private readonly directory: ConnectionDirectory,
    private readonly metrics: Metrics,
  ) {}

  onApplicationBootstrap(): void {
    this.show();
    this.directory.onChange(() => this.show());
  }

  private show(): void {
    const { connectionInfo } = this.metrics;
    connectionInfo.reset();
    for (const { id, state, version, paused } of this.directory.all()) {
      connectionInfo.set({ connection: id, state, version: version ?? '', paused: `${paused}` }, 1);
    }
  }
}
