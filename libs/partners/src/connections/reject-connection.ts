import { currentActor, writeAuditEntry } from '#audit';
import { type DataSource } from 'typeorm';
import { type Connection } from '../connection.js';
import { CONNECTION_CHANNEL } from '../connection-directory.js';

/**
 * Our token was refused: everything automated stands still until an operator looks (CRD-27). False: the token was
 * exchanged since the connection was read, so the refusal says nothing about the present one (CRD-38).
 */
export async function rejectConnection(
  source: Pick<DataSource, 'query'>,
  { id, tokenIssuedAt }: Pick<Connection, 'id' | 'tokenIssuedAt'>,
): Promise<boolean> {
  const [rows] = await source.query<[object[], number]>(
    `UPDATE connection SET state = 'rejected' WHERE id = $1 AND state = 'registered'
        AND date_trunc('milliseconds', token_issued_at) IS NOT DISTINCT FROM $2 RETURNING id`,
    [id, tokenIssuedAt],
  );
  if (rows.length === 0) return false;
  await writeAuditEntry(source, {
    ...currentActor(),
    action: 'connection.rejected',
    connectionId: id,
    subject: id,
    outcome: 'done',
    reason: 'the partner refuses our token',
    details: {},
  });
  await source.query('SELECT pg_notify($1, $2)', [CONNECTION_CHANNEL, id]);
  return true;
}
