import { openDataSource } from '#database';
import { type Token } from '#ocpi';
import { TokenWriter } from '#partners';
import { type DataSource } from 'typeorm';
import { createTestDatabase, type TestDatabase } from '../../../test/harness/database.js';

const token = (uid: string, extra: Partial<Token> = {}): Token => ({
  country_code: 'DE',
  party_id: 'EMP',
  uid,
  type: 'RFID',
  contract_id: `DE-EMP-${uid}`,
  issuer: 'Example eMSP',
  valid: true,
  whitelist: 'ALLOWED',
  last_updated: '2026-01-01T00:00:00Z',
  ...extra,
});

describe('tokens that come one by one', () => {
  let database: TestDatabase;
  let source: DataSource;
  let writer: TokenWriter;

  beforeAll(async () => {
    database = await createTestDatabase();
    source = await openDataSource(database.url, 5);
    await source.query("ALTER TABLE token ADD CONSTRAINT ck_test CHECK (uid_key <> 'POISON')");
    writer = new TokenWriter(source);
  });
  afterAll(async () => {
    await source.destroy();
    await database.drop();
  });

  const messages = (prefix: string) =>
    source.query<{ xid: number; key: string; data: string }[]>(
      'SELECT xid, key, data FROM csms_message WHERE key LIKE $1 ORDER BY seq',
      [`DE*EMP*RFID*${prefix}%`],
    );

  it('are stored together, each with its message, and committed when they are answered', async () => {
    const answered = Array.from({ length: 50 }, (_, n) =>
      writer.store(n % 2 ? 'odd' : 'even', token(`A${n}`)),
    );

    expect(new Set(await Promise.all(answered))).toEqual(new Set(['created']));
    const rows = await source.query(
      "SELECT connection_id AS by, count(*) AS n FROM token WHERE uid_key LIKE 'A%' GROUP BY 1 ORDER BY 1",
    );
    expect(rows).toEqual([
      { by: 'even', n: 25 },
      { by: 'odd', n: 25 },
    ]);
    const told = await messages('A');
    expect(new Set(told.map(({ key }) => key)).size).toBe(50);
    expect(new Set(told.map(({ xid }) => xid)).size).toBe(1);
  });

  it('TOK-14, TRN-44 (partial: together): are created, updated, repeats or older ones, each by itself', async () => {
    await writer.store('emsp', token('B1'));
    await writer.store('emsp', token('B2'));
    await writer.store('emsp', token('B3'));

    const outcomes = await Promise.all([
      writer.store('emsp', token('B1', { valid: false })),
      writer.store('emsp', token('B2')),
      writer.store('emsp', token('b3', { last_updated: '2025-12-31T23:59:59Z' })),
      writer.store('emsp', token('B4')),
    ]);

    expect(outcomes).toEqual(['updated', 'unchanged', 'older', 'created']);
    expect(await messages('B')).toHaveLength(5);
  });

  it('keep their order where they are updates of one token', async () => {
    const issuers = Array.from({ length: 20 }, (_, n) => `Issuer ${n}`);

    const outcomes = await Promise.all(
      issuers.map((issuer, n) => writer.store('emsp', token(n % 2 ? 'C1' : 'c1', { issuer }))),
    );

    expect(outcomes).toEqual(['created', ...Array<string>(19).fill('updated')]);
    const told = (await messages('C')).map(({ data }) => (JSON.parse(data) as Token).issuer);
    expect(told).toEqual(issuers);
    const [row] = await source.query("SELECT body FROM token WHERE uid_key = 'C1'");
    expect(JSON.parse(row.body).issuer).toBe('Issuer 19');
  });

  it('do not fail for one that cannot be stored', async () => {
    const given = Array.from({ length: 30 }, (_, n) => token(n === 13 ? 'POISON' : `D${n}`));

    const settled = await Promise.allSettled(given.map((each) => writer.store('emsp', each)));

    const failed = settled.flatMap(({ status }, n) => (status === 'rejected' ? [n] : []));
    expect(failed).toEqual([13]);
    expect(await messages('D')).toHaveLength(29);
  });

  it('do not wait for one whose row somebody holds', async () => {
    await writer.store('emsp', token('E0'));
    const holder = source.createQueryRunner();
    await holder.startTransaction();
    await holder.query("SELECT 1 FROM token WHERE uid_key = 'E0' FOR UPDATE");

    const held = writer.store('emsp', token('E0', { valid: false }));
    await new Promise((resolve) => setImmediate(resolve));
    const again = writer.store('emsp', token('E0', { valid: true, issuer: 'Later' }));
    expect(await writer.store('emsp', token('E1'))).toBe('created');
    await holder.rollbackTransaction();
    await holder.release();

    expect(await Promise.all([held, again])).toEqual(['updated', 'updated']);
  });

  it('all fail when the database is away, and the next ones are stored again', async () => {
    const other = await openDataSource(database.url, 2);
    const away = new TokenWriter(other);
    await other.destroy();

    const settled = await Promise.allSettled(
      ['F1', 'F2', 'F3'].map((uid) => away.store('emsp', token(uid))),
    );

    expect(settled.map(({ status }) => status)).toEqual(Array(3).fill('rejected'));
    await other.initialize();
    expect(await away.store('emsp', token('F1'))).toBe('created');
    await other.destroy();
  });
});
