import { recordAct } from '#audit';
import {
  appendChanges,
  type NewChange,
  rowsOf,
  SNAPSHOT_START,
  tellSessionsWhole,
} from '#change-log';
import { type ParkedPushEntity } from '#database';
import { type DataSource } from 'typeorm';

export type ParkedPush = ParkedPushEntity;

/** What partners refused, newest first, for operators. */
export const parkedPushes = (
  source: DataSource,
  filter: { connectionId?: string; limit?: number; beforeId?: number } = {},
): Promise<ParkedPush[]> =>
  rowsOf<ParkedPush>(
    source,
    `SELECT id, connection_id AS "connectionId", kind, object_id AS "objectId", object_name AS "objectName",
            reason, http_status AS "httpStatus", ocpi_status AS "ocpiStatus", attempts, parked_at AS "parkedAt"
       FROM parked_push
      WHERE ($1::text IS NULL OR connection_id = $1) AND ($2::bigint IS NULL OR id < $2)
      ORDER BY id DESC LIMIT $3`,
    [filter.connectionId ?? null, filter.beforeId ?? null, filter.limit ?? 100],
  );

/**
 * Tries parked objects again, as they are now: writes a change for that partner alone. Objects of partners that take no
 * traffic are left where they are. Returns how many are on their way; the caller signals the change log.
 */
export function redriveParked(source: DataSource, ids: readonly number[]): Promise<number> {
  return source.transaction(async (tx) => {
    const rows = await rowsOf<ParkedPush & { partyKey: string | null; audience: string | null }>(
      tx,
      `SELECT p.connection_id AS "connectionId", p.kind, p.object_id AS "objectId",
              coalesce(l.party_key, t.party_key, s.party_key, c.party_key) AS "partyKey",
              coalesce(s.token_party_key, c.token_party_key) AS audience
         FROM parked_push p
         JOIN connection k ON k.id = p.connection_id AND k.state = 'registered'
         LEFT JOIN location l ON p.kind = 'location' AND l.id = p.object_id
         LEFT JOIN tariff t ON p.kind = 'tariff' AND t.id = p.object_id
         LEFT JOIN session s ON p.kind = 'session' AND s.id = p.object_id
         LEFT JOIN cdr c ON p.kind = 'cdr' AND c.id = p.object_id
        WHERE p.id = ANY($1) ORDER BY p.id`,
      [ids],
    );
    const changes = rows.flatMap(
      ({ kind, objectId, partyKey, audience, connectionId }): NewChange[] =>
        partyKey === null
          ? []
          : [{ kind, objectId, aspect: 'shown', partyKey, audience, connectionId }],
    );
    await tx.query(
      `UPDATE cdr_receipt r SET state = 'owed', updated_at = now() FROM parked_push p
        WHERE p.id = ANY($1) AND p.kind = 'cdr' AND r.connection_id = p.connection_id
          AND r.cdr_id = p.object_id AND r.state = 'parked'`,
      [ids],
    );
    await appendChanges(tx, changes);
    if (changes.length > 0) await recordAct(tx, { redriven: changes.length });
    return changes.length;
  });
}

/**
 * Sends a partner everything it may see once more, but what is over: Sessions that ended, CDRs with a receipt. Its feed
 * notices within a second or so. False: the partner has no feed, or takes no traffic.
 */
export function requestResync(source: DataSource, connectionId: string): Promise<boolean> {
  return source.transaction(async (tx) => {
    const [rows] = await tx.query<[unknown[], number]>(
      `UPDATE feed f SET snapshot = $2, failures = 0, resume_at = NULL, generation = f.generation + 1
         FROM connection c
        WHERE f.connection_id = $1 AND c.id = f.connection_id AND c.state = 'registered'
        RETURNING f.connection_id`,
      [connectionId, JSON.stringify({ ...SNAPSHOT_START, requested: true })],
    );
    if (rows.length === 0) return false;
    await tellSessionsWhole(tx, connectionId);
    await recordAct(tx);
    return true;
  });
}
