import { addCsmsMessages } from '#csms-requests';
import http from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { createTestDatabase, type TestDatabase } from '../../../../test/harness/database.js';
import { eventually } from '../../../../test/harness/wait-for.js';
import { OutboxHousekeeping } from '../../src/outbox/outbox-housekeeping.js';
import {
  aboutToken,
  createClient,
  type RunningOutbox,
  say,
  startOutbox,
  uidsOf,
} from './outbox-app.js';

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- a body as read from the wire
const answerOf = (answer: Response) => answer.json() as Promise<{ messages: any[]; next: string }>;

describe('a CSMS that asks for its messages', () => {
  let database: TestDatabase;
  let outbox: RunningOutbox;
  let key: string;

  beforeAll(async () => {
    database = await createTestDatabase();
    outbox = await startOutbox(database.url);
  });
  beforeEach(async () => {
    await outbox.source.query('TRUNCATE csms_message, csms_subscriber, csms_client, token');
    key = await createClient(outbox, { name: 'csms' });
  });
  afterAll(async () => {
    await outbox.close();
    await database.drop();
  });

  const ask = (query = '', shown = key) =>
    fetch(`${outbox.url}/csms/v1/messages?${query}`, {
      headers: { authorization: `Bearer ${shown}` },
    });
  const take = async (query: string): Promise<{ uids: string[]; next: string }> => {
    const answer = await ask(query);
    expect(answer.status).toBe(200);
    const { messages, next } = await answerOf(answer);
    return { uids: uidsOf(messages), next };
  };
  /** Makes the client known, so that it gets what is said from now on. */
  const beginAtTail = async () => expect((await ask('wait=0')).status).toBe(204);

  it('gets CloudEvents with the address of the gateway, and a growing sequence', async () => {
    await beginAtTail();
    await say(outbox.source, 'A', 'B');
    const { messages } = await answerOf(await ask('wait=30'));
    expect(messages[0]).toMatchObject({
      specversion: '1.0',
      source: 'http://gateway.test',
      type: 'ocpi.token.removed.v1',
      subject: 'DE*EMP/RFID/A',
      partitionkey: 'DE*EMP*RFID*A',
      datacontenttype: 'application/json',
      data: { country_code: 'DE', party_id: 'EMP', uid: 'A', type: 'RFID' },
    });
    expect(messages[0].id).toMatch(/^[0-9a-f-]{36}$/);
    expect(Number(messages[1].sequence)).toBeGreaterThan(Number(messages[0].sequence));
    expect(Date.parse(messages[0].time)).not.toBeNaN();
  });

  it('gets an answer that was lost once more, and what it acknowledged never again', async () => {
    await beginAtTail();
    await say(outbox.source, 'A', 'B', 'C');
    const lost = await take('wait=30&limit=2');
    const again = await take('wait=30&limit=2');
    expect(lost.uids).toEqual(['A', 'B']);
    expect(again).toEqual(lost);
    const rest = await take(`wait=30&after=${again.next}`);
    expect(rest.uids).toEqual(['C']);
    // Asking with the same token is asking for the same answer.
    expect(await take(`wait=30&after=${again.next}`)).toMatchObject({ uids: ['C'] });
    expect((await ask(`wait=0&after=${rest.next}`)).status).toBe(204);
    // A client that forgot its token goes on behind what it acknowledged.
    expect((await ask('wait=0')).status).toBe(204);
  });

  it('waits for a message, and gets it when it is committed', async () => {
    await beginAtTail();
    const waiting = take('wait=60');
    await sleep(50);
    await say(outbox.source, 'A');
    expect((await waiting).uids).toEqual(['A']);
  });

  it('gets long messages few at a time, and all of them', async () => {
    await beginAtTail();
    await say(outbox.source, 'A', 'B', 'C', 'D');
    await outbox.source.query(`UPDATE csms_message SET data = rpad(data, 600000)`);
    const first = await take('wait=30');
    const second = await take(`wait=30&after=${first.next}`);
    expect([first.uids, second.uids]).toEqual([
      ['A', 'B'],
      ['C', 'D'],
    ]);
    expect((await ask(`wait=0&after=${second.next}`)).status).toBe(204);
  });

  it('gets 204 when nothing came in time', async () => {
    const answer = await ask('wait=1');
    expect(answer.status).toBe(204);
    expect(await answer.text()).toBe('');
  });

  it('begins at the tail, or with all that is kept when it asks for that', async () => {
    await say(outbox.source, 'A');
    await eventually(async () => {
      const { uids } = await take('wait=30&from=start');
      expect(uids).toEqual(['A']);
    });
    const other = await createClient(outbox, { name: 'other' });
    expect((await ask('wait=0', other)).status).toBe(204);
  });

  it('gets what is meant for its parties or for everyone, and no more', async () => {
    await beginAtTail();
    await addCsmsMessages(outbox.source, [
      aboutToken('MINE', 'NL*AAA'),
      aboutToken('FOREIGN', 'NL*BBB'),
      aboutToken('ALL'),
    ]);
    const { uids, next } = await take('wait=30');
    expect(uids).toEqual(['MINE', 'ALL']);
    await addCsmsMessages(outbox.source, [aboutToken('FOREIGN', 'NL*BBB')]);
    expect((await ask(`wait=1&after=${next}`)).status).toBe(204);
  });

  it('P14 (partial: messages to a CSMS): is refused without a key or with a foreign one', async () => {
    await say(outbox.source, 'A');
    for (const headers of [
      {},
      { authorization: 'Bearer wrong' },
      { authorization: key },
      { authorization: `Token ${key}` },
    ]) {
      for (const [path, method] of [
        ['messages?from=start', 'GET'],
        ['messages/restate-tokens', 'POST'],
      ]) {
        const answer = await fetch(`${outbox.url}/csms/v1/${path!}`, { method: method!, headers });
        expect(answer.status).toBe(401);
        expect(await answer.text()).not.toContain('DE*EMP');
      }
    }
  });

  it.each([
    'after=nonsense',
    'from=middle',
    'wait=-1',
    'wait=x',
    'limit=1.5',
    'after=a&after=b',
    // A place in the future.
    `after=${Buffer.from('zzzzzzzzz.0').toString('base64url')}`,
  ])('is told what is wrong with %s', async (query) => {
    expect((await ask(query)).status).toBe(400);
  });

  it('may leave `after` empty while it has no `next`', async () => {
    await beginAtTail();
    await say(outbox.source, 'A');
    expect(await take('wait=30&after=')).toMatchObject({ uids: ['A'] });
  });

  it('is told to look at its webhook when it has one', async () => {
    const webhook = { url: 'http://127.0.0.1:9/', secret: 's' };
    const other = await createClient(outbox, { name: 'hooked', webhook });
    expect((await ask('', other)).status).toBe(409);
  });

  it('does not skip a message whose transaction began first and committed last', async () => {
    await beginAtTail();
    const slow = outbox.source.createQueryRunner();
    await slow.startTransaction();
    await addCsmsMessages(slow, [aboutToken('SLOW')]);
    await say(outbox.source, 'FAST');
    expect((await ask('wait=1')).status).toBe(204);
    const waiting = take('wait=60');
    await slow.commitTransaction();
    await slow.release();
    expect((await waiting).uids).toEqual(['SLOW', 'FAST']);
  });

  it('gets all tokens anew when it asks for them, as their owners stated them last', async () => {
    await beginAtTail();
    const token = (uid: string, valid: boolean) => ({
      country_code: 'DE',
      party_id: 'EMP',
      uid,
      type: 'RFID',
      contract_id: `C-${uid}`,
      issuer: 'Example',
      valid,
      whitelist: 'ALLOWED',
      last_updated: '2026-01-01T00:00:00Z',
    });
    for (const [uid, valid] of [
      ['04a1', true],
      ['04B2', false],
    ] as const) {
      await outbox.source.query(
        `INSERT INTO token (connection_id, party_key, uid_key, type, body, valid, last_updated)
         VALUES ('emsp', 'DE*EMP', upper($1), 'RFID', $2, $3, now())`,
        [uid, JSON.stringify(token(uid, valid)), valid],
      );
    }
    const answer = await fetch(`${outbox.url}/csms/v1/messages/restate-tokens`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}` },
    });
    expect([answer.status, await answer.json()]).toEqual([200, { stated: 2 }]);
    const { messages } = await answerOf(await ask('wait=30'));
    expect(messages.map((message: { type: string }) => message.type)).toEqual([
      'ocpi.token.upserted.v1',
      'ocpi.token.upserted.v1',
    ]);
    expect(messages[0]).toMatchObject({
      partitionkey: 'DE*EMP*RFID*04A1',
      data: token('04a1', true),
    });
    expect(messages[1].data).toEqual(token('04B2', false));
  });

  it('keeps from pruning what it has not taken, and shows how much that is', async () => {
    const housekeeping = outbox.app.get(OutboxHousekeeping);
    await beginAtTail();
    await say(outbox.source, 'A', 'B');
    await outbox.source.query(`UPDATE csms_message SET at = now() - interval '100 days'`);
    await say(outbox.source, 'C');
    expect(await housekeeping.prune()).toBe(0);
    await housekeeping.measure();
    const metrics = async () => (await fetch(`${outbox.url}/metrics`)).text();
    expect(await metrics()).toContain('ocpi_csms_outbox_lag_messages{subscriber="csms"} 3');

    const { next } = await take('wait=30&limit=1');
    await ask(`wait=0&after=${next}`);
    expect(await housekeeping.prune()).toBe(1);
    const { next: end } = await take('wait=30');
    await ask(`wait=0&after=${end}`);
    // The third is young.
    expect(await housekeeping.prune()).toBe(1);
    await housekeeping.measure();
    expect(await metrics()).toContain('ocpi_csms_outbox_lag_messages{subscriber="csms"} 0');
  });

  it('is not counted once it was removed, nor is Kafka while messages go out over HTTP', async () => {
    const housekeeping = outbox.app.get(OutboxHousekeeping);
    const lags = async () => {
      await housekeeping.measure();
      const text = await (await fetch(`${outbox.url}/metrics`)).text();
      return text.split('\n').filter((line) => line.startsWith('ocpi_csms_outbox_lag_messages'));
    };
    await beginAtTail();
    await outbox.source.query(
      `INSERT INTO csms_subscriber (name, cursor_xid, cursor_seq) VALUES ('kafka', 0, 0)`,
    );
    await say(outbox.source, 'A');
    await outbox.source.query(`UPDATE csms_message SET at = now() - interval '100 days'`);
    expect(await lags()).toEqual(['ocpi_csms_outbox_lag_messages{subscriber="csms"} 1']);
    expect(await housekeeping.prune()).toBe(0);

    await outbox.source.query('DELETE FROM csms_client');
    expect(await lags()).toEqual([]);
    expect(await housekeeping.prune()).toBe(1);
  });

  it('does not hold what is meant for others', async () => {
    await beginAtTail();
    await addCsmsMessages(outbox.source, [aboutToken('FOREIGN', 'NL*BBB')]);
    await outbox.source.query(`UPDATE csms_message SET at = now() - interval '100 days'`);
    const housekeeping = outbox.app.get(OutboxHousekeeping);
    await eventually(async () => {
      await ask('wait=0');
      return (await housekeeping.prune()) === 1;
    });
  });

  it('may hang up while it waits', async () => {
    // Not by fetch: after an abort it opens a connection that it never uses.
    const waiting = http.get(`${outbox.url}/csms/v1/messages?wait=60`, {
      agent: false,
      headers: { authorization: `Bearer ${key}` },
    });
    const hungUp = new Promise((resolve) => waiting.once('close', resolve));
    waiting.on('error', () => undefined);
    await eventually(async () => {
      const rows = await outbox.source.query('SELECT FROM csms_subscriber');
      return rows.length === 1;
    });
    waiting.destroy();
    await hungUp;
    // Else closing the application would wait for it.
    expect((await ask('wait=0')).status).toBe(204);
  });
});
