import { tokenUpserted } from '#csms-contract';
import { foldId, parseDateTime, partyKey, type Token, tokenKey } from '#ocpi';
import { type DataSource } from 'typeorm';

// Sorted, so that batches that overlap wait for each other instead of dying of a deadlock.
const STORE = `WITH new AS (
    SELECT * FROM unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::boolean[], $7::timestamptz[],
      $8::text[], $9::text[]) AS n (party_key, uid_key, type, body, valid, last_updated, subject, key)
  ), stored AS (
    INSERT INTO token (connection_id, party_key, uid_key, type, body, valid, last_updated)
    SELECT $1, party_key, uid_key, type, body, valid, last_updated FROM new
     ORDER BY party_key, uid_key, type
    ON CONFLICT (party_key, uid_key, type) DO UPDATE
      SET connection_id = excluded.connection_id, body = excluded.body, valid = excluded.valid,
          last_updated = excluded.last_updated, received_at = now()
      WHERE token.last_updated <= excluded.last_updated AND token.body <> excluded.body
    RETURNING party_key, uid_key, type
  ), message AS (
    INSERT INTO csms_message (id, type, subject, key, data)
    SELECT gen_random_uuid(), $10, n.subject, n.key, n.body
      FROM stored JOIN new n USING (party_key, uid_key, type)
  )
  SELECT count(*) AS stored FROM stored`;

/** Stores many whole Tokens as `storeToken` does one; of repeats in the list the newest counts. Returns how many changed. */
export async function storeTokens(
  dataSource: DataSource,
  connectionId: string,
  tokens: readonly Token[],
): Promise<number> {
  if (tokens.length === 0) return 0;
  const newest = new Map<string, { token: Token; at: Date }>();
  for (const token of tokens) {
    const at = parseDateTime(token.last_updated) ?? new Date();
    const known = newest.get(tokenKey(token));
    if (!known || known.at <= at) newest.set(tokenKey(token), { token, at });
  }
  const rows = [...newest.values()];
  const events = rows.map(({ token }) => tokenUpserted(token));
  const [result] = await dataSource.query<{ stored: number }[]>(STORE, [
    connectionId,
    rows.map(({ token }) => partyKey(token)),
    rows.map(({ token }) => foldId(token.uid)),
    rows.map(({ token }) => token.type),
    rows.map(({ token }) => JSON.stringify(token)),
    rows.map(({ token }) => token.valid),
    rows.map(({ at }) => at),
    events.map(({ subject }) => subject),
    events.map(({ key }) => key),
    'ocpi.token.upserted.v1',
  ]);
  return result?.stored ?? 0;
}
