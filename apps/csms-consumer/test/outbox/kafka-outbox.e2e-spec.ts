import { outgoingTopic } from '#csms-contract';
import { addCsmsMessages } from '#csms-requests';
import { Metrics } from '#platform';
import { ConfigResourceTypes, type Consumer, Kafka, logLevel } from 'kafkajs';
import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { createTestDatabase, type TestDatabase } from '../../../../test/harness/database.js';
import {
  describeKafka,
  kafkaBrokers,
  makeTopic,
  uniqueTopicPrefix,
} from '../../../../test/harness/kafka.js';
import { type LocalKafka, startOwnKafka } from '../../../../test/harness/local-services.js';
import { eventually } from '../../../../test/harness/wait-for.js';
import { aboutToken, type RunningOutbox, say, startOutbox } from './outbox-app.js';

/** A group forms, and a broker comes back, in the time a busy machine leaves them. */
const PATIENCE = { timeoutMs: 90_000 };

describeKafka('a CSMS on Kafka', () => {
  let database: TestDatabase;
  let outbox: RunningOutbox | undefined;
  let consumer: Consumer | undefined;
  let own: LocalKafka | undefined;
  let prefix: string;
  let received: { key: string; uid: string; headers: Record<string, string> }[];
  let tombstones: { key: string; after: string | undefined; headers: Record<string, string> }[];

  beforeEach(async () => {
    database = await createTestDatabase();
    prefix = uniqueTopicPrefix();
    received = [];
    tombstones = [];
  });
  afterEach(async () => {
    await consumer?.disconnect();
    await outbox?.close();
    await own?.stop();
    consumer = outbox = own = undefined;
    await database.drop();
  });

  const client = (brokers: string[]) =>
    new Kafka({
      brokers,
      logLevel: logLevel.NOTHING,
      connectionTimeout: 1000,
      requestTimeout: 5000,
      retry: { initialRetryTime: 100, maxRetryTime: 1000, factor: 0.2, retries: 1000 },
    });
  const start = (brokers: string[]) =>
    startOutbox(database.url, {
      OCPI_CSMS_OUT: 'kafka',
      KAFKA_BROKERS: brokers.join(','),
      OCPI_KAFKA_TOPIC_PREFIX: prefix,
    });

  async function createTopic(brokers: string[]): Promise<string> {
    const topic = outgoingTopic('ocpi.token.removed.v1', prefix);
    await makeTopic(brokers, topic, 3);
    return topic;
  }

  async function limitMessages(brokers: string[], topic: string, bytes: number): Promise<void> {
    const admin = client(brokers).admin();
    await admin.connect();
    const configEntries = [{ name: 'max.message.bytes', value: `${bytes}` }];
    const resources = [{ type: ConfigResourceTypes.TOPIC, name: topic, configEntries }];
    await admin.alterConfigs({ validateOnly: false, resources });
    await admin.disconnect();
  }

  async function consume(brokers: string[], topic: string): Promise<void> {
    consumer = client(brokers).consumer({ groupId: topic, maxWaitTimeInMs: 200 });
    await consumer.connect();
    await consumer.subscribe({ topic, fromBeginning: true });
    await consumer.run({
      eachMessage: async ({ message }) => {
        const key = String(message.key);
        const headers = Object.fromEntries(
          Object.entries(message.headers ?? {}).map(([k, v]) => [k, String(v)]),
        );
        if (message.value === null) {
          const before = received.findLast((other) => other.key === key);
          tombstones.push({ key, after: before?.headers['ce_id'], headers });
          return;
        }
        received.push({ key, uid: JSON.parse(String(message.value)).uid, headers });
      },
    });
  }

  const uids = () => received.map(({ uid }) => uid);

  it('reads what was said since before the first start, keyed and in order per key', async () => {
    const brokers = kafkaBrokers();
    const topic = await createTopic(brokers);
    outbox = await startOutbox(database.url, { OCPI_CSMS_OUT: 'none' });
    await say(outbox.source, ...Array.from({ length: 300 }, (_, n) => `T${n % 10}`));
    await outbox.close();
    outbox = await start(brokers);
    await consume(brokers, topic);
    await eventually(() => expect(received.length).toBeGreaterThanOrEqual(300), PATIENCE);
    expect(received[0]?.headers).toMatchObject({
      ce_specversion: '1.0',
      ce_type: 'ocpi.token.removed.v1',
      ce_source: 'http://gateway.test',
      'content-type': 'application/json',
    });
    const ids = new Set(received.map(({ headers }) => headers['ce_id']));
    expect(ids.size).toBe(300);
    for (let n = 0; n < 10; n++) {
      const mine = received.filter(({ key }) => key === `DE*EMP*RFID*T${n}`);
      const sequences = mine.map(({ headers }) => Number(headers['ce_sequence']));
      expect(sequences).toEqual([...sequences].sort((a, b) => a - b));
      expect(mine).toHaveLength(30);
    }
  });

  it('frees the key of a removed token, so that compaction forgets the driver', async () => {
    const brokers = kafkaBrokers();
    const topic = await createTopic(brokers);
    outbox = await start(brokers);
    await addCsmsMessages(outbox.source, [
      { ...aboutToken('KEPT'), type: 'ocpi.token.upserted.v1' },
      aboutToken('GONE'),
    ]);
    await consume(brokers, topic);

    await eventually(() => expect(tombstones).not.toEqual([]), PATIENCE);

    const removal = received.find(({ uid }) => uid === 'GONE')!;
    expect(removal.headers['ce_type']).toBe('ocpi.token.removed.v1');
    expect(tombstones).toEqual(
      tombstones.map(() => ({
        key: 'DE*EMP*RFID*GONE',
        after: removal.headers['ce_id'],
        headers: removal.headers,
      })),
    );
    await eventually(() => expect(uids()).toContain('KEPT'), PATIENCE);
  });

  it('P9 (partial: messages to a CSMS): a message larger than its topic takes is given up, and stops no other', async () => {
    const brokers = kafkaBrokers();
    const topic = await createTopic(brokers);
    await limitMessages(brokers, topic, 4000);
    outbox = await startOutbox(database.url, { OCPI_CSMS_OUT: 'none' });
    const { source } = outbox;
    const large = (uid: string, key: string) => ({
      ...aboutToken(uid),
      key,
      data: { uid, visual_number: '0'.repeat(5000) },
    });
    await say(source, ...Array.from({ length: 50 }, (_, n) => `A${n}`));
    await addCsmsMessages(source, [large('LARGE-1', 'DE*EMP*RFID*A0'), large('LARGE-2', 'other')]);
    await say(source, ...Array.from({ length: 50 }, (_, n) => `A${n}`));
    await outbox.close();

    outbox = await start(brokers);
    await consume(brokers, topic);

    await eventually(() => {
      const ids = new Set(received.map(({ headers }) => headers['ce_id']));
      expect(ids.size).toBe(100);
    });
    expect(new Set(uids()).size).toBe(50);
    const { app } = outbox;
    await eventually(async () => {
      const { values } = await app.get(Metrics).csmsMessagesGivenUpTotal.get();
      expect(values).toEqual([{ labels: { subscriber: 'kafka' }, value: 2 }]);
    });
    const kept = await outbox.source.query(
      `SELECT data::json->>'uid' AS uid FROM csms_message WHERE length(data) > 4000 ORDER BY seq`,
    );
    expect(kept).toEqual([{ uid: 'LARGE-1' }, { uid: 'LARGE-2' }]);
    await say(outbox.source, 'LATER');
    await eventually(() => expect(uids()).toContain('LATER'));
  });

  it('P10 (partial: messages to a CSMS): misses nothing when the broker goes and comes back', async () => {
    const dir = await fs.mkdtemp(path.join(os.tmpdir(), 'ocpi-outbox-kafka-'));
    own = await startOwnKafka(dir);
    const brokers = own.brokers.split(',');
    const topic = await createTopic(brokers);
    outbox = await start(brokers);
    await consume(brokers, topic);
    const { source } = outbox;
    await say(source, 'A');
    await eventually(() => expect(uids()).toContain('A'), PATIENCE);

    await own.kill();
    await say(source, 'B');
    await say(source, 'C');
    await eventually(async () => {
      const [row] = await source.query('SELECT failures FROM csms_subscriber');
      return row.failures >= 1;
    }, PATIENCE);
    await own.restart();
    await say(source, 'D');
    await eventually(
      () => expect(new Set(uids())).toEqual(new Set(['A', 'B', 'C', 'D'])),
      PATIENCE,
    );
    await eventually(async () => {
      const [row] = await source.query('SELECT failures FROM csms_subscriber');
      return row.failures === 0;
    }, PATIENCE);
  }, 300_000);
});
