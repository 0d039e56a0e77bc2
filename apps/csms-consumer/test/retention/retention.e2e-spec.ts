import { openDataSource } from '#database';
import { Metrics } from '#platform';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type DataSource } from 'typeorm';
import { createTestDatabase, type TestDatabase } from '../../../../test/harness/database.js';
import { projectRoot } from '../../../../test/harness/project-root.js';
import { prune } from '../../src/retention/prune.js';
import { measureTables } from '../../src/retention/measure-tables.js';
import { prunings, type Retention } from '../../src/retention/prunings.js';

const RETENTION: Retention = {
  inboxRetentionHours: 72,
  changeLogRetentionHours: 168,
  sessionRetentionDays: 730,
  cdrRetentionDays: 3650,
  exchangeRetentionDays: 90,
  parkedEventRetentionDays: 365,
  auditRetentionDays: 30,
  traceRetentionHours: 1,
};

let database: TestDatabase;
let source: DataSource;

beforeEach(async () => {
  database = await createTestDatabase();
  source = await openDataSource(database.url, 4);
});
afterEach(async () => {
  await source.destroy();
  await database.drop();
});

const pruneTable = (table: string, pace = { atOnce: 5000, pauseMs: 0, forMs: 30_000 }) =>
  prune(
    source,
    prunings(RETENTION).find((one) => one.table === table)!,
    pace,
  );
const left = async (sql: string): Promise<unknown[]> =>
  (await source.query<object[]>(sql)).map((row) => Object.values(row)[0]);

