import { jest } from '@jest/globals';
import { csmsEvent } from '#csms-client';
import fc from 'fast-check';
import { OCPI_VERSIONS } from '#ocpi';
import http from 'node:http';
import net from 'node:net';
import pg from 'pg';
import { buildNetwork } from '../../apps/sandbox/src/csms/charging-network.js';
import { VirtualCsms } from '../../apps/sandbox/src/csms/virtual-csms.js';
import { eventually } from '../harness/wait-for.js';
import { Journey } from './journey.js';
import { type Callers, malformedRequests, type RawRequest } from './malformed-requests.js';

/** Against hanging only. */
jest.setTimeout(120000);

const OPERATOR = { country_code: 'NL', party_id: 'EVC' };
const REQUESTS = 1000;
const SEED = 230;
const AT_ONCE = 8;

/** Columns that tell of a partner's last visit and not of what it said. */
const WHAT_IS_STORED: Record<string, string> = {
  cdr: '*',
  cdr_receipt: '*',
  change: '*',
  connection:
    'id, name, kind, state, paused, version, versions_url, outbound_token, profile, allowed_parties',
  connection_token: 'token_hash, connection_id, purpose, state',
  csms_message: '*',
  hosted_party: '*',
  location: '*',
  evse: '*',
  evse_state: '*',
  inbox: '*',
  object_grant: '*',
  parked_event: '*',
  parked_push: '*',
  remote_endpoint: '*',
  remote_party: '*',
  session: '*',
  tariff: '*',
  token: '*',
};

