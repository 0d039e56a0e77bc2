import { appendChanges, type NewChange } from '#change-log';
import { openDataSource, rebaseRestoredLogs } from '#database';
import { type DataSource } from 'typeorm';
import { createTestDatabase, type TestDatabase } from '../../../test/harness/database.js';

let database: TestDatabase;
let source: DataSource;

beforeAll(async () => {
  database = await createTestDatabase();
  source = await openDataSource(database.url, 4);
});
afterAll(async () => {
  await source.destroy();
  await database.drop();
});
beforeEach(async () => {
  await source.query('TRUNCATE change, csms_message, feed, csms_subscriber');
});

const change = (objectId: number): NewChange => ({
  kind: 'location',
  objectId,
  aspect: 'content',
  partyKey: 'NL*AAA',
});

/** What each feed and subscriber has still to read, in order. */
const unread = () =>
  source.query(
    `SELECT f.connection_id AS reader, array_agg(c.object_id::int ORDER BY c.xid, c.seq) AS left
       FROM feed f LEFT JOIN change c ON (c.xid, c.seq) > (f.cursor_xid, f.cursor_seq) GROUP BY 1
     UNION ALL
     SELECT s.name, array_agg(m.subject::int ORDER BY m.xid, m.seq)
       FROM csms_subscriber s LEFT JOIN csms_message m ON (m.xid, m.seq) > (s.cursor_xid, s.cursor_seq) GROUP BY 1
      ORDER BY 1`,
  );

/** Two changes and messages, of which one is read; then as a dump of a cluster that was `ahead` further. */
async function store(ahead: number): Promise<void> {
  for (const id of [1, 2]) {
    await appendChanges(source, [change(id)]);
    await source.query(
      `INSERT INTO csms_message (id, type, subject, key, data) VALUES (gen_random_uuid(), 'x', $1, 'k', '{}')`,
      [String(id)],
    );
  }
  await source.query(
    `INSERT INTO feed (connection_id, cursor_xid, cursor_seq) SELECT 'emsp', xid, seq FROM change WHERE object_id = 1`,
  );
  await source.query(
    `INSERT INTO csms_subscriber (name, cursor_xid, cursor_seq) SELECT 'kafka', xid, seq FROM csms_message WHERE subject = '1'`,
  );
  for (const [table, column] of [
    ['change', 'xid'],
    ['csms_message', 'xid'],
    ['feed', 'cursor_xid'],
    ['csms_subscriber', 'cursor_xid'],
  ]) {
    await source.query(`UPDATE ${table} SET ${column} = ${column} + $1`, [ahead]);
  }
}

describe('logs that come from another cluster', () => {
  it('would hide all that is written, and are lowered: nothing is lost, nothing is read twice', async () => {
    await store(1_000_000_000);
    await appendChanges(source, [change(3)]);
    expect(await unread()).toEqual([
      { reader: 'emsp', left: [2] }, // the third will never be seen
      { reader: 'kafka', left: [2] },
    ]);
    await source.query('DELETE FROM change WHERE object_id = 3');

    expect(await rebaseRestoredLogs(source)).toBe(true);

    await appendChanges(source, [change(3)]);
    expect(await unread()).toEqual([
      { reader: 'emsp', left: [2, 3] },
      { reader: 'kafka', left: [2] },
    ]);
    expect(await rebaseRestoredLogs(source)).toBe(false);
  });

  it('are lowered once, however many processes start at once', async () => {
    await store(1_000_000_000);

    const done = await Promise.all([1, 2, 3].map(() => rebaseRestoredLogs(source)));

    expect(done.filter(Boolean)).toHaveLength(1);
    expect(await unread()).toMatchObject([{ left: [2] }, { left: [2] }]);
  });

  it('of this cluster stay as they are', async () => {
    await store(0);
    const before = await source.query('SELECT xid, seq FROM change ORDER BY 1, 2');

    expect(await rebaseRestoredLogs(source)).toBe(false);

    expect(await source.query('SELECT xid, seq FROM change ORDER BY 1, 2')).toEqual(before);
  });
});
