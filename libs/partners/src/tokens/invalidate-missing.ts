import { type Token, tokenKey } from '#ocpi';
import { type DataSource } from 'typeorm';
import { storeTokens } from './store-tokens.js';

const BATCH = 1000;

/**
 * Tokens that a complete, unfiltered list did not hold are no longer valid: kept, but marked (TOK-39). Only those of the
 * listed owners that were there before the crawl began. Returns how many.
 */
export async function invalidateMissing(
  dataSource: DataSource,
  connectionId: string,
  given: { owners: readonly string[]; seen: ReadonlySet<string>; crawlStartedAt: Date },
): Promise<number> {
  const rows = await dataSource.query<{ body: string }[]>(
    `SELECT body FROM token WHERE connection_id = $1 AND party_key = ANY($2) AND valid AND received_at < $3`,
    [connectionId, given.owners, given.crawlStartedAt],
  );
  const missing = rows
    .map(({ body }) => JSON.parse(body) as Token)
    .filter((token) => !given.seen.has(tokenKey(token)))
    .map((token) => ({ ...token, valid: false }));
  for (let at = 0; at < missing.length; at += BATCH) {
    await storeTokens(dataSource, connectionId, missing.slice(at, at + BATCH));
  }
  return missing.length;
}
