import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { storedInstant } from '../http/instant.js';
import { type AuditEntryView, type AuditQuery } from './audit.dto.js';

const SELECT = `SELECT id, at, actor, role, source_address AS "sourceAddress", request_id AS "requestId", action,
    connection_id AS "connectionId", subject, outcome, reason, details
  FROM audit_entry
 WHERE ($1::text IS NULL OR connection_id = $1)
   AND ($2::text IS NULL OR actor IN ($2, 'key:' || $2, 'oidc:' || $2))
   AND ($3::text IS NULL OR starts_with(action, $3))
   AND ($4::text IS NULL OR outcome = $4)
   AND ($5::timestamptz IS NULL OR at >= $5)
   AND ($6::timestamptz IS NULL OR at < $6)
   AND ($7::bigint IS NULL OR id < $7)
 ORDER BY id DESC LIMIT $8`;

/** What was done to the gateway, and the handshakes, newest first. There is no way to change it. */
@Injectable()
export class AuditArchive {
  constructor(private readonly dataSource: DataSource) {}

  list(query: AuditQuery): Promise<AuditEntryView[]> {
    const { connection, actor, action, outcome, since, until, beforeId, limit } = query;
    return this.dataSource.query<AuditEntryView[]>(SELECT, [
      connection ?? null,
      actor ?? null,
      action ?? null,
      outcome ?? null,
      storedInstant(since),
      storedInstant(until),
      beforeId ?? null,
      limit ?? 100,
    ]);
  }
}
