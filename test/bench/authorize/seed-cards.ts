import { foldId } from '#ocpi';
import pg from 'pg';
import { type BenchPartner } from '../network/seed-partners.js';
import { benchToken } from '../tokens/bench-token.js';

/** Cards with numbers from 0 that a partner stated, as a pull would have stored them. */
export async function seedCards(
  databaseUrl: string,
  partner: BenchPartner,
  { from, count, whitelist }: { from: number; count: number; whitelist: 'ALWAYS' | 'NEVER' },
): Promise<void> {
  const cards = Array.from({ length: count }, (_, n) => ({
    ...benchToken(from + n, partner),
    whitelist,
  }));
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    await client.query(
      `INSERT INTO token (connection_id, party_key, uid_key, type, body, valid, last_updated)
       SELECT $1, $2, v.uid, 'RFID', v.body, true, now() FROM unnest($3::text[], $4::text[]) AS v(uid, body)`,
      [
        partner.id,
        `${partner.countryCode}*${partner.partyId}`,
        cards.map(({ uid }) => foldId(uid)),
        cards.map((card) => JSON.stringify(card)),
      ],
    );
    await client.query('VACUUM (ANALYZE) token');
  } finally {
    await client.end();
  }
}
