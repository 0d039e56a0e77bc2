import { rowsOf, type SqlRunner } from '#change-log';
import { partyKey, type Session } from '#ocpi';
import { hostedAmong } from './hosted-parties.js';
import { type CheckedEvent } from './incoming-event.js';

type OfToken = CheckedEvent<Pick<Session, 'cdr_token'>>;

const CONNECTED = `SELECT DISTINCT o.party_key || ' ' || p.party_key AS pair
    FROM unnest($1::text[], $2::text[]) AS o(party_key, token_party_key)
    JOIN remote_party p ON p.party_key = o.token_party_key AND p.role = 'EMSP'
    JOIN connection c ON c.id = p.connection_id AND c.state IN ('registered', 'rejected')
     AND (c.hosted_parties IS NULL OR o.party_key = ANY (c.hosted_parties))`;

/**
 * A warning for each of these Sessions or CDRs whose token is of a party that is not connected: with a mistyped party
 * what is owed would be billed to nobody, in silence. Tokens of our own parties are settled at the station.
 */
export async function unheardTokens<T extends OfToken>(
  sql: SqlRunner,
  events: readonly T[],
): Promise<Map<T, string>> {
  const hosted = await hostedAmong(sql, events.map(tokenPartyOf));
  const asked = events.filter((event) => !hosted.has(tokenPartyOf(event)));
  if (asked.length === 0) return new Map();
  const rows = await rowsOf<{ pair: string }>(sql, CONNECTED, [
    asked.map((event) => event.partyKey),
    asked.map(tokenPartyOf),
  ]);
  const connected = new Set(rows.map(({ pair }) => pair));
  return new Map(
    asked
      .filter((event) => !connected.has(`${event.partyKey} ${tokenPartyOf(event)}`))
      .map((event) => [
        event,
        `cdr_token: no connected partner is ${tokenPartyOf(event)}: nobody is told`,
      ]),
  );
}

const tokenPartyOf = ({ data }: OfToken): string => partyKey(data.cdr_token);
