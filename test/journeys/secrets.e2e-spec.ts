import { jest } from '@jest/globals';
import { csmsEvent, HttpEventSender } from '#csms-client';
import { partyKey } from '#ocpi';
import { randomBytes } from 'node:crypto';
import http from 'node:http';
import { type AddressInfo } from 'node:net';
import pg from 'pg';
import { buildNetwork } from '../../apps/sandbox/src/csms/charging-network.js';
import { VirtualEmsp } from '../../apps/sandbox/src/partners/virtual-emsp.js';
import { wireToken } from '../harness/api-harness.js';
import { createTestDatabase, type TestDatabase } from '../harness/database.js';
import { GatewayAdmin } from '../harness/gateway-admin.js';
import { type Servers, startServers } from '../harness/servers.js';
import { TraceCollector } from '../harness/trace-collector.js';
import { eventually } from '../harness/wait-for.js';

/** Against hanging only. */
jest.setTimeout(120000);

const OPERATOR = { country_code: 'NL', party_id: 'EVC' };
const canary = (what: string): string => `canary-${what}-${randomBytes(9).toString('hex')}`;

/** Answers whatever it is asked with everything it was told, its token too. */
function indiscreetPartner(): http.Server {
  return http.createServer((request, response) => {
    const { authorization = '' } = request.headers;
    response.writeHead(400, { 'content-type': 'application/json', 'x-echo': authorization });
    response.end(
      JSON.stringify({ status_code: 2001, status_message: `no: ${authorization}`, timestamp: '' }),
    );
  });
}