describe('malformed requests', () => {
  let journey: Journey;
  let callers: Callers;
  let pool: pg.Pool;
  const agent = new http.Agent({ keepAlive: true, maxSockets: AT_ONCE });

  beforeAll(async () => {
    journey = await Journey.start('HTTP', OPERATOR);
    pool = new pg.Pool({ connectionString: journey.database.url, max: 1 });
    const csms = new VirtualCsms(buildNetwork(OPERATOR, new Date()), journey.sender);
    await csms.stateNetwork();
    const { tokenA } = await journey.admin.connect('invited', 'FR*INV');
    const tokenOf = (version: (typeof OCPI_VERSIONS)[number]): string =>
      (JSON.parse(journey.emsp(version).link.toText()) as { theirs: string }).theirs;
    callers = {
      full: { '2.1.1': tokenOf('2.1.1'), '2.2.1': tokenOf('2.2.1'), '2.3.0': tokenOf('2.3.0') },
      bootstrap: tokenA,
    };
    // A pull meanwhile would write to what is compared.
    await eventually(async () => {
      const { rows } = await pool.query(
        `SELECT id FROM connection WHERE state = 'registered' AND token_pull->>'through' IS NULL`,
      );
      expect(rows).toEqual([]);
    });
    for (const version of OCPI_VERSIONS) {
      const emsp = journey.emsp(version);
      await emsp.pushToken({
        ...(version === '2.1.1'
          ? { auth_id: 'DEE11C1' }
          : { ...emsp.options.party, contract_id: 'DEE11C1' }),
        uid: 'CARD-0',
        type: 'RFID',
        issuer: 'Issuer',
        valid: true,
        whitelist: 'ALWAYS',
        last_updated: '2026-01-01T00:00:00Z',
      });
      await eventually(() => emsp.store.locations.size === csms.network.locations.length);
    }
  });
  afterAll(async () => {
    agent.destroy();
    await (pool as pg.Pool | undefined)?.end();
    await (journey as Journey | undefined)?.stop();
  });

  const stored = async (): Promise<Record<string, string>> => {
    const digests: Record<string, string> = {};
    for (const [table, columns] of Object.entries(WHAT_IS_STORED)) {
      const { rows } = await pool.query<{ digest: string }>(
        `SELECT count(*) || ' rows ' || md5(coalesce(string_agg(r::text, '|' ORDER BY r::text), '')) AS digest
           FROM (SELECT ${columns} FROM ${table}) r`,
      );
      digests[table] = rows[0]?.digest ?? '';
    }
    return digests;
  };

  const send = ({ method, path, headers, body }: RawRequest): Promise<Answer> =>
    new Promise((resolve, reject) => {
      const { hostname, port } = new URL(journey.servers.publicUrl);
      const length = body ? { 'content-length': String(body.length) } : {};
      const request = http.request(
        { hostname, port, method, path, agent, headers: { ...headers, ...length } },
        (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('end', () =>
            resolve({
              status: response.statusCode ?? 0,
              type: response.headers['content-type'] ?? '',
              text: Buffer.concat(chunks).toString(),
            }),
          );
        },
      );
      request.on('error', reject);
      request.end(body);
    });

  it('STA-01 (partial: generated bodies), STA-16, TRN-48: 1,000 of them get an envelope each, never a 5xx, and nothing is stored', async () => {
    const requests = fc.sample(malformedRequests(callers), { seed: SEED, numRuns: REQUESTS });
    expect(requests).toHaveLength(REQUESTS);
    const before = await stored();
    const faults: string[] = [];
    const statuses = new Map<number, number>();
    const queue = [...requests];
    await Promise.all(
      Array.from({ length: AT_ONCE }, async () => {
        for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
          const answer = await send(next).catch((error: unknown) => String(error));
          const fault = typeof answer === 'string' ? answer : faultOf(answer);
          if (typeof answer !== 'string') {
            statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
          }
          if (fault !== undefined) {
            faults.push(
              `${next.method} ${next.path.slice(0, 200)} ${String(next.body).slice(0, 200)}: ${fault}`,
            );
          }
        }
      }),
    );
    expect(faults).toEqual([]);
    expect(await stored()).toEqual(before);
    // The sample has to reach beyond the guard: verdicts on content, unknown objects, methods and strangers all occur.
    expect([...statuses.keys()].sort()).toEqual(expect.arrayContaining([200, 400, 401, 404, 405]));
  });

  it('TRN-48 (partial: what is no HTTP request): bytes that are no request are answered, and the server lives on', async () => {
    const { hostname, port } = new URL(journey.servers.publicUrl);
    for (const bytes of [
      'GARBAGE\r\n\r\n',
      'GET /ocpi/versions HTTP/9.9\r\n\r\n',
      `GET /ocpi/versions HTTP/1.1\r\nHost: x\r\nX: ${'a'.repeat(40_000)}\r\n\r\n`,
      'PUT /ocpi/2.2.1/tokens/DE/E21/X HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n{}',
      'PUT /ocpi/2.2.1/tokens/DE/E21/X HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n',
    ]) {
      const text = await exchange(hostname, Number(port), bytes);
      const [head = '', body = ''] = text.split('\r\n\r\n');
      expect(head).toMatch(/^HTTP\/1\.1 4\d\d /);
      expect(JSON.parse(body)).toMatchObject({
        status_code: expect.any(Number),
        timestamp: expect.any(String),
      });
    }
    const answer = await send({
      method: 'GET',
      path: '/ocpi/versions',
      headers: {},
      body: undefined,
    });
    expect(answer.status).toBe(401);
  });

  it('events that nobody can use are parked with a reason, and change nothing else', async () => {
    const before = await stored();
    const event = csmsEvent(
      'ocpi.evse.status-changed.v1',
      { ...OPERATOR, location_id: 'SITE-001', evse_uid: 'EVSE-000011', status: 'ON FIRE' },
      { source: 'urn:test' },
    );
    await journey.sender.send([event]);
    expect(journey.refused).toMatchObject([
      { id: event.id, reason: expect.stringContaining('status') },
    ]);
    const after = await stored();
    expect({ ...after, inbox: '', parked_event: '' }).toEqual({
      ...before,
      inbox: '',
      parked_event: '',
    });
  });
});

interface Answer {
  status: number;
  type: string;
  text: string;
}

function faultOf({ status, type, text }: Answer): string | undefined {
  if (status >= 500) return `HTTP ${status} ${text}`;
  if (!type.startsWith('application/json')) return `content type ${type}`;
  try {
    const { status_code: code, timestamp } = JSON.parse(text);
    if (!Number.isInteger(code) || code < 1000 || code > 4999) return `no status_code: ${text}`;
    if (code % 1000 >= 900) return `a code of custom modules: ${text}`;
    if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,3})?Z$/.test(timestamp))
      return `no timestamp: ${text}`;
    if (status >= 400 && code < 2000) return `HTTP ${status} with ${code}`;
    return undefined;
  } catch {
    return `no JSON: ${text.slice(0, 200)}`;
  }
}

function exchange(host: string, port: number, bytes: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = net.connect(port, host, () => socket.write(bytes));
    let text = '';
    socket.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
    socket.once('close', () => resolve(text));
    socket.once('error', reject);
    socket.setTimeout(30_000, () => socket.destroy());
  });
}
