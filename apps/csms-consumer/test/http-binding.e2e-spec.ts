import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { createHash } from 'node:crypto';
import { GracefulShutdown } from '#platform';
import { DataSource } from 'typeorm';
import { createTestDatabase, type TestDatabase } from '../../../test/harness/database.js';
import { startCsmsConsumer } from '../src/create-app.js';
import { exampleData, type Json, site } from './processor-harness.js';

let database: TestDatabase;
let app: NestFastifyApplication;
let url: string;

const KEY = 'key-of-the-csms-of-this-test';
const OTHER_KEY = 'key-of-another-csms-of-this-test';

beforeAll(async () => {
  database = await createTestDatabase();
  const started = await startCsmsConsumer({
    OCPI_ENVIRONMENT: 'development',
    OCPI_LOG_LEVEL: 'silent',
    DATABASE_URL: database.url,
    DATABASE_POOL_SIZE: '8',
    OCPI_BIND_ADDRESS: '127.0.0.1',
    OCPI_CONSUMER_INTERNAL_PORT: '0',
    OCPI_MAX_BODY_BYTES: '2000000',
  });
  app = started.app;
  url = `http://127.0.0.1:${started.internalPort}/csms/v1/events`;
  const dataSource = app.get(DataSource);
  await dataSource.query(
    `INSERT INTO hosted_party (party_key, country_code, party_id, business_details)
     VALUES ('NL*AAA', 'NL', 'AAA', '{"name":"A"}'), ('NL*BBB', 'NL', 'BBB', '{"name":"B"}')`,
  );
  for (const [name, key, parties, sources] of [
    ['a', KEY, ['NL*AAA'], []],
    ['b', OTHER_KEY, ['NL*BBB'], ['urn:only']],
  ] as const) {
    await dataSource.query(
      'INSERT INTO csms_client (name, key_hash, parties, sources) VALUES ($1, $2, $3, $4)',
      [name, createHash('sha256').update(key).digest(), parties, sources],
    );
  }
});
afterAll(async () => {
  await app.get(GracefulShutdown).run(() => app.close());
  await database.drop();
});

let count = 0;
const event = (type: string, data: unknown, parts = {}): object => ({
  specversion: '1.0',
  id: `e${++count}`,
  source: 'urn:test',
  type: `ocpi.${type}.v1`,
  time: '2026-03-01T08:00:00Z',
  ...parts,
  data,
});

async function post(
  body: unknown,
  { key = KEY, type = 'application/cloudevents-batch+json' } = {},
): Promise<{ status: number; body: Json; headers: Headers }> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': type, ...(key && { authorization: `Bearer ${key}` }) },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  const text = await response.text();
  return { status: response.status, body: text && JSON.parse(text), headers: response.headers };
}

describe('POST /csms/v1/events', () => {
  it('takes a batch and answers for each event, in order', async () => {
    const location = event('location.upserted', site());
    const status = event('evse.status-changed', exampleData('evse.status-changed'), {
      time: '2026-03-01T09:00:00Z',
    });
    const { status: code, body } = await post([location, status, location, { id: 'no-event' }]);
    expect(code).toBe(200);
    expect(body.results).toMatchObject([
      { id: 'e1', outcome: 'applied' },
      { id: 'e2', outcome: 'applied' },
      { id: 'e1', outcome: 'duplicate' },
      { id: 'no-event', outcome: 'parked', reason: expect.stringContaining('not a CloudEvent') },
    ]);
  });

  it.each([101, 900, 50_000])('parks an event nested %i levels alone', async (levels) => {
    const deep = JSON.stringify(event('location.upserted', { ...site(), odd: 0 })).replace(
      '"odd":0',
      `"odd":${'['.repeat(levels)}",]"${']'.repeat(levels)}`,
    );
    const sound = event('location.upserted', {
      ...site({ id: `BESIDE-${levels}` }),
      party_id: 'AAA',
    });
    const parked = { outcome: 'parked', reason: 'nested deeper than 100 levels' };

    const batch = await post(`[${deep}, ${JSON.stringify(sound)}]`);
    expect(batch.status).toBe(200);
    expect(batch.body.results).toEqual([
      { id: JSON.parse(deep).id, ...parked },
      expect.objectContaining({ id: (sound as Json).id, outcome: 'applied' }),
    ]);
    const [row] = await app
      .get(DataSource)
      .query<Json[]>('SELECT raw FROM parked_event WHERE event_id = $1', [JSON.parse(deep).id]);
    expect(row.raw.toString()).toBe(deep);

    const another = deep.replace('"id":"', '"id":"alone-');
    const alone = await post(another, { type: 'application/cloudevents+json' });
    expect(alone.body.results).toEqual([{ id: JSON.parse(another).id, ...parked }]);
    for (const broken of [
      `[${deep}`,
      `[${deep},]`,
      `[${deep},x]`,
      `[${deep}}`,
      `${deep}]`,
      `[${deep}] x`,
    ]) {
      expect((await post(broken)).status).toBe(400);
    }
  });

  it('takes a single event', async () => {
    const { body } = await post(
      event('evse.status-changed', { ...exampleData('evse.status-changed'), location_id: 'X' }),
      { type: 'application/cloudevents+json' },
    );
    expect(body.results).toMatchObject([{ outcome: 'held' }]);
  });

  it('lets a client write for its own parties and sources alone, and stores nothing else', async () => {
    const before = await parkedCount();
    const foreign = await post([event('location.upserted', site())], { key: OTHER_KEY });
    expect(foreign.body.results).toMatchObject([{ outcome: 'refused' }]);
    const own = site({ party_id: 'BBB' });
    const wrongSource = await post([event('location.upserted', own)], { key: OTHER_KEY });
    expect(wrongSource.body.results).toMatchObject([
      { outcome: 'refused', reason: expect.stringContaining('source') },
    ]);
    const right = await post([event('location.upserted', own, { source: 'urn:only' })], {
      key: OTHER_KEY,
    });
    expect(right.body.results).toMatchObject([{ outcome: 'applied' }]);
    expect(await parkedCount()).toBe(before);
  });

  it('answers 401 without a key that it knows', async () => {
    expect(await post([], { key: '' })).toMatchObject({
      status: 401,
      body: { message: 'the key of a CSMS client is required' },
    });
    expect(await post([], { key: 'wrong' })).toMatchObject({
      status: 401,
      body: { message: 'unknown key' },
    });
  });

  it('answers 400, 413 and 415 to what it cannot take, and stores nothing', async () => {
    expect((await post('{')).status).toBe(400);
    expect((await post('5')).status).toBe(400);
    expect((await post([], { type: 'text/plain' })).status).toBe(415);
    expect((await post(Array.from({ length: 1001 }, () => 1))).status).toBe(413);
    expect((await post(`["${'x'.repeat(2_000_001)}"]`)).status).toBe(413);
  });
});

const parkedCount = async (): Promise<number> => {
  const rows = await app.get(DataSource).query('SELECT count(*) AS count FROM parked_event');
  return rows[0].count;
};
