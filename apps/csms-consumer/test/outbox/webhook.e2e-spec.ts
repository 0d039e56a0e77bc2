import { jest } from '@jest/globals';
import { CSMS_MESSAGES, TailReader } from '#change-log';
import { addCsmsMessages, newWebhookSecret, OutboxRelay, WebhookDelivery } from '#csms-requests';
import { openDataSource } from '#database';
import { UnreadableSecretError } from '#partners';
import { createLogger } from '#platform';
import { createTestDatabase, type TestDatabase } from '../../../../test/harness/database.js';
import { eventually } from '../../../../test/harness/wait-for.js';
import { WebhookClients } from '../../src/outbox/webhook-clients.js';
import { CsmsWebhook, isSigned } from './csms-webhook.js';
import { aboutToken, createClient, type RunningOutbox, say, startOutbox } from './outbox-app.js';

describe('a CSMS with a webhook', () => {
  const secret = newWebhookSecret();
  let database: TestDatabase;
  let outbox: RunningOutbox;
  let csms: CsmsWebhook;

  beforeAll(async () => {
    database = await createTestDatabase();
  });
  beforeEach(async () => {
    csms = new CsmsWebhook();
    await csms.listen();
    outbox = await startOutbox(database.url);
    await outbox.source.query('TRUNCATE csms_message, csms_subscriber, csms_client');
    await createClient(outbox, { name: 'csms', webhook: { url: csms.url, secret } });
  });
  afterEach(async () => {
    await outbox.close();
    await csms.close();
  });
  afterAll(async () => {
    await database.drop();
  });

  const told = (...uids: string[]) => eventually(() => expect(csms.uids()).toEqual(uids));

  it('is sent signed batches of CloudEvents, from the time it was set up', async () => {
    await say(outbox.source, 'A', 'B');
    await told('A', 'B');
    const [call] = csms.calls;
    expect(call?.headers['content-type']).toMatch(/^application\/cloudevents-batch\+json/);
    expect(isSigned(call!, secret)).toBe(true);
    expect(isSigned(call!, newWebhookSecret())).toBe(false);
    expect(call?.messages[0]).toMatchObject({
      source: 'http://gateway.test',
      type: 'ocpi.token.removed.v1',
    });
  });

  it('is not called while its secret cannot be read, which is said once', async () => {
    const said = jest.spyOn(createLogger('csms-outbox'), 'error').mockReturnValue(undefined);
    await outbox.source.query(`UPDATE csms_client SET webhook_secret = '\\x0102'`);
    const clients = outbox.app.get(WebhookClients);

    const lists = [await clients.list(), await clients.list(), await clients.list()];

    expect(lists).toEqual([[], [], []]);
    expect(said.mock.calls).toEqual([
      [{ client: 'csms', err: expect.any(UnreadableSecretError) }, 'a webhook is not called'],
    ]);
    said.mockRestore();
  });

  it('gets a refused batch again with the same ids, in order, after the time it asked for', async () => {
    csms.answer = (response) => void response.writeHead(503, { 'retry-after': '1' }).end();
    await say(outbox.source, 'A', 'B');
    await eventually(() => expect(csms.calls.length).toBeGreaterThan(1));
    csms.recover();
    await say(outbox.source, 'C');
    await eventually(() => expect(csms.uids().at(-1)).toBe('C'));
    const [first, second] = csms.calls;
    expect(second?.messages.map(({ id }) => id)).toEqual(first?.messages.map(({ id }) => id));
    expect(second?.headers['webhook-id']).toBe(first?.headers['webhook-id']);
    const sequences = csms.calls.flatMap(({ messages }) => messages.map((m) => Number(m.sequence)));
    expect(Math.max(...sequences)).toBe(sequences.at(-1));
  });

  it('loses nothing while it is away', async () => {
    const { port } = csms;
    await say(outbox.source, 'A');
    await told('A');
    await csms.close();
    await say(outbox.source, 'B');
    await say(outbox.source, 'C');
    await eventually(async () => {
      const [row] = await outbox.source.query('SELECT failures FROM csms_subscriber');
      return row.failures >= 1;
    });
    csms = new CsmsWebhook();
    await csms.listen(port);
    await told('B', 'C');
    await eventually(async () => {
      const [row] = await outbox.source.query('SELECT failures FROM csms_subscriber');
      return row.failures === 0;
    });
  });

  it('is not followed to another address', async () => {
    const elsewhere = new CsmsWebhook();
    await elsewhere.listen();
    csms.answer = (response) => void response.writeHead(307, { location: elsewhere.url }).end();
    await say(outbox.source, 'A');
    await eventually(() => expect(csms.calls.length).toBeGreaterThan(1));
    expect(elsewhere.calls).toEqual([]);
    await elsewhere.close();
  });

  it('is told in order of the sequence, however transactions overlap', async () => {
    const slow = outbox.source.createQueryRunner();
    await slow.startTransaction();
    await slow.query('SELECT pg_current_xact_id()');
    await say(outbox.source, 'OLD');
    await addCsmsMessages(slow, [aboutToken('NEW')]);
    await slow.commitTransaction();
    await slow.release();
    await told('OLD', 'NEW');
  });

  it('P11 (partial: messages to a CSMS): is told nothing twice when the process is stopped and started', async () => {
    await say(outbox.source, 'A');
    await told('A');
    await outbox.close();
    outbox = await startOutbox(database.url);
    await say(outbox.source, 'B');
    await told('A', 'B');
  });

  it('hears of the last batch again, by its ids, from who takes over after a kill between answer and cursor', async () => {
    await outbox.close();
    const victims = await openDataSource(database.url, 3);
    const heirs = await openDataSource(database.url, 3);
    const relayOn = async (source: typeof victims, owner: string) => {
      const tail = new TailReader(source, CSMS_MESSAGES);
      await tail.refresh();
      const delivery = new WebhookDelivery({ url: csms.url, secret, timeoutMs: 10_000 });
      const options = { name: 'own', owner, leaseSeconds: 1, source: 's', maxBackoffMs: 1000 };
      return { tail, relay: new OutboxRelay(source, tail, delivery, options) };
    };
    await heirs.query(
      `INSERT INTO csms_subscriber (name, cursor_xid, cursor_seq) VALUES ('own', 0, 0)`,
    );
    await say(heirs, 'A', 'B');
    // As if killed: the webhook takes the batch, and from then on the first process says nothing more to the database.
    csms.answer = (response) => {
      void victims.destroy().then(() => response.writeHead(200).end());
    };
    const victim = await relayOn(victims, 'victim');
    victim.relay.start();
    await told('A', 'B');
    csms.recover();
    const heir = await relayOn(heirs, 'heir');
    heir.relay.start();
    await told('A', 'B', 'A', 'B');
    const [first, repeat] = csms.calls;
    expect(repeat?.messages).toEqual(first?.messages);
    await eventually(async () => {
      const [row] = await heirs.query(`SELECT cursor_seq FROM csms_subscriber WHERE name = 'own'`);
      return row.cursor_seq > 0;
    });
    await victim.relay.stop();
    await heir.relay.stop();
    await heirs.destroy();
    outbox = await startOutbox(database.url);
  });
});
