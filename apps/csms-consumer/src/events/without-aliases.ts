import { rowsOf, type SqlRunner } from '#change-log';
import { foldId, type Session, type Token } from '#ocpi';
import { type CheckedEvent } from './incoming-event.js';

type Stated = Pick<Session, 'cdr_token'>;

/** Longer than any alias. */
const MAX_ALIAS = 20;

/**
 * The events with the token in place of an alias of it: what a station was told instead of a long uid must never reach a
 * partner (CMD-44).
 */
export async function withoutAliases<T extends Stated>(
  sql: SqlRunner,
  events: readonly CheckedEvent<T>[],
): Promise<CheckedEvent<T>[]> {
  const shown = new Set(events.map(({ data }) => foldId(data.cdr_token.uid)));
  const short = [...shown].filter((uid) => uid.length <= MAX_ALIAS);
  const rows =
    short.length === 0
      ? []
      : await rowsOf<{ alias: string; token: string }>(
          sql,
          `SELECT alias, token FROM token_alias
            WHERE alias = ANY($1) AND kind <> 'group' AND token IS NOT NULL`,
          [short],
        );
  const tokens = new Map(rows.map(({ alias, token }) => [alias, JSON.parse(token) as Token]));
  if (tokens.size === 0) return [...events];
  return events.map((event) => {
    const token = tokens.get(foldId(event.data.cdr_token.uid));
    if (!token) return event;
    const { country_code, party_id, uid, type, contract_id } = token;
    const cdr_token = { country_code, party_id, uid, type, contract_id };
    return { ...event, data: { ...event.data, cdr_token } };
  });
}
