import { namedQuery } from '#database';
import { foldId, parseDateTime, partyKey, type Token } from '#ocpi';
import { type DataSource } from 'typeorm';
import { storedFarAhead } from './far-ahead.js';

const FIND = `SELECT n.place FROM unnest($1::text[], $2::text[], $3::text[], $4::timestamptz[])
    WITH ORDINALITY AS n (party_key, uid_key, type, last_updated, place)
    JOIN token t USING (party_key, uid_key, type)
   WHERE t.last_updated > n.last_updated AND NOT (${storedFarAhead('t')})`;

/** Those of the Tokens of which a newer state is stored. */
export async function findOutdated(
  dataSource: DataSource,
  tokens: readonly Token[],
): Promise<Set<Token>> {
  const rows = await namedQuery<{ place: number }>(dataSource, 'find-outdated-tokens', FIND, [
    tokens.map(partyKey),
    tokens.map(({ uid }) => foldId(uid)),
    tokens.map(({ type }) => type),
    tokens.map(({ last_updated }) => parseDateTime(last_updated) ?? new Date()),
  ]);
  return new Set(rows.flatMap(({ place }) => tokens[place - 1] ?? []));
}
