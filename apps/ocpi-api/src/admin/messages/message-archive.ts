import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { storedInstant } from '../http/instant.js';
import { Problem } from '../http/problem.js';
import { type MessageDetails, type MessageQuery, type MessageView } from './message.dto.js';

const COLUMNS = `id, at, direction, module, method, url, http_status AS "httpStatus", ocpi_status AS "ocpiStatus",
  failure, duration_ms AS "durationMs", request_id AS "requestId", correlation_id AS "correlationId"`;

const LIST = `SELECT ${COLUMNS} FROM partner_message
 WHERE connection_id = $1
   AND ($2::timestamptz IS NULL OR at >= $2)
   AND ($3::text IS NULL OR module = $3)
   AND ($4::text IS NULL OR direction = $4)
   AND (NOT $5 OR http_status IS NULL OR http_status >= 400 OR ocpi_status >= 2000)
   AND ($6::bigint IS NULL OR id < $6)
 ORDER BY id DESC LIMIT $7`;

const ONE = `SELECT ${COLUMNS}, request_headers AS "requestHeaders", request_body AS "requestBody",
    response_headers AS "responseHeaders", response_body AS "responseBody"
  FROM partner_message WHERE connection_id = $1 AND id = $2`;

/** What was kept of the messages exchanged with a partner, newest first. */
@Injectable()
export class MessageArchive {
  constructor(private readonly dataSource: DataSource) {}

  list(connectionId: string, query: MessageQuery): Promise<MessageView[]> {
    const { since, module, direction, failed, beforeId, limit } = query;
    return this.dataSource.query<MessageView[]>(LIST, [
      connectionId,
      storedInstant(since),
      module ?? null,
      direction ?? null,
      failed === 'true',
      beforeId ?? null,
      limit ?? 100,
    ]);
  }

  /** @throws Problem 404, also for a message of another partner. */
  async get(connectionId: string, id: number): Promise<MessageDetails> {
    const [message] = await this.dataSource.query<MessageDetails[]>(ONE, [connectionId, id]);
    if (!message) throw Problem.notFound(`message ${id} of ${connectionId}`);
    return message;
  }
}
