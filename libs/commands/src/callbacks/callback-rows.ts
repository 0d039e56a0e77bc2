import { plainArray, rowsOf, type SqlRunner } from '#change-log';
import {
  type CallbackState,
  type CommandCallbackEntity,
  type CommandEntity,
  namedQuery,
} from '#database';
import { type DataSource } from 'typeorm';

/** A callback that this process has marked as being sent: it alone sends it, once. */
export interface MarkedCallback
  extends
    Pick<CommandCallbackEntity, 'id' | 'commandId' | 'purpose' | 'responseUrl' | 'correlationId'>,
    Pick<
      CommandEntity,
      'kind' | 'connectionId' | 'version' | 'partyKey' | 'senderKey' | 'traceparent'
    > {
  body: string;
}

/** How it ended. */
export interface CallbackOutcome {
  state: Extract<CallbackState, 'delivered' | 'refused' | 'failed'>;
  /** For people. */
  note: string;
}

/** How many more a connection may have in flight. */
export interface FreeSlots {
  connectionId: string;
  free: number;
}

// Two of one URL are never under way together: that a reservation is gone comes after its result (CMD-66).
const IS_FREE = `(c.purpose = 'result' OR NOT EXISTS (
    SELECT FROM command_callback b WHERE b.command_id = c.command_id AND b.response_url = c.response_url
       AND b.purpose = 'result' AND b.state IN ('waiting', 'due', 'sending')))`;

// Due ones are numbered per connection, so that those of one that hangs do not stand before the others'. Written so that no plan
// numbers them more than once: statistics are from before it hung, and say that nothing is due.
const MARK = `WITH ranked AS (
    SELECT d.id, d.connection_id, row_number() OVER (PARTITION BY d.connection_id ORDER BY d.id) AS n
      FROM (SELECT c.id, (SELECT m.connection_id FROM command m WHERE m.id = c.command_id) AS connection_id
              FROM command_callback c WHERE c.state = 'due' AND ${IS_FREE}) d
  ), picked AS (
    SELECT c.id FROM command_callback c
     WHERE c.state = 'due' AND c.id = ANY(ARRAY(
       SELECT r.id FROM ranked r LEFT JOIN unnest($1::text[], $2::int[]) AS s(connection_id, free)
           ON s.connection_id = r.connection_id WHERE r.n <= coalesce(s.free, 1)))
     ORDER BY c.id LIMIT $3 FOR UPDATE SKIP LOCKED
  ), marked AS (
    UPDATE command_callback c SET state = 'sending', sent_at = $4 FROM picked p WHERE c.id = p.id RETURNING c.*
  ) SELECT c.id, c.command_id AS "commandId", c.purpose, c.response_url AS "responseUrl",
           c.correlation_id AS "correlationId", c.body, m.kind, m.connection_id AS "connectionId", m.version,
           m.party_key AS "partyKey", m.sender_key AS "senderKey", m.traceparent
      FROM marked c JOIN command m ON m.id = c.command_id ORDER BY c.id`;

/** Takes up what is due, at most `free` for each connection; committed before anything of it is sent (P8). */
export const markCallbacks = (
  source: DataSource,
  slots: readonly FreeSlots[],
  now: Date,
  most: number,
): Promise<MarkedCallback[]> =>
  namedQuery<MarkedCallback>(source, 'mark-callbacks', MARK, [
    plainArray(slots.map(({ connectionId }) => connectionId)),
    plainArray(slots.map(({ free }) => free)),
    most,
    now,
  ]);

const END = `UPDATE command_callback c SET state = e.state, note = e.note
    FROM unnest($1::bigint[], $2::text[], $3::text[]) AS e(id, state, note)
   WHERE c.id = e.id AND c.state IN ('sending', 'unknown')`;

/** Writes how they ended; also over `unknown`, which somebody else thought of one meanwhile. */
export async function endCallbacks(
  source: DataSource,
  ended: readonly (CallbackOutcome & { id: number })[],
): Promise<void> {
  await namedQuery(source, 'end-callbacks', END, [
    ended.map(({ id }) => id),
    ended.map(({ state }) => state),
    ended.map(({ note }) => note),
  ]);
}

/** How long a partner's answer is waited for. */
export interface CallbackPatience {
  connectionId: string;
  timeoutMs: number;
}

/** Beyond the time-out of the request, for a process that is slow to write what it heard. */
const MARGIN_MS = 5000;
const DEFAULT_TIMEOUT_MS = 10_000;

/**
 * What a process that is gone had marked: whether it was sent nobody knows, and it is not repeated (CMD-23). Resolves to the
 * number of those found now.
 */
export async function giveUpLost(
  source: SqlRunner,
  patience: readonly CallbackPatience[],
  now: Date,
): Promise<number> {
  const rows = await rowsOf<{ count: number }>(
    source,
    `WITH lost AS (
       UPDATE command_callback c SET state = 'unknown', note = 'the process that sent it ended before the answer'
         FROM command m LEFT JOIN unnest($1::text[], $2::int[]) AS p(connection_id, timeout)
           ON p.connection_id = m.connection_id
        WHERE m.id = c.command_id AND c.state = 'sending'
          AND c.sent_at < $3::timestamptz - (coalesce(p.timeout, ${DEFAULT_TIMEOUT_MS}) + ${MARGIN_MS}) * interval '1 ms'
       RETURNING 1)
     SELECT count(*) AS count FROM lost`,
    [
      plainArray(patience.map(({ connectionId }) => connectionId)),
      plainArray(patience.map(({ timeoutMs }) => timeoutMs)),
      now,
    ],
  );
  return rows[0]?.count ?? 0;
}

/** What is pointless by now is not sent any more. Resolves to the number. */
export async function dropExpired(source: SqlRunner, now: Date): Promise<number> {
  const rows = await rowsOf<{ count: number }>(
    source,
    `WITH expired AS (
       UPDATE command_callback SET state = 'failed', note = 'it could not be sent in time'
        WHERE state = 'due' AND expires_at <= $1 RETURNING 1)
     SELECT count(*) AS count FROM expired`,
    [now],
  );
  return rows[0]?.count ?? 0;
}
