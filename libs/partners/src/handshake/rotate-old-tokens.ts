import {
  Injectable,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { takeLease } from '#database';
import { createLogger, Metrics } from '#platform';
import { randomUUID } from 'node:crypto';
import { DataSource } from 'typeorm';
import { type Connection, isLive } from '../connection.js';
import { ConnectionDirectory } from '../connection-directory.js';
import { SendUpdate } from './send-update.js';

const LOOK_EVERY_MS = 600_000;
const ROTATE_AFTER_MS = 28 * 86_400_000;
const RETRY_AFTER_SECONDS = 86_400;

/** Exchanges credentials tokens before they are a month old (CRD-26), and shows their age. One replica at a time. */
@Injectable()
export class RotateOldTokens implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly log = createLogger('handshake');
  private timer: NodeJS.Timeout | undefined;
  private working: Promise<void> | undefined;

  constructor(
    private readonly dataSource: DataSource,
    private readonly directory: ConnectionDirectory,
    private readonly update: SendUpdate,
    private readonly metrics: Metrics,
  ) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => {
      this.working ??= this.runDue().finally(() => {
        this.working = undefined;
      });
    }, LOOK_EVERY_MS);
    this.timer.unref();
  }

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await this.working;
  }

  /** Rotates what is due; a partner that does not take part is asked again the next day. Never rejects. */
  async runDue(): Promise<void> {
    this.metrics.credentialsTokenAgeSeconds.reset();
    for (const connection of this.directory.all()) {
      if (connection.state !== 'registered' || connection.tokenIssuedAt === null) continue;
      const ageMs = Date.now() - connection.tokenIssuedAt.getTime();
      this.metrics.credentialsTokenAgeSeconds.set({ connection: connection.id }, ageMs / 1000);
      if (ageMs >= ROTATE_AFTER_MS && isLive(connection)) await this.rotate(connection);
    }
  }

  private async rotate(connection: Connection): Promise<void> {
    try {
      if (!(await this.claim(connection.id))) return;
      await this.update.execute(connection, 'same');
    } catch (error) {
      this.log.warn({ err: error, connection: connection.id }, 'token could not be rotated');
    }
  }

  /** By an owner of its own each time, for this process too has to wait a day. */
  private async claim(connectionId: string): Promise<boolean> {
    const name = `rotate:${connectionId}`;
    const lease = { name, owner: randomUUID(), seconds: RETRY_AFTER_SECONDS };
    return (await takeLease(this.dataSource, lease)) !== undefined;
  }
}
