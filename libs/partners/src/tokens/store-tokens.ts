import { parseDateTime, type Token, tokenKey } from '#ocpi';
import { type DataSource } from 'typeorm';
import { writeManyTokens } from './write-tokens.js';

/** Stores many whole Tokens of one partner in one commit; of repeats in the list the newest counts. Returns how many changed. */
export async function storeTokens(
  dataSource: DataSource,
  connectionId: string,
  tokens: readonly Token[],
): Promise<number> {
  const newest = new Map<string, Token>();
  for (const token of tokens) {
    const key = tokenKey(token);
    const known = newest.get(key);
    if (!known || instantOf(known) <= instantOf(token)) newest.set(key, token);
  }
  const statements = [...newest.values()].map((token) => ({ connectionId, token }));
  return writeManyTokens(dataSource, statements);
}

const instantOf = ({ last_updated }: Token): number => parseDateTime(last_updated)?.getTime() ?? 0;
