import { type FoldedObject, rowsOf } from '#change-log';
import { createLogger } from '#platform';
import { type DataSource } from 'typeorm';
import { settle } from './cdr-receipts.js';

type Kind = FoldedObject['kind'];

export interface ParkReason {
  reason: string;
  httpStatus?: number | undefined;
  ocpiStatus?: number | undefined;
}

/** What one partner refused and an operator has to look at, as its feed knows and writes it. */
export class ParkedObjects {
  private readonly log = createLogger('feed');

  private constructor(
    private readonly source: DataSource,
    private readonly connectionId: string,
    private readonly keys: Set<string>,
  ) {}

  static async of(source: DataSource, connectionId: string): Promise<ParkedObjects> {
    const rows = await rowsOf<{ key: string }>(
      source,
      `SELECT kind || ':' || object_id AS key FROM parked_push WHERE connection_id = $1`,
      [connectionId],
    );
    return new ParkedObjects(source, connectionId, new Set(rows.map(({ key }) => key)));
  }

  has(kind: Kind, objectId: number): boolean {
    return this.keys.has(`${kind}:${objectId}`);
  }

  /** Puts an object aside with the reason; an object already aside gets the new one. */
  async park(
    { kind, objectId }: { kind: Kind; objectId: number },
    objectName: string,
    { reason, httpStatus, ocpiStatus }: ParkReason,
  ): Promise<void> {
    const { connectionId } = this;
    const line = { connection: connectionId, kind, object: objectName, reason };
    this.log[kind === 'cdr' ? 'error' : 'warn'](line, 'parked');
    await this.source.transaction(async (tx) => {
      await tx.query(
        `INSERT INTO parked_push (connection_id, kind, object_id, object_name, reason, http_status, ocpi_status)
         VALUES ($1, $2, $3, $4, $5, $6, $7)
         ON CONFLICT (connection_id, kind, object_id) DO UPDATE
           SET reason = excluded.reason, http_status = excluded.http_status, ocpi_status = excluded.ocpi_status,
               object_name = excluded.object_name, attempts = parked_push.attempts + 1, parked_at = now()`,
        [
          connectionId,
          kind,
          objectId,
          objectName,
          reason.replaceAll('\0', ''),
          httpStatus ?? null,
          ocpiStatus ?? null,
        ],
      );
      if (kind === 'cdr') await settle(tx, connectionId, objectId, { state: 'parked', reason });
    });
    this.keys.add(`${kind}:${objectId}`);
  }

  /** The partner took it after all; nothing where it was not parked. */
  async unpark({ kind, objectId }: { kind: Kind; objectId: number }): Promise<void> {
    if (!this.keys.delete(`${kind}:${objectId}`)) return;
    await this.source.query(
      'DELETE FROM parked_push WHERE connection_id = $1 AND kind = $2 AND object_id = $3',
      [this.connectionId, kind, objectId],
    );
  }
}
