import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { DataSource } from 'typeorm';

export const CHANGE_CHANNEL = 'ocpi_change';

const NOTIFY_AT_MOST_EVERY_MS = 10;
const RECONNECT_AFTER_MS = 1000;

/**
 * Tells readers, here and in other processes, that something was committed. Only a hint: a signal may be lost or come
 * for nothing, so readers also look on their own every now and then. Never called inside a transaction, where NOTIFY
 * would make commits wait for each other.
 */
@Injectable()
export class ChangeLogSignal implements OnApplicationShutdown {
  /** Who hears its own signal has looked already. */
  private readonly sender = randomUUID();
  private readonly listeners = new Set<() => void>();
  private listener: pg.Client | undefined;
  private retry: NodeJS.Timeout | undefined;
  private pending: NodeJS.Timeout | undefined;
  private sending = false;
  private again = false;
  private closed = false;

  constructor(private readonly dataSource: DataSource) {}

  /** To be called after a commit that appended to the log. Returns at once and never throws. */
  notify(): void {
    this.wake();
    if (this.closed || this.pending) {
      return;
    }
    if (this.sending) {
      this.again = true;
      return;
    }
    this.pending = setTimeout(() => void this.send(), NOTIFY_AT_MOST_EVERY_MS);
  }

  /** Calls back whenever somebody may have committed; returns the way to stop it. */
  onChange(callback: () => void): () => void {
    this.listeners.add(callback);
    return () => this.listeners.delete(callback);
  }

  /** Starts to hear other processes; comes back by itself after a loss of the database. */
  async listen(): Promise<void> {
    if (this.closed || this.listener) return;
    const { options } = this.dataSource;
    const client = new pg.Client({
      connectionString: 'url' in options ? options.url : undefined,
      application_name: 'ocpi-change-signal',
      keepAlive: true,
    });
    this.listener = client;
    const lost = () => this.lose(client);
    client.on('error', lost);
    client.on('end', lost);
    client.on('notification', ({ payload }) => {
      if (payload !== this.sender) this.wake();
    });
    try {
      await client.connect();
      await client.query(`LISTEN ${CHANGE_CHANNEL}`);
      this.wake();
    } catch {
      lost();
    }
  }

  async close(): Promise<void> {
    this.closed = true;
    clearTimeout(this.pending);
    clearTimeout(this.retry);
    this.listeners.clear();
    const client = this.listener;
    this.listener = undefined;
    await client?.end().catch(() => undefined);
  }

  onApplicationShutdown(): Promise<void> {
    return this.close();
  }

  private wake(): void {
    for (const callback of this.listeners) callback();
  }

  private async send(): Promise<void> {
    this.pending = undefined;
    this.sending = true;
    // A database that is away hears nothing, and its readers look again by themselves.
    await this.dataSource
      .query('SELECT pg_notify($1, $2)', [CHANGE_CHANNEL, this.sender])
      .catch(() => undefined);
    this.sending = false;
    if (!this.again || this.closed) return;
    this.again = false;
    this.pending = setTimeout(() => void this.send(), NOTIFY_AT_MOST_EVERY_MS);
  }

  private lose(client: pg.Client): void {
    if (this.listener !== client) return;
    this.listener = undefined;
    client.end().catch(() => undefined);
    if (this.closed) return;
    this.retry = setTimeout(() => void this.listen(), RECONNECT_AFTER_MS);
  }
}
