import { namedQuery } from '#database';
import { foldId, parseDateTime, partyKey, type Token } from '#ocpi';
import { tokenUpserted } from '#csms-contract';
import { randomUUID } from 'node:crypto';
import { type DataSource } from 'typeorm';

export type StoreOutcome = 'created' | 'updated' | 'unchanged' | 'older';

// One round trip, one commit: the token and the CSMS's message about it (D3). The row lock of the upsert orders writers of
// one token; the WHERE drops what is older than what is stored (TRN-44, TOK-14).
const STORE = `WITH stored AS (
    INSERT INTO token (connection_id, party_key, uid_key, type, body, valid, last_updated)
    VALUES ($1, $2, $3, $4, $5, $6, $7)
    ON CONFLICT (party_key, uid_key, type) DO UPDATE
      SET connection_id = excluded.connection_id, body = excluded.body, valid = excluded.valid,
          last_updated = excluded.last_updated, received_at = now()
      WHERE token.last_updated <= excluded.last_updated AND token.body <> excluded.body
    RETURNING (xmax = 0) AS created
  ), message AS (
    INSERT INTO csms_message (id, type, subject, key, data)
    SELECT $8::uuid, $9, $10, $11, $5 FROM stored
  )
  SELECT created, true AS stored, NULL::timestamptz AS last_updated FROM stored
  UNION ALL
  SELECT false, false, t.last_updated FROM token t
   WHERE t.party_key = $2 AND t.uid_key = $3 AND t.type = $4 AND NOT EXISTS (SELECT FROM stored)`;

/** Stores a whole Token of a partner and tells the CSMS, in one statement. A repeat changes nothing, nor does an older one. */
export async function storeToken(
  dataSource: DataSource,
  connectionId: string,
  token: Token,
): Promise<StoreOutcome> {
  const event = tokenUpserted(token);
  const lastUpdated = parseDateTime(token.last_updated) ?? new Date();
  const [row] = await namedQuery<{
    created: boolean;
    stored: boolean;
    last_updated: Date | null;
  }>(dataSource, 'store-token', STORE, [
    connectionId,
    partyKey(token),
    foldId(token.uid),
    token.type,
    JSON.stringify(token),
    token.valid,
    lastUpdated,
    randomUUID(),
    event.type,
    event.subject,
    event.key,
  ]);
  if (row?.stored) return row.created ? 'created' : 'updated';
  return row?.last_updated && row.last_updated > lastUpdated ? 'older' : 'unchanged';
}
