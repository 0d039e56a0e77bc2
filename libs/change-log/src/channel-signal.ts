import { type OnApplicationShutdown } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { type DataSource } from 'typeorm';

const NOTIFY_AT_MOST_EVERY_MS = 10;
const RECONNECT_AFTER_MS = 1000;

/**
 * Tells others, here and in other processes, that something was committed. Only a hint: a signal may be lost or come
 * for nothing, so whoever waits also looks on his own every now and then. Never called inside a transaction, where NOTIFY
 * would make commits wait for each other.
 */
export class ChannelSignal implements OnApplicationShutdown {
  /** Who hears its own signal has looked already. */
  private readonly sender = randomUUID();
  private readonly listeners = new Set<() => void>();
  private listener: pg.Client | undefined;
  private retry: NodeJS.Timeout | undefined;
  private pending: NodeJS.Timeout | undefined;
  private sending = false;
  private sentAtMs = -Infinity;
  private again = false;
  private closed = false;

  constructor(
    private readonly dataSource: DataSource,
    private readonly channel: string,
    /** As PostgreSQL shows the connection that listens. */
    private readonly applicationName: string,
  ) {}

  /** To be called after the commit. Returns at once and never throws. */
  notify(): void {
    this.wake();
    if (this.closed || this.pending) {
      return;
    }
    if (this.sending) {
      this.again = true;
      return;
    }
    this.schedule();
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
      application_name: this.applicationName,
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
      await client.query(`LISTEN ${this.channel}`);
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

  private schedule(): void {
    const delayMs = Math.max(0, this.sentAtMs + NOTIFY_AT_MOST_EVERY_MS - performance.now());
    this.pending = setTimeout(() => void this.send(), delayMs);
  }

  private async send(): Promise<void> {
    this.pending = undefined;
    this.sending = true;
    this.sentAtMs = performance.now();
    // A database that is away hears nothing, and its readers look again by themselves.
    await this.dataSource
      .query('SELECT pg_notify($1, $2)', [this.channel, this.sender])
      .catch(() => undefined);
    this.sending = false;
    if (!this.again || this.closed) return;
    this.again = false;
    this.schedule();
  }

  private lose(client: pg.Client): void {
    if (this.listener !== client) return;
    this.listener = undefined;
    client.end().catch(() => undefined);
    if (this.closed) return;
    this.retry = setTimeout(() => void this.listen(), RECONNECT_AFTER_MS);
  }
}
