import { type WireObject } from '#ocpi';
import { rowsOf, type SqlRunner } from '#change-log';

/** What the partner acknowledged last of a Session; undefined: nothing, or in doubt (SES-16). */
export async function acknowledgedSession(
  source: SqlRunner,
  connectionId: string,
  sessionId: number,
): Promise<WireObject | undefined> {
  const [row] = await rowsOf<{ acknowledged: string | null }>(
    source,
    'SELECT acknowledged FROM session_delivery WHERE connection_id = $1 AND session_id = $2',
    [connectionId, sessionId],
  );
  return row?.acknowledged == null ? undefined : (JSON.parse(row.acknowledged) as WireObject);
}

/** Stores what the partner has; null before a request that must not be repeated blindly: then a PUT follows. */
export async function storeAcknowledged(
  source: SqlRunner,
  connectionId: string,
  sessionId: number,
  body: WireObject | null,
): Promise<void> {
  await source.query(
    `INSERT INTO session_delivery (connection_id, session_id, acknowledged) VALUES ($1, $2, $3)
     ON CONFLICT (connection_id, session_id) DO UPDATE
       SET acknowledged = excluded.acknowledged, acknowledged_at = now()`,
    [connectionId, sessionId, body && JSON.stringify(body)],
  );
}
