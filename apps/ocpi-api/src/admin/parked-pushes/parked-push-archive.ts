import { Injectable } from '@nestjs/common';
import { recordAct } from '#audit';
import { DataSource } from 'typeorm';
import { Problem } from '../http/problem.js';
import { type ParkedPushChoice, type ParkedPushDetails } from './parked-push.dto.js';

const SELECT = `SELECT p.id, p.connection_id AS "connectionId", p.kind, p.object_name AS "objectName", p.reason,
    p.http_status AS "httpStatus", p.ocpi_status AS "ocpiStatus", p.attempts, p.parked_at AS "parkedAt",
    (SELECT json_build_object('at', e.at, 'method', e.method, 'url', e.url, 'request', e.request,
        'httpStatus', e.http_status, 'ocpiStatus', e.ocpi_status, 'response', e.response,
        'durationMs', e.duration_ms, 'outcome', e.outcome, 'requestId', e.request_id)
       FROM exchange e
      WHERE e.connection_id = p.connection_id AND (e.object_name = p.object_name
        OR p.kind = 'location' AND e.kind IN ('evse', 'connector')
           AND starts_with(e.object_name, p.object_name || '/'))
      ORDER BY e.outcome = 'delivered', e.at DESC LIMIT 1) AS "lastExchange"
  FROM parked_push p WHERE p.id = $1`;

/** Looks up and gives up what partners refused. */
@Injectable()
export class ParkedPushArchive {
  constructor(private readonly dataSource: DataSource) {}

  /** @throws Problem 404 */
  async get(id: number): Promise<ParkedPushDetails> {
    const [row] = await this.dataSource.query<ParkedPushDetails[]>(SELECT, [id]);
    if (!row) throw Problem.notFound(`parked push ${id}`);
    return row;
  }

  /** The ids that exist among those chosen. @throws Problem 400 without a choice, 404 when an id is gone. */
  async choose({ ids, connection }: ParkedPushChoice): Promise<number[]> {
    if (ids === undefined && connection === undefined) {
      throw Problem.invalid([{ path: 'ids', message: 'say which: ids or connection' }]);
    }
    const rows = await this.dataSource.query<{ id: number }[]>(
      `SELECT id FROM parked_push
        WHERE ($1::bigint[] IS NULL OR id = ANY($1)) AND ($2::text IS NULL OR connection_id = $2)`,
      [ids ?? null, connection ?? null],
    );
    const found = new Set(rows.map(({ id }) => id));
    const missing = ids?.filter((id) => !found.has(id)) ?? [];
    if (missing.length > 0) throw Problem.notFound(`parked push ${missing.join(', ')}`);
    return [...found];
  }

  /** @throws Problem 404 */
  async drop(id: number): Promise<void> {
    await this.dataSource.transaction(async (tx) => {
      const [rows] = await tx.query<[{ connection: string; object: string }[], number]>(
        `DELETE FROM parked_push WHERE id = $1
         RETURNING connection_id AS connection, kind || ' ' || object_name AS object`,
        [id],
      );
      const [dropped] = rows;
      if (!dropped) throw Problem.notFound(`parked push ${id}`);
      await recordAct(tx, { dropped });
    });
  }
}
