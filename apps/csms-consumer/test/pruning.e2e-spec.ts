import { openDataSource } from '#database';
import { type DataSource } from 'typeorm';
import { createTestDatabase, type TestDatabase } from '../../../test/harness/database.js';
import { pruneAuditLog } from '../src/jobs/prune-audit-log.js';
import { pruneMessages } from '../src/jobs/prune-messages.js';

let database: TestDatabase;
let dataSource: DataSource;

beforeAll(async () => {
  database = await createTestDatabase();
  dataSource = await openDataSource(database.url);
});
afterAll(async () => {
  await dataSource.destroy();
  await database.drop();
});

describe('what is kept for a time', () => {
  it('of the audit log goes after that time', async () => {
    await dataSource.query(
      `INSERT INTO audit_entry (at, actor, action, subject, outcome)
       SELECT now() - n * interval '1 day', 'key:a', 'connection.pause', n::text, 'done'
         FROM unnest('{0,29,31,400}'::int[]) AS n`,
    );

    await pruneAuditLog(dataSource, 30);

    const left = await dataSource.query('SELECT subject FROM audit_entry ORDER BY id');
    expect(left).toEqual([{ subject: '0' }, { subject: '29' }]);
  });

  it('of traced messages goes after that time, however many there are', async () => {
    await dataSource.query(
      `INSERT INTO partner_message (connection_id, at, direction, method, url, duration_ms, request_headers, size)
       SELECT 'emsp', now() - n * interval '1 minute', 'in', 'GET', n::text, 1, '{}', 1
         FROM generate_series(0, 2999) AS n`,
    );

    await pruneMessages(dataSource, 1);

    const [row] = await dataSource.query(
      'SELECT count(*)::int AS count, max(url::int) AS oldest FROM partner_message',
    );
    expect(row).toEqual({ count: 60, oldest: 59 });
  });
});