describe('what is kept long enough goes, and nothing else', () => {
  it('inbox: ids of events', async () => {
    await source.query(
      `INSERT INTO inbox (digest, received_at)
       SELECT gen_random_uuid(), now() - h * interval '1 hour' FROM unnest('{71,73,90}'::int[]) AS h`,
    );
    expect(await pruneTable('inbox')).toBe(2);
    expect(await left("SELECT received_at > now() - interval '72 hours' FROM inbox")).toEqual([
      true,
    ]);
  });

  it('audit_entry: what was done', async () => {
    await source.query(
      `INSERT INTO audit_entry (at, actor, action, subject, outcome)
       SELECT now() - n * interval '1 day', 'key:a', 'connection.pause', n::text, 'done'
         FROM unnest('{0,29,31,400}'::int[]) AS n`,
    );
    expect(await pruneTable('audit_entry')).toBe(2);
    expect(await left('SELECT subject FROM audit_entry ORDER BY id')).toEqual(['0', '29']);
  });

  it('partner_message: what was exchanged while it was traced', async () => {
    await source.query(
      `INSERT INTO partner_message (connection_id, at, direction, method, url, duration_ms, request_headers, size)
       SELECT 'emsp', now() - n * interval '1 minute', 'in', 'GET', n::text, 1, '{}', 1
         FROM generate_series(0, 2999) AS n`,
    );
    const pace = { atOnce: 1000, pauseMs: 0, forMs: 30_000 };
    expect(await pruneTable('partner_message', pace)).toBe(2940);
    expect(await left('SELECT max(url::int) FROM partner_message')).toEqual([59]);
  });

  it('change: the log, where a feed that is behind walks once', async () => {
    await source.query(
      `INSERT INTO change (seq, at, kind, object_id, aspect, party_key)
       SELECT n, now() - (170 - n) * interval '1 hour', 'location', n, 'content', 'NL*AAA' FROM generate_series(-50, 4) AS n`,
    );
    await source.query(
      `INSERT INTO feed (connection_id, cursor_xid, cursor_seq) VALUES ('away', 0, 0)`,
    );
    expect(await pruneTable('change', { atOnce: 10, pauseMs: 0, forMs: 30_000 })).toBe(53);
    expect(await left('SELECT object_id FROM change ORDER BY seq')).toEqual([3, 4]);
    expect(await left('SELECT generation FROM feed')).toEqual([1]);
  });

  it('session: with what partners acknowledged and refused of it; one that runs stays', async () => {
    await source.query(
      `INSERT INTO session (party_key, session_key, token_party_key, body, status, last_updated, guard_time)
       SELECT 'NL*AAA', name, 'DE*EMP', '{}', status, now() - days * interval '1 day', now()
         FROM (VALUES ('old', 'COMPLETED', 731), ('runs', 'ACTIVE', 731), ('young', 'COMPLETED', 729)) AS v(name, status, days)`,
    );
    await source.query(
      `INSERT INTO session_delivery (connection_id, session_id) SELECT c, id FROM session, unnest('{a,b}'::text[]) AS c`,
    );
    await source.query(
      `INSERT INTO parked_push (connection_id, kind, object_id, object_name, reason)
       SELECT 'a', kind, id, session_key, 'r' FROM session, unnest('{session,cdr}'::text[]) AS kind`,
    );
    expect(await pruneTable('session')).toBe(1);
    expect(await left('SELECT session_key FROM session ORDER BY id')).toEqual(['runs', 'young']);
    expect(await left('SELECT count(*) FROM session_delivery')).toEqual([4]);
    expect(
      await left(`SELECT kind FROM parked_push WHERE object_name = 'old' ORDER BY kind`),
    ).toEqual(['cdr']);
  });

  it('cdr: with receipts and what was sent; one that is owed stays', async () => {
    await source.query(
      `INSERT INTO cdr (party_key, cdr_key, token_party_key, body, last_updated)
       SELECT 'NL*AAA', name, 'DE*EMP', '{}', now() - days * interval '1 day'
         FROM (VALUES ('old', 3651), ('owed', 3651), ('young', 3649)) AS v(name, days)`,
    );
    await source.query(
      `INSERT INTO cdr_receipt (connection_id, cdr_id, state)
       SELECT 'a', id, CASE cdr_key WHEN 'owed' THEN 'owed' ELSE 'delivered' END FROM cdr`,
    );
    await source.query(
      `INSERT INTO cdr_rendition (cdr_id, view, body) SELECT id, '2.2.1', '{}' FROM cdr`,
    );
    expect(await pruneTable('cdr')).toBe(1);
    expect(await left('SELECT cdr_key FROM cdr ORDER BY id')).toEqual(['owed', 'young']);
    for (const table of ['cdr_receipt', 'cdr_rendition']) {
      expect(await left(`SELECT count(*) FROM ${table}`)).toEqual([2]);
    }
  });

  it('exchange, parked events and credentials tokens', async () => {
    await source.query(
      `INSERT INTO exchange (connection_id, kind, object_name, at, method, url, duration_ms, outcome)
       SELECT 'a', 'cdr', d::text, now() - d * interval '1 day', 'POST', 'https://e.example', 1, 'delivered'
         FROM unnest('{89,91}'::int[]) AS d`,
    );
    expect(await pruneTable('exchange')).toBe(1);
    expect(await left('SELECT object_name FROM exchange')).toEqual(['89']);

    await source.query(
      `INSERT INTO parked_event (state, reason, binding, origin, raw, received_at)
       SELECT state, days::text, 'http', '{}', '', now() - days * interval '1 day'
         FROM unnest('{held,parked}'::text[]) AS state, unnest('{364,366}'::int[]) AS days`,
    );
    expect(await pruneTable('parked_event')).toBe(1);
    expect(await left(`SELECT state || reason FROM parked_event ORDER BY 1`)).toEqual([
      'held364',
      'held366',
      'parked364',
    ]);

    await source.query(
      `INSERT INTO connection_token (token_hash, connection_id, purpose, state, expires_at)
       VALUES ('\\x01', 'a', 'full', 'active', NULL), ('\\x02', 'a', 'full', 'grace', now() - interval '59 minutes'),
              ('\\x03', 'a', 'full', 'grace', now() - interval '61 minutes')`,
    );
    expect(await pruneTable('connection_token')).toBe(1);
    expect(await left('SELECT count(*) FROM connection_token')).toEqual([2]);
  });

  it('snapshots: the newest of a party and kind stays, however old', async () => {
    await source.query(
      `INSERT INTO snapshot_run (party_key, kind, snapshot_id, source, began_at)
       SELECT 'NL*AAA', kind, kind || days, 's', now() - days * interval '1 day'
         FROM (VALUES ('location', 31), ('location', 40), ('tariff', 29), ('tariff', 31)) AS v(kind, days)`,
    );
    expect(await pruneTable('snapshot_run')).toBe(2);
    expect(await left('SELECT snapshot_id FROM snapshot_run ORDER BY 1')).toEqual([
      'location31',
      'tariff29',
    ]);
  });

  it('goes in small steps, and stops in time', async () => {
    await source.query(
      `INSERT INTO inbox (digest, received_at) SELECT gen_random_uuid(), now() - interval '100 hours' FROM generate_series(1, 25)`,
    );
    expect(await pruneTable('inbox', { atOnce: 10, pauseMs: 0, forMs: 0 })).toBe(10);
    expect(await pruneTable('inbox', { atOnce: 10, pauseMs: 0, forMs: 30_000 })).toBe(15);
  });

  it('several processes at once remove each row once', async () => {
    await source.query(
      `INSERT INTO session (party_key, session_key, token_party_key, body, status, last_updated, guard_time)
       SELECT 'NL*AAA', n::text, 'DE*EMP', '{}', 'COMPLETED', now() - interval '800 days', now() FROM generate_series(1, 200) AS n`,
    );
    const pace = { atOnce: 20, pauseMs: 0, forMs: 30_000 };
    const first = await Promise.all([1, 2, 3].map(() => pruneTable('session', pace)));
    const rest = await pruneTable('session', pace);
    expect([...first, rest].reduce((sum, count) => sum + count, 0)).toBe(200);
  });
});

describe('the table in docs/operations.md', () => {
  it('says of every table how long its rows are kept', async () => {
    const text = readFileSync(join(projectRoot, 'docs', 'operations.md'), 'utf8');
    const [, section = ''] = text.split('## What is kept, and for how long');
    const [rows = ''] = section.split('###');
    const named = rows
      .split('\n')
      .flatMap((row) =>
        [...(row.split('|')[1] ?? '').matchAll(/`(\w+)`/g)].map(([, name]) => name),
      );

    const tables = await left(
      `SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'`,
    );

    expect(named.toSorted()).toEqual(tables.toSorted());
  });
});

describe('sizes of tables', () => {
  it('are shown for each table without counting rows', async () => {
    await source.query(
      `INSERT INTO inbox (digest) SELECT gen_random_uuid() FROM generate_series(1, 500)`,
    );
    await source.query('ANALYZE inbox');
    const metrics = new Metrics();

    await measureTables(source, metrics);

    const text = await metrics.registry.metrics();
    expect(text).toContain('ocpi_table_rows{table="inbox"} 500');
    expect(text).toMatch(/ocpi_table_bytes\{table="inbox"\} \d{5,}/);
    expect(text).toMatch(/ocpi_table_rows\{table="location"\} 0/);
  });
});