describe('secrets, with every log line written', () => {
  const secrets = new Map<string, string>();
  const secret = (what: string, value = canary(what.replaceAll(' ', '-'))): string => {
    secrets.set(what, value);
    return value;
  };
  const partner = indiscreetPartner();
  let database: TestDatabase;
  let role: string;
  let collector: TraceCollector;
  let servers: Servers;
  const emsps: VirtualEmsp[] = [];
  let shown: Map<string, string>;

  const query = async (sql: string): Promise<void> => {
    const client = new pg.Client({ connectionString: database.url });
    await client.connect();
    await client.query(sql).finally(() => client.end());
  };

  beforeAll(async () => {
    database = await createTestDatabase();
    collector = await TraceCollector.start();
    await new Promise<void>((resolve) => partner.listen(0, '127.0.0.1', resolve));
    role = `canary_${randomBytes(6).toString('hex')}`;
    const password = secret('password of the database');
    await query(`CREATE ROLE ${role} LOGIN SUPERUSER PASSWORD '${password}'`);
    const url = new URL(database.url);
    url.username = role;
    url.password = password;
    servers = await startServers({
      databaseUrl: url.href,
      env: {
        OCPI_LOG_LEVEL: 'trace',
        OCPI_ADMIN_KEY: secret('admin key'),
        OCPI_ENCRYPTION_KEY: secret('encryption key', randomBytes(32).toString('base64')),
        OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
        OTEL_EXPORTER_OTLP_HEADERS: `authorization=${secret('key of the collector')}`,
      },
    });
    await makeTraffic();
    const metrics = await Promise.all(
      [servers.adminUrl, servers.csmsUrl].map(async (base) =>
        (await fetch(`${base}/metrics`)).text(),
      ),
    );
    await servers.stop();
    shown = new Map([
      ['the log of ocpi-api', servers.api.logs()],
      ['the log of csms-consumer', servers.consumer.logs()],
      ['the metrics', metrics.join('\n')],
      ['the traces', collector.bodies.join('\n')],
    ]);
  });
  afterAll(async () => {
    await (servers as Servers | undefined)?.stop();
    await Promise.allSettled(emsps.map((emsp) => emsp.stop()));
    await collector.stop();
    partner.closeAllConnections();
    await new Promise((resolve) => partner.close(resolve));
    await database.drop();
    // Roles outlive databases.
    const client = new pg.Client({ connectionString: process.env['DATABASE_URL'] });
    await client.connect();
    await client.query(`DROP ROLE IF EXISTS ${role}`).finally(() => client.end());
  });

  async function makeTraffic(): Promise<void> {
    const admin = new GatewayAdmin(servers.adminUrl, secrets.get('admin key')!);
    await admin.hostParty(OPERATOR.country_code, OPERATOR.party_id);
    const csmsKey = secret('key of the CSMS', await admin.csmsKey('csms', [partyKey(OPERATOR)]));
    await hookAsWell(admin);
    for (const version of ['2.1.1', '2.2.1', '2.3.0'] as const) await register(admin, version);
    await failToRegister(admin);

    const sender = new HttpEventSender(servers.csmsUrl, csmsKey, () => undefined);
    const [location] = buildNetwork(OPERATOR, new Date()).locations;
    await sender.send([csmsEvent('ocpi.location.upserted.v1', location, { source: 'urn:test' })]);
    await sender.close();
    await eventually(() => emsps.every(({ store }) => store.locations.size === 1));
    for (const emsp of emsps) {
      const { version, party } = emsp.options;
      await emsp.pushToken(wireToken(version, `CARD-${version}`, party));
    }
    await knockWithWrongKeys();
  }

  async function hookAsWell(admin: GatewayAdmin): Promise<void> {
    const { port } = partner.address() as AddressInfo;
    const made = await admin.call('POST', '/csms-clients', {
      name: 'hook',
      parties: [partyKey(OPERATOR)],
      sources: [],
      webhookUrl: `http://127.0.0.1:${port}/hook`,
    });
    for (const [what, value] of Object.entries(made)) {
      if (/key|secret/i.test(what) && typeof value === 'string') secret(`hook ${what}`, value);
    }
  }

  async function register(admin: GatewayAdmin, version: '2.1.1' | '2.2.1' | '2.3.0') {
    const party = { country_code: 'DE', party_id: `E${version.replaceAll('.', '').slice(1)}` };
    const id = `emsp-${party.party_id.toLowerCase()}`;
    const emsp = await new VirtualEmsp({ name: id, party, version, tokens: [] }).start();
    emsps.push(emsp);
    const { tokenA, versionsUrl } = await admin.connect(id, partyKey(party));
    secret(`token A of ${version}`, tokenA);
    await emsp.register(versionsUrl, tokenA);
    const { ours, theirs } = JSON.parse(emsp.link.toText());
    secret(`token of ${version} for us`, ours);
    secret(`token of ${version} of us`, theirs);
  }

  /** With a partner that repeats our token in its answer. */
  async function failToRegister(admin: GatewayAdmin): Promise<void> {
    const { port } = partner.address() as AddressInfo;
    const { tokenA } = await admin.connect('indiscreet', 'DE*IND');
    secret('token A of the indiscreet', tokenA);
    const failing = admin.call('POST', '/connections/indiscreet/handshake', {
      versionsUrl: `http://127.0.0.1:${port}/versions`,
      tokenA: secret('their token A'),
    });
    await failing.catch(() => undefined);
  }

  async function knockWithWrongKeys(): Promise<void> {
    const wrong = secret('a wrong token');
    const encoded = Buffer.from(wrong).toString('base64');
    const body = JSON.stringify({ token: secret('a token in a body'), url: 'https://x', roles: 7 });
    const json = { 'content-type': 'application/json' };
    for (const shownToken of [wrong, encoded]) {
      const headers = { authorization: `Token ${shownToken}` };
      await fetch(`${servers.publicUrl}/ocpi/versions`, { headers });
      await fetch(`${servers.publicUrl}/ocpi/2.2.1/credentials`, {
        method: 'POST',
        headers: { ...headers, ...json },
        body,
      });
    }
    const known = {
      authorization: `Token ${Buffer.from(secrets.get('token of 2.2.1 of us')!).toString('base64')}`,
    };
    for (const text of [body, body.slice(0, -4), `[${body}]`]) {
      await fetch(`${servers.publicUrl}/ocpi/2.2.1/credentials`, {
        method: 'PUT',
        headers: { ...known, ...json },
        body: text,
      });
    }
    const bearer = { authorization: `Bearer ${secret('a wrong admin key')}` };
    await fetch(`${servers.adminUrl}/admin/v1/connections`, { headers: bearer });
    await fetch(`${servers.csmsUrl}/csms/v1/events`, { method: 'POST', headers: bearer, body });
  }

  it('have lines to be looked for in', () => {
    expect([...shown.values()].map((text) => text.length > 1000)).toEqual([true, true, true, true]);
    expect(shown.get('the log of ocpi-api')).toContain('"level":"debug"');
    expect(collector.headers[0]?.authorization).toBe(secrets.get('key of the collector'));
    expect(secrets.size).toBeGreaterThan(18);
  });

  it.each(['the log of ocpi-api', 'the log of csms-consumer', 'the metrics', 'the traces'])(
    'P15: stand nowhere in %s, neither as they are nor in base64',
    (where) => {
      const text = shown.get(where)!;
      const found = [...secrets].filter(
        ([, value]) =>
          text.includes(value) ||
          text.includes(Buffer.from(value).toString('base64').replace(/=+$/, '')) ||
          text.includes(encodeURIComponent(value)),
      );
      expect(found.map(([what]) => what)).toEqual([]);
    },
  );
});
