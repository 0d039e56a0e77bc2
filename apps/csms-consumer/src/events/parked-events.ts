import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { EventProcessor } from './event-processor.js';
import { type EventOutcome } from './incoming-event.js';
import { PARKED_COLUMNS, type ParkedRow } from './parked-rows.js';

/** Events that wait or could not be used: to be listed, shown with their bytes, put through again, or dropped. */
@Injectable()
export class ParkedEvents {
  constructor(
    private readonly dataSource: DataSource,
    private readonly processor: EventProcessor,
  ) {}

  /** The newest first, without their bytes; `beforeId` continues a list. */
  list(
    filter: { state?: 'held' | 'parked'; beforeId?: number; limit?: number } = {},
  ): Promise<Omit<ParkedRow, 'raw'>[]> {
    return this.dataSource.query(
      `SELECT ${PARKED_COLUMNS.replace(' raw,', '')} FROM parked_event
        WHERE ($1::text IS NULL OR state = $1) AND ($2::bigint IS NULL OR id < $2)
        ORDER BY id DESC LIMIT $3`,
      [filter.state ?? null, filter.beforeId ?? null, filter.limit ?? 100],
    );
  }

  /** One with its raw bytes; undefined when there is none. */
  async show(id: number): Promise<ParkedRow | undefined> {
    const rows: ParkedRow[] = await this.dataSource.query(
      `SELECT ${PARKED_COLUMNS} FROM parked_event WHERE id = $1`,
      [id],
    );
    return rows[0];
  }

  /** Puts its bytes through again. What goes through leaves the list; undefined when there is none. */
  async redrive(id: number): Promise<EventOutcome | undefined> {
    return (await this.processor.retry([id])).get(id);
  }

  /** Gives it up; false when there is none. */
  async drop(id: number): Promise<boolean> {
    const rows: unknown[] = await this.dataSource.query(
      'WITH d AS (DELETE FROM parked_event WHERE id = $1 RETURNING id) SELECT id FROM d',
      [id],
    );
    return rows.length > 0;
  }
}
