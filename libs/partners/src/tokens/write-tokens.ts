import { tokenUpserted } from '#csms-contract';
import { namedQuery } from '#database';
import { foldId, parseDateTime, partyKey, type Token, tokenKey } from '#ocpi';
import { type DataSource } from 'typeorm';

/** A whole Token and the connection that states it. */
export interface TokenStatement {
  connectionId: string;
  token: Token;
}

/** Kept: what is stored is the same, or newer. */
export type WriteOutcome = 'created' | 'updated' | 'kept';

// One round trip, one commit: the tokens and the CSMS's messages about them (D3). The row locks of the upsert order writers
// of one token; the WHERE drops what is older than what is stored (TRN-44, TOK-14). Sorted, so that batches that overlap
// wait for each other instead of dying of a deadlock.
const WRITE = `WITH new AS (
    SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::boolean[],
      $7::timestamptz[], $8::text[], $9::text[])
      AS n (connection_id, party_key, uid_key, type, body, valid, last_updated, subject, key)
  ), stored AS (
    INSERT INTO token (connection_id, party_key, uid_key, type, body, valid, last_updated)
    SELECT connection_id, party_key, uid_key, type, body, valid, last_updated FROM new
     ORDER BY party_key, uid_key, type
    ON CONFLICT (party_key, uid_key, type) DO UPDATE
      SET connection_id = excluded.connection_id, body = excluded.body, valid = excluded.valid,
          last_updated = excluded.last_updated, received_at = now()
      WHERE token.last_updated <= excluded.last_updated AND token.body <> excluded.body
    RETURNING party_key, uid_key, type, (xmax = 0) AS created
  ), message AS (
    INSERT INTO csms_message (id, type, subject, key, data)
    SELECT gen_random_uuid(), $10, n.subject, n.key, n.body
      FROM stored JOIN new n USING (party_key, uid_key, type)
  )
  SELECT party_key || ' ' || type || ' ' || uid_key AS token, created FROM stored`;

/**
 * Writes Tokens of partners, each of them at most once in the list, and tells the CSMS of those that changed, in one
 * statement: all of it is committed when this returns, or nothing. One outcome per statement, in order.
 */
export async function writeTokens(
  dataSource: DataSource,
  statements: readonly TokenStatement[],
): Promise<WriteOutcome[]> {
  if (statements.length === 0) return [];
  const tokens = statements.map(({ token }) => token);
  const events = tokens.map(tokenUpserted);
  const rows = await namedQuery<{ token: string; created: boolean }>(
    dataSource,
    'write-tokens',
    WRITE,
    [
      statements.map(({ connectionId }) => connectionId),
      tokens.map(partyKey),
      tokens.map(({ uid }) => foldId(uid)),
      tokens.map(({ type }) => type),
      tokens.map((token) => JSON.stringify(token)),
      tokens.map(({ valid }) => valid),
      tokens.map(({ last_updated }) => parseDateTime(last_updated) ?? new Date()),
      events.map(({ subject }) => subject),
      events.map(({ key }) => key),
      'ocpi.token.upserted.v1',
    ],
  );
  const created = new Map(rows.map((row) => [row.token, row.created]));
  return tokens.map((token) => {
    const isCreated = created.get(tokenKey(token));
    if (isCreated === undefined) return 'kept';
    return isCreated ? 'created' : 'updated';
  });
}
