import { EVENT_TYPES, type EventTypeName } from '#csms-contract';
import { restateTokens } from '#csms-requests';
import { openDataSource } from '#database';
import { compile, type Token } from '#ocpi';
import { storeTokens, TokenWriter } from '#partners';
import { type TSchema } from '@sinclair/typebox';
import { type DataSource } from 'typeorm';
import { createTestDatabase, type TestDatabase } from '../../../../test/harness/database.js';

const token = (uid: string): Token => ({
  country_code: 'DE',
  party_id: 'EMP',
  uid,
  type: 'RFID',
  contract_id: `DE-EMP-${uid}`,
  issuer: 'Example eMSP',
  valid: true,
  whitelist: 'ALLOWED',
  last_updated: '2026-01-01T00:00:00Z',
});

describe('messages about tokens', () => {
  let database: TestDatabase;
  let source: DataSource;
  let writer: TokenWriter;

  beforeAll(async () => {
    database = await createTestDatabase();
    source = await openDataSource(database.url, 4);
    writer = new TokenWriter(source);
  });
  afterAll(async () => {
    await source.destroy();
    await database.drop();
  });

  it('keep to the contract, whoever wrote them, and name one token by one key', async () => {
    await writer.store('emsp', token('a1'));
    await storeTokens(source, 'emsp', [token('b2'), token('c3')]);
    expect(await restateTokens(source)).toBe(3);
    const rows = await source.query(
      'SELECT type, key, subject, data FROM csms_message ORDER BY seq',
    );
    for (const { type, data } of rows) {
      const { schema } = EVENT_TYPES[type as EventTypeName];
      expect(compile(schema as TSchema).decode(JSON.parse(data))).toMatchObject({ ok: true });
    }
    const keys = rows.map(({ key }: { key: string }) => key);
    expect(keys).toEqual(['A1', 'B2', 'C3', 'A1', 'B2', 'C3'].map((uid) => `DE*EMP*RFID*${uid}`));
  });

  it('tell no older state after a newer one when tokens are stated anew while they change', async () => {
    await storeTokens(
      source,
      'emsp',
      Array.from({ length: 1500 }, (_, n) => token(`N${n}`)),
    );
    const changing = (async () => {
      for (let n = 0; n < 1500; n += 10) {
        const changed = { ...token(`N${n}`), valid: false, last_updated: '2026-01-02T00:00:00Z' };
        await writer.store('emsp', changed);
      }
    })();
    await Promise.all([changing, restateTokens(source), restateTokens(source)]);
    const last = await source.query(
      `SELECT DISTINCT ON (m.key) m.data = t.body AS same FROM csms_message m
         JOIN token t ON m.key = t.party_key || '*' || t.type || '*' || t.uid_key
        ORDER BY m.key, m.seq DESC`,
    );
    expect(last.length).toBeGreaterThanOrEqual(1500);
    expect(last.filter(({ same }: { same: boolean }) => !same)).toEqual([]);
  });
});
