import { jest } from '@jest/globals';
import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Location, type Tariff } from '#ocpi';
import { GracefulShutdown, readSettings } from '#platform';
import { DataSource } from 'typeorm';
import { aConnector, aLocation, anEvse } from '../../../libs/ocpi/test/location-builder.js';
import { createTestDatabase, type TestDatabase } from '../../../test/harness/database.js';
import { describeKafka, kafkaBrokers, uniqueTopicPrefix } from '../../../test/harness/kafka.js';
import { eventually } from '../../../test/harness/wait-for.js';
import { startCsmsConsumer } from '../../csms-consumer/src/create-app.js';
import { createTopics } from '../../csms-consumer/src/kafka/create-topics.js';
import { kafkaClient } from '../../csms-consumer/src/kafka/kafka-client.js';
import { runCli } from '../src/run-cli.js';

/** Against hanging only: a busy machine takes its time to make a database and topics. */
jest.setTimeout(120_000);

const tariff: Tariff = {
  country_code: 'BE',
  party_id: 'BEC',
  id: '14',
  currency: 'EUR',
  tax_included: 'NO',
  elements: [{ price_components: [{ type: 'ENERGY', price: 0.3, step_size: 1 }] }],
  last_updated: '2026-01-01T10:00:00Z',
};

const sites = (count: number, evses: number): Location[] =>
  Array.from({ length: count }, (_, site) =>
    aLocation({
      id: `LOC${site}`,
      evses: Array.from({ length: evses }, (_, n) =>
        anEvse({
          uid: `${site}-${n}`,
          evse_id: `BE*BEC*E${site}*${n}`,
          connectors: ['1', '2'].map((id) => aConnector({ id })),
        }),
      ),
    }),
  );

describeKafka('ocpi feed --kafka', () => {
  const prefix = uniqueTopicPrefix();
  let database: TestDatabase;
  let app: NestFastifyApplication;
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'ocpi-feed-kafka-'));
    database = await createTestDatabase();
    const environment = {
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
    const kafka = kafkaClient(readSettings(environment));
    if (!kafka) throw new Error('no brokers');
    await createTopics(kafka, prefix);
    app = (await startCsmsConsumer(environment)).app;
    await app.get(DataSource).query(
      `INSERT INTO hosted_party (party_key, country_code, party_id, business_details)
       VALUES ('BE*BEC', 'BE', 'BEC', '{"name":"A"}')`,
    );
  });
  afterAll(async () => {
    await app.get(GracefulShutdown).run(() => app.close());
    await database.drop();
    await rm(folder, { recursive: true });
  });

  async function write(name: string, content: unknown): Promise<string> {
    const file = path.join(folder, name);
    await writeFile(file, JSON.stringify(content));
    return file;
  }

  async function feed(brokers: string, topicPrefix: string, ...files: string[]) {
    const out: string[] = [];
    const err: string[] = [];
    const code = await runCli(
      ['feed', ...files, '--kafka', brokers, '--topic-prefix', topicPrefix],
      { env: {}, out: (line) => out.push(line), err: (line) => err.push(line) },
    );
    return { code, out: out.join('\n'), err: err.join('\n') };
  }
  const feedHere = (...files: string[]) => feed(kafkaBrokers().join(','), prefix, ...files);
  const query = <T>(sql: string): Promise<T[]> => app.get(DataSource).query(sql);
  const locations = () =>
    query(`SELECT l.location_key AS id, count(e.id) AS evses, l.removed_at IS NOT NULL AS removed
             FROM location l LEFT JOIN evse e ON e.location_id = l.id GROUP BY l.id ORDER BY l.location_key`);

  it('states a network from files, and the next time removes what is missing in them', async () => {
    const tariffs = await write('tariffs.json', [tariff]);
    const both = await write('locations.json', sites(2, 2));

    expect(await feedHere(both, tariffs)).toEqual({
      code: 0,
      out: 'Stated 2 locations and 1 tariffs.',
      err: '',
    });

    await eventually(async () => {
      expect(await locations()).toEqual([
        { id: 'LOC0', evses: 2, removed: false },
        { id: 'LOC1', evses: 2, removed: false },
      ]);
      expect(await query('SELECT tariff_key AS id FROM tariff')).toEqual([{ id: '14' }]);
    });

    expect((await feedHere(await write('fewer.json', sites(1, 2)))).code).toBe(0);

    await eventually(async () => {
      expect(await locations()).toEqual([
        { id: 'LOC0', evses: 2, removed: false },
        { id: 'LOC1', evses: 2, removed: true },
      ]);
    });
    expect(await query('SELECT reason FROM parked_event')).toEqual([]);
  });

  it('states sites that together are larger than a request may be', async () => {
    const file = await write('large.json', sites(60, 120));

    expect(await feedHere(file)).toMatchObject({ code: 0, err: '' });

    await eventually(
      async () => {
        const stored = await query<{ evses: number; removed: boolean }>(
          `SELECT count(e.id) AS evses FROM location l JOIN evse e ON e.location_id = l.id
            WHERE l.removed_at IS NULL GROUP BY l.id HAVING count(e.id) >= 120`,
        );
        expect(stored).toHaveLength(60);
      },
      { timeoutMs: 60_000 },
    );
    expect(await query('SELECT reason FROM parked_event')).toEqual([]);
  });

  it.each([
    ['the topics are not there', () => kafkaBrokers().join(','), uniqueTopicPrefix(), /topic/],
    ['no broker answers', () => '127.0.0.1:9', prefix, /127\.0\.0\.1:9/],
  ])('says so soon when %s', async (_, brokers, topicPrefix, reason) => {
    const startedAt = performance.now();

    const { code, out, err } = await feed(
      brokers(),
      topicPrefix,
      await write('small.json', [tariff]),
    );

    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toMatch(/^ocpi: /);
    expect(err).toMatch(reason);
    expect(performance.now() - startedAt).toBeLessThan(30_000);
  });
});
