import { Injectable } from '@nestjs/common';
import { recordAct } from '#audit';
import { isUtf8 } from 'node:buffer';
import { DataSource } from 'typeorm';
import { Problem } from '../http/problem.js';
import {
  type ParkedEventDetails,
  type ParkedEventQuery,
  type ParkedEventView,
} from './parked-event.dto.js';

const COLUMNS = `id, state, type, subject, source, event_id AS "eventId", reason, parent_key AS "parentKey",
  binding, attempts, received_at AS "receivedAt", expires_at AS "expiresAt"`;

/** Events of the CSMS that wait or could not be processed, with their raw bytes (D3). */
@Injectable()
export class ParkedEventArchive {
  constructor(private readonly dataSource: DataSource) {}

  list({ state, limit, beforeId }: ParkedEventQuery): Promise<ParkedEventView[]> {
    return this.dataSource.query<ParkedEventView[]>(
      `SELECT ${COLUMNS} FROM parked_event
        WHERE ($1::text IS NULL OR state = $1) AND ($2::bigint IS NULL OR id < $2)
        ORDER BY id DESC LIMIT $3`,
      [state ?? null, beforeId ?? null, limit ?? 100],
    );
  }

  /** @throws Problem 404 */
  async get(id: number): Promise<ParkedEventDetails> {
    const rows = await this.dataSource.query<
      (Omit<ParkedEventDetails, 'rawBase64' | 'rawText'> & { raw: Buffer })[]
    >(`SELECT ${COLUMNS}, origin, raw FROM parked_event WHERE id = $1`, [id]);
    const [row] = rows;
    if (!row) throw Problem.notFound(`parked event ${id}`);
    const { raw, ...event } = row;
    return {
      ...event,
      rawBase64: raw.toString('base64'),
      ...(isUtf8(raw) && { rawText: raw.toString('utf8') }),
    };
  }

  /**
   * Has csms-consumer try these again: to its sweep, a held event whose time is over is due, and what fails once more is
   * parked anew. @throws Problem 404 when one of them is gone; then none is tried.
   */
  async redrive(ids: readonly number[]): Promise<number> {
    return this.dataSource.transaction(async (tx) => {
      const rows = await tx.query<{ id: number }[]>(
        'SELECT id FROM parked_event WHERE id = ANY($1) ORDER BY id FOR UPDATE',
        [ids],
      );
      const found = new Set(rows.map(({ id }) => id));
      const missing = ids.filter((id) => !found.has(id));
      if (missing.length > 0) throw Problem.notFound(`parked event ${missing.join(', ')}`);
      await tx.query(
        "UPDATE parked_event SET state = 'held', expires_at = now() WHERE id = ANY($1)",
        [ids],
      );
      await recordAct(tx);
      return found.size;
    });
  }

  /** @throws Problem 404 */
  async drop(id: number): Promise<void> {
    await this.dataSource.transaction(async (tx) => {
      const [rows] = await tx.query<[{ type: string; subject: string }[], number]>(
        'DELETE FROM parked_event WHERE id = $1 RETURNING type, subject',
        [id],
      );
      const [dropped] = rows;
      if (!dropped) throw Problem.notFound(`parked event ${id}`);
      await recordAct(tx, { dropped });
    });
  }
}
