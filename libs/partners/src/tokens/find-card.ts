import { namedQuery } from '#database';
import { foldId, partyKey, type Token } from '#ocpi';
import { createLogger } from '#platform';
import { type DataSource } from 'typeorm';
import { cardEnding } from './card-ending.js';
import { storedFarAhead } from './far-ahead.js';

/** A token as one partner states it. */
export interface CardStatement {
  connectionId: string;
  /** False also when the partner that stated it has gone. */
  valid: boolean;
  token: Token;
}

const log = createLogger('tokens');

/**
 * Everything known of a card by its uid, without case, whoever issued it; of one type where it is named. The first is the
 * one that counts (TOK-13): valid before invalid, then the newest `last_updated` (of one far ahead: its receipt), and between
 * equals by the party, so that the answer never changes by itself. A card that several owners state is logged.
 */
export async function findCard(
  dataSource: DataSource,
  uid: string,
  type?: string,
): Promise<CardStatement[]> {
  const rows = await namedQuery<{ connectionId: string; valid: boolean; body: string }>(
    dataSource,
    'card',
    `SELECT t.connection_id AS "connectionId", t.valid AND c.state = 'registered' AS valid, t.body
       FROM token t JOIN connection c ON c.id = t.connection_id
      WHERE t.uid_key = $1 AND t.type = coalesce($2, t.type)
      ORDER BY valid DESC, CASE WHEN ${storedFarAhead('t')} THEN t.received_at ELSE t.last_updated END DESC,
            t.party_key, t.type`,
    [foldId(uid), type ?? null],
  );
  const statements = rows.map(({ connectionId, valid, body }) => {
    const token = JSON.parse(body) as Token;
    return { connectionId, valid, token };
  });
  const owners = [...new Set(statements.map(({ token }) => partyKey(token)))];
  if (owners.length > 1) {
    log.info({ card: cardEnding(uid), owners }, 'card of several partners, the first counts');
  }
  return statements;
}
