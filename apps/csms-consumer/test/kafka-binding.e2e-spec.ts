import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { toKafkaMessage, toStructured } from '#csms-contract';
import { GracefulShutdown, readSettings } from '#platform';
import {
  ConfigResourceTypes,
  type Consumer,
  type Kafka,
  type Message,
  type Producer,
} from 'kafkajs';
import { DataSource } from 'typeorm';
import { createTestDatabase, type TestDatabase } from '../../../test/harness/database.js';
import { describeKafka, kafkaBrokers, uniqueTopicPrefix } from '../../../test/harness/kafka.js';
import { eventually } from '../../../test/harness/wait-for.js';
import { startCsmsConsumer } from '../src/create-app.js';
import { createTopics, TOPICS_PATIENCE_MS } from '../src/kafka/create-topics.js';
import { kafkaClient } from '../src/kafka/kafka-client.js';
import { exampleData, type Json, site } from './processor-harness.js';

describeKafka('the Kafka binding', () => {
  const prefix = uniqueTopicPrefix();
  let database: TestDatabase;
  let app: NestFastifyApplication;
  let kafka: Kafka;
  let producer: Producer;
  let environment: Record<string, string>;

  beforeAll(async () => {
    database = await createTestDatabase();
    environment = {
      OCPI_ENVIRONMENT: 'development',
      OCPI_LOG_LEVEL: 'silent',
      DATABASE_URL: database.url,
      DATABASE_POOL_SIZE: '8',
      OCPI_BIND_ADDRESS: '127.0.0.1',
      OCPI_CONSUMER_INTERNAL_PORT: '0',
      KAFKA_BROKERS: kafkaBrokers().join(','),
      KAFKA_GROUP_ID: prefix,
      OCPI_KAFKA_TOPIC_PREFIX: prefix,
    };
    const client = kafkaClient(readSettings(environment), {
      requestTimeoutMs: TOPICS_PATIENCE_MS,
    });
    if (!client) throw new Error('no brokers');
    kafka = client;
    expect(await createTopics(kafka, prefix)).toContain(`${prefix}csms.locations.v1.dlq`);
    expect(await createTopics(kafka, prefix)).toEqual([]);
    producer = kafka.producer();
    await producer.connect();
    app = (await startCsmsConsumer(environment)).app;
    await app.get(DataSource).query(
      `INSERT INTO hosted_party (party_key, country_code, party_id, business_details)
       VALUES ('NL*AAA', 'NL', 'AAA', '{"name":"A"}')`,
    );
  });
  afterAll(async () => {
    await producer.disconnect();
    await app.get(GracefulShutdown).run(() => app.close());
    await database.drop();
  });

  it('makes the topic of tokens so that a freed key is forgotten, after a week for whoever was away', async () => {
    const admin = kafka.admin();
    await admin.connect();
    const names = ['cleanup.policy', 'max.compaction.lag.ms', 'delete.retention.ms'];
    const { resources } = await admin.describeConfigs({
      includeSynonyms: false,
      resources: ['gateway.tokens.v1', 'csms.locations.v1'].map((topic) => ({
        type: ConfigResourceTypes.TOPIC,
        name: `${prefix}${topic}`,
        configNames: names,
      })),
    });
    await admin.disconnect();
    const valuesOf = (entries: { configName: string; configValue: string }[] = []) =>
      names.map((name) => entries.find(({ configName }) => configName === name)?.configValue);

    expect(valuesOf(resources[0]?.configEntries)).toEqual(['compact', '86400000', '604800000']);
    expect(valuesOf(resources[1]?.configEntries)[0]).toBe('compact');
  });

  let count = 0;
  const event = (type: string, data: Json, time: string) => ({
    id: `k${++count}`,
    source: 'urn:test',
    type: `ocpi.${type}.v1`,
    subject: 's',
    time: new Date(time),
    key: `NL*AAA*${String(data.location_id ?? data.id)}`,
    data: JSON.stringify(data),
  });
  const send = (topic: string, messages: Message[]) =>
    producer.send({ topic: `${prefix}${topic}`, messages });
  const rows = (sql: string): Promise<Json[]> => app.get(DataSource).query(sql);
  const status = (value: string, time: string) =>
    event('evse.status-changed', { ...exampleData('evse.status-changed'), status: value }, time);

  it('takes binary and structured events, a status before its Location too', async () => {
    const early = status('CHARGING', '2026-03-01T09:00:00Z');
    await send('csms.evse-status.v1', [toKafkaMessage(early)]);
    await eventually(
      async () => (await rows(`SELECT 1 FROM parked_event WHERE state = 'held'`)).length === 1,
    );
    const location = event('location.upserted', site(), '2026-03-01T08:00:00Z');
    await send('csms.locations.v1', [{ key: location.key, value: toStructured(location) }]);
    await eventually(async () => {
      expect(await rows(`SELECT status FROM evse_state WHERE status = 'CHARGING'`)).toHaveLength(1);
      expect(await rows('SELECT 1 FROM parked_event')).toEqual([]);
    });
  });

  it('passes over tombstones and parks what is no event, with its bytes, to table and dead letters; the rest goes on', async () => {
    const key = 'NL*AAA*HARBOUR-7';
    const last = status('BLOCKED', '2026-03-01T10:00:00Z');
    await send('csms.evse-status.v1', [
      { key, value: null },
      { key, value: Buffer.from([0xff, 0x00, 0xfe]) },
      { key, value: '{"specversion":"1.0"}' },
      { ...toKafkaMessage(status('NO_STATUS', '2026-03-01T09:30:00Z')) },
      toKafkaMessage(last),
      toKafkaMessage(last),
    ]);
    await eventually(async () => {
      expect(await rows(`SELECT status FROM evse_state WHERE status = 'BLOCKED'`)).toHaveLength(1);
    });
    const parked = await rows('SELECT reason, raw, origin FROM parked_event ORDER BY id');
    expect(parked).toHaveLength(3);
    expect(parked[0]).toMatchObject({
      raw: Buffer.from([0xff, 0x00, 0xfe]),
      origin: { topic: `${prefix}csms.evse-status.v1`, key },
    });
    const dead = kafka.consumer({ groupId: `${prefix}dead` });
    const seen = await readSome(dead, `${prefix}csms.evse-status.v1.dlq`, 3);
    expect(seen[0]?.headers?.['ocpi_reason']?.toString()).toContain('not JSON');
    expect(seen[0]?.value).toEqual(Buffer.from([0xff, 0x00, 0xfe]));
  });

  it('commits what it stored: a consumer that starts anew takes nothing twice and goes on where it was', async () => {
    await app.get(GracefulShutdown).run(() => app.close());
    const missed = status('CHARGING', '2026-03-01T11:00:00Z');
    await send('csms.evse-status.v1', [toKafkaMessage(missed)]);
    app = (await startCsmsConsumer(environment)).app;
    await eventually(async () => {
      expect(await rows(`SELECT 1 FROM evse_state WHERE status = 'CHARGING'`)).toHaveLength(1);
    });
    expect(await rows('SELECT 1 FROM parked_event')).toHaveLength(3);
  });
});

async function readSome(
  consumer: Consumer,
  topic: string,
  wanted: number,
): Promise<{ value: Buffer | null; headers?: Record<string, Json> }[]> {
  const seen: Json[] = [];
  await consumer.connect();
  await consumer.subscribe({ topics: [topic], fromBeginning: true });
  await consumer.run({
    eachMessage: async ({ message }) => {
      seen.push(message);
    },
  });
  await eventually(() => seen.length >= wanted);
  await consumer.disconnect();
  return seen;
}
