import { tokenUpserted } from '#csms-contract';
import { namedQuery } from '#database';
import { foldId, parseDateTime, partyKey, type Token, tokenKey } from '#ocpi';
import { isTracing } from '#platform';
import { type DataSource } from 'typeorm';
import { storedFarAhead } from './far-ahead.js';

/** A whole Token and the connection that states it. */
export interface TokenStatement {
  connectionId: string;
  token: Token;
  /** Of the request that states it. */
  traceparent?: string | undefined;
}

interface WrittenToken {
  token: string;
  created: boolean;
}

/** Kept: what is stored is the same, or newer. */
export type WriteOutcome = 'created' | 'updated' | 'kept';

// One round trip, one commit: the tokens and the CSMS's messages about them (D3). The row locks of the upsert order writers
// of one token; the WHERE drops what is older than what is stored (TRN-44, TOK-14). Sorted, so that batches that overlap
// wait for each other instead of dying of a deadlock.
const writeWith = (message: string) => `WITH new AS (
    SELECT * FROM unnest(${lines(1)}, ${lines(2)}, ${lines(3)}, ${lines(4)}, ${lines(5)}, $6::boolean[],
      $7::timestamptz[], ${lines(8)}, ${lines(9)})
      AS n (connection_id, party_key, uid_key, type, body, valid, last_updated, subject, key)
  ), stored AS (
    INSERT INTO token (connection_id, party_key, uid_key, type, body, valid, last_updated)
    SELECT connection_id, party_key, uid_key, type, body, valid, last_updated FROM new
     ORDER BY party_key, uid_key, type
    ON CONFLICT (party_key, uid_key, type) DO UPDATE
      SET connection_id = excluded.connection_id, body = excluded.body, valid = excluded.valid,
          last_updated = excluded.last_updated, received_at = now()
      WHERE (token.last_updated <= excluded.last_updated OR ${storedFarAhead('token')})
        AND token.body <> excluded.body
    RETURNING party_key, uid_key, type, (xmax = 0) AS created
  ), message AS (
    ${message}
  )`;
const WRITE = writeWith(`INSERT INTO csms_message (id, type, subject, key, data)
    SELECT gen_random_uuid(), $10, n.subject, n.key, n.body
      FROM stored JOIN new n USING (party_key, uid_key, type)`);
const WRITE_TRACED = writeWith(`INSERT INTO csms_message (id, type, subject, key, data, traceparent)
    SELECT gen_random_uuid(), $10, n.subject, n.key, n.body, t.traceparent
      FROM stored JOIN new n USING (party_key, uid_key, type)
      LEFT JOIN unnest($11::text[], $12::text[]) AS t (key, traceparent) ON t.key = n.key`);
const NAME = `SELECT party_key || ' ' || type || ' ' || uid_key AS token, created FROM stored`;
const AND_NAME = `${WRITE} ${NAME}`;
const AND_NAME_TRACED = `${WRITE_TRACED} ${NAME}`;
const AND_COUNT = `${WRITE} SELECT count(*) AS changed FROM stored`;

/**
 * Writes Tokens of partners, each of them at most once in the list, and tells the CSMS of those that changed, in one
 * statement: all of it is committed when this returns, or nothing. One outcome per statement, in order.
 */
export async function writeTokens(
  dataSource: DataSource,
  statements: readonly TokenStatement[],
): Promise<WriteOutcome[]> {
  if (statements.length === 0) return [];
  const rows = isTracing()
    ? await namedQuery<WrittenToken>(dataSource, 'write-tokens-traced', AND_NAME_TRACED, [
        ...parametersOf(statements),
        statements.map(({ token }) => tokenUpserted(token).key),
        statements.map(({ traceparent }) => traceparent ?? null),
      ])
    : await namedQuery<WrittenToken>(
        dataSource,
        'write-tokens',
        AND_NAME,
        parametersOf(statements),
      );
  const created = new Map(rows.map((row) => [row.token, row.created]));
  return statements.map(({ token }) => {
    const isCreated = created.get(tokenKey(token));
    if (isCreated === undefined) return 'kept';
    return isCreated ? 'created' : 'updated';
  });
}

/** The same for who wants to know only how many changed. */
export async function writeManyTokens(
  dataSource: DataSource,
  statements: readonly TokenStatement[],
): Promise<number> {
  if (statements.length === 0) return 0;
  const [row] = await namedQuery<{ changed: number }>(
    dataSource,
    'write-many-tokens',
    AND_COUNT,
    parametersOf(statements),
  );
  return row?.changed ?? 0;
}

/** A list of texts without line ends (printable ASCII, or JSON, which escapes them), a line each: unlike an array's, the elements need no escapes. */
function lines(parameter: number): string {
  return `string_to_array($${parameter}, E'\\n')`;
}

function parametersOf(statements: readonly TokenStatement[]): unknown[] {
  const tokens = statements.map(({ token }) => token);
  const events = tokens.map(tokenUpserted);
  return [
    statements.map(({ connectionId }) => connectionId).join('\n'),
    tokens.map(partyKey).join('\n'),
    tokens.map(({ uid }) => foldId(uid)).join('\n'),
    tokens.map(({ type }) => type).join('\n'),
    tokens.map((token) => JSON.stringify(token)).join('\n'),
    tokens.map(({ valid }) => valid),
    tokens.map(({ last_updated }) => parseDateTime(last_updated) ?? new Date()),
    events.map(({ subject }) => subject).join('\n'),
    events.map(({ key }) => key).join('\n'),
    'ocpi.token.upserted.v1',
  ];
}
