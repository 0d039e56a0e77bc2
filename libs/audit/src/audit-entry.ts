import { type DataSource, type EntityManager } from 'typeorm';

/** Who does something, and by which request. */
export interface Actor {
  /** `key:alice`, `oidc:alice@example.com`, `partner:example-emsp`, or `gateway` for what it does by itself. */
  actor: string;
  role: string | null;
  sourceAddress: string | null;
  requestId: string | null;
}

/** `refused`: not allowed, or not possible as things stood. `failed`: tried, and did not come through. */
export type AuditOutcome = 'done' | 'refused' | 'failed';

export interface AuditEntry extends Actor {
  /** `connection.pause`, `handshake.register`. */
  action: string;
  /** The connection it is about, where it is about one. */
  connectionId: string | null;
  /** What it was done to, for people. */
  subject: string;
  outcome: AuditOutcome;
  /** Of what was refused or failed. */
  reason: string | null;
  /** What was asked for, and what it changed; without secrets. */
  details: Record<string, unknown>;
}

/** Adds a line to the audit log; in a transaction, together with what it tells of. */
export async function writeAuditEntry(
  tx: Pick<EntityManager | DataSource, 'query'>,
  entry: AuditEntry,
): Promise<void> {
  await tx.query(
    `INSERT INTO audit_entry (actor, role, source_address, request_id, action, connection_id, subject, outcome,
       reason, details) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
    [
      entry.actor,
      entry.role,
      entry.sourceAddress,
      entry.requestId,
      entry.action,
      entry.connectionId,
      entry.subject,
      entry.outcome,
      entry.reason,
      JSON.stringify(entry.details),
    ],
  );
}
