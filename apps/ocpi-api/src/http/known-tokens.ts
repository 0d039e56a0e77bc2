import { Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { ConnectionDirectory, hashToken } from '#partners';
import { createLogger } from '#platform';
import { DataSource } from 'typeorm';

const REFRESH_EVERY_MS = 5000;

interface TokenEnd {
  hash: string;
  /** Null for one that does not run out. */
  endsInMs: number | null;
}

/**
 * The tokens in force, by their hash, so that a partner is told from a guesser without asking the database: complete before
 * the ports open, then as fresh as the {@link ConnectionDirectory}. A hint only: who calls is decided by the look-up.
 */
@Injectable()
export class KnownTokens implements OnModuleInit, OnApplicationShutdown {
  private readonly log = createLogger('known-tokens');
  /** By hash, when it runs out. */
  private ends = new Map<string, number>();
  private timer: NodeJS.Timeout | undefined;
  private stopListening: (() => void) | undefined;
  private loading: Promise<void> | undefined;
  private again = false;
  private closed = false;

  constructor(
    private readonly dataSource: DataSource,
    private readonly directory: ConnectionDirectory,
  ) {}

  async onModuleInit(): Promise<void> {
    await this.load();
    this.stopListening = this.directory.onChange(() => this.refresh());
    this.timer = setInterval(() => this.refresh(), REFRESH_EVERY_MS);
    this.timer.unref();
  }

  async onApplicationShutdown(): Promise<void> {
    this.closed = true;
    clearInterval(this.timer);
    this.stopListening?.();
    await this.loading;
  }

  has(token: string): boolean {
    return (this.ends.get(keyOf(token)) ?? 0) > Date.now();
  }

  /** The look-up found nobody who has it. */
  forget(token: string): void {
    this.ends.delete(keyOf(token));
  }

  private refresh(): void {
    if (this.closed) return;
    if (this.loading) {
      this.again = true; // what runs may have read before the change
      return;
    }
    this.loading = this.load()
      .catch((error: unknown) => {
        if (!this.closed) this.log.warn({ err: error }, 'tokens could not be read');
      })
      .finally(() => {
        this.loading = undefined;
        if (!this.again) return;
        this.again = false;
        this.refresh();
      });
  }

  private async load(): Promise<void> {
    const rows = await this.dataSource.query<TokenEnd[]>(
      `SELECT encode(token_hash, 'hex') AS hash,
              (extract(epoch FROM expires_at - now()) * 1000)::float8 AS "endsInMs"
         FROM connection_token WHERE expires_at IS NULL OR expires_at > now()`,
    );
    const now = Date.now();
    this.ends = new Map(rows.map(({ hash, endsInMs }) => [hash, now + (endsInMs ?? Infinity)]));
  }
}

const keyOf = (token: string): string => hashToken(token).toString('hex');
