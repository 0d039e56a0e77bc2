import { partyKey } from '#ocpi';
import { hashToken } from '#partners';
import pg from 'pg';
import { BENCH_PARTY } from './template-location.js';

export const CSMS_KEY = 'bench-csms-key-0123456789abcdef';

/** The CSMS of the network as a client of the HTTP binding. */
export async function seedCsms(databaseUrl: string): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    await client.query(
      `INSERT INTO csms_client (name, key_hash, parties, sources) VALUES ('bench', $1, $2, '{}')`,
      [hashToken(CSMS_KEY), [partyKey(BENCH_PARTY)]],
    );
  } finally {
    await client.end();
  }
}
