import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { createLogger } from '#platform';
import { DataSource } from 'typeorm';

const FLUSH_AFTER_MS = 1000;

/**
 * What is seen of partners in passing: that they called, and what they do differently from the text (TRN-08, TRN-70,
 * STA-06). Written in batches, at most once a second; a crash may lose the last second of it.
 */
@Injectable()
export class ConnectionObservations implements OnApplicationShutdown {
  private readonly log = createLogger('deviations');
  private readonly pending = new Map<string, Record<string, string>>();
  private readonly told = new Set<string>();
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly dataSource: DataSource) {}

  /** The partner called. */
  seen(connectionId: string): void {
    this.note(connectionId);
  }

  /** The partner deviates in a way that has a name, such as `wrong_encoding`. */
  deviation(connectionId: string, name: string): void {
    this.note(connectionId)[name] = new Date().toISOString();
    const key = `${connectionId} ${name}`;
    if (this.told.has(key)) return;
    this.told.add(key);
    this.log.warn({ connection: connectionId, deviation: name }, 'partner deviates from the text');
  }

  /** Writes what is pending now. */
  async flush(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    if (this.pending.size === 0) return;
    const rows = [...this.pending].sort(([a], [b]) => (a < b ? -1 : 1));
    this.pending.clear();
    await this.dataSource.query(
      `UPDATE connection c SET last_seen_at = now(), deviations = c.deviations || n.deviations::jsonb
         FROM unnest($1::text[], $2::text[]) AS n (id, deviations) WHERE c.id = n.id`,
      [rows.map(([id]) => id), rows.map(([, deviations]) => JSON.stringify(deviations))],
    );
  }

  async onApplicationShutdown(): Promise<void> {
    await this.flush().catch(() => undefined);
  }

  private note(connectionId: string): Record<string, string> {
    const known = this.pending.get(connectionId);
    if (known) return known;
    const noted: Record<string, string> = {};
    this.pending.set(connectionId, noted);
    this.timer ??= setTimeout(() => void this.flush().catch(() => undefined), FLUSH_AFTER_MS);
    return noted;
  }
}
