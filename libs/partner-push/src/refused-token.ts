import { type Connection, type ConnectionDirectory, rejectConnection } from '#partners';
import { createLogger } from '#platform';
import { type DataSource } from 'typeorm';

const log = createLogger('partner-push');

/** The partner refuses our token: its traffic stands still until somebody acts, unless the token is a new one by now. */
export async function tokenRefused(
  source: DataSource,
  directory: Pick<ConnectionDirectory, 'refresh'>,
  connection: Connection,
  reason: string,
): Promise<void> {
  if (await rejectConnection(source, connection)) {
    log.error({ connection: connection.id, reason }, 'the partner refuses our credentials token');
  }
  await directory.refresh();
}
