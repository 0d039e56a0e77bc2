import { openDataSource } from '#database';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { type DataSource } from 'typeorm';
import { createTestDatabase, type TestDatabase } from '../../../test/harness/database.js';
import { TcpChaosProxy } from '../../../test/harness/tcp-chaos-proxy.js';
import { CallbackEndings } from '../src/callbacks/callback-endings.js';

describe('how callbacks ended', () => {
  let database: TestDatabase;
  let proxy: TcpChaosProxy;
  let source: DataSource;

  beforeAll(async () => {
    database = await createTestDatabase();
    const { hostname, port } = new URL(database.url);
    proxy = await TcpChaosProxy.start({ host: hostname, port: Number(port) });
    const url = Object.assign(new URL(database.url), { hostname: '127.0.0.1', port: proxy.port });
    source = await openDataSource(url.href);
  });
  afterAll(async () => {
    await source.destroy();
    await proxy.close();
    await database.drop();
  });

  /** One that is on its way. */
  async function sending(): Promise<number> {
    const id = randomUUID();
    await source.query(
      `INSERT INTO command (id, kind, connection_id, version, party_key, sender_key, dedupe_key, body, deadline)
       VALUES ($1::uuid, 'START_SESSION', 'emsp', '2.2.1', 'NL*AAA', 'DE*BBB', $1::text, '{}', now())`,
      [id],
    );
    const [row] = await source.query<{ id: number }[]>(
      `INSERT INTO command_callback (command_id, response_url, state, expires_at)
       VALUES ($1, 'https://emsp.example/1', 'sending', now()) RETURNING id`,
      [id],
    );
    return row!.id;
  }

  it('CMD-23: are stored when the database is back that was away meanwhile', async () => {
    const ids = [await sending(), await sending()];
    const endings = new CallbackEndings(source);
    proxy.refuse();
    const written = ids.map((id) => endings.write(id, { state: 'delivered', note: 'HTTP 200' }));
    await sleep(200);
    proxy.heal();
    await Promise.all(written);
    const rows = await source.query('SELECT state, note FROM command_callback');
    expect(rows).toEqual(ids.map(() => ({ state: 'delivered', note: 'HTTP 200' })));
  });
});
