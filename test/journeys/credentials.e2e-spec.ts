import { jest } from '@jest/globals';
import { HttpEventSender } from '#csms-client';
import { type OcpiVersion, partyKey, tokenCandidates } from '#ocpi';
import { randomBytes } from 'node:crypto';
import http from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { buildNetwork } from '../../apps/sandbox/src/csms/charging-network.js';
import { VirtualCsms } from '../../apps/sandbox/src/csms/virtual-csms.js';
import { createTestDatabase, type TestDatabase } from '../harness/database.js';
import { GatewayAdmin } from '../harness/gateway-admin.js';
import { type RecordedRequest } from '../harness/partner-server.js';
import { type Servers, startServers } from '../harness/servers.js';
import { eventually } from '../harness/wait-for.js';
import { askGateway, OddPartner, type PartnerCall } from './odd-partner.js';

/** Against hanging only. */
jest.setTimeout(120000);

const OPERATOR = { country_code: 'NL', party_id: 'EVC' };
const EMSP = { country_code: 'DE', party_id: 'ODD' };
/** A letter, a number and a mark, so that the encoded form is never the plain one. */
const secret = (name: string): string => `${name}-${randomBytes(18).toString('base64url')}~`;

// One life of a connection on the wire, told in order: every test goes on where the one before it ended.
describe('credentials while traffic runs', () => {
  let database: TestDatabase;
  let servers: Servers;
  let admin: GatewayAdmin;
  let sender: HttpEventSender;
  let csms: VirtualCsms;
  let partner: OddPartner;
  let sql: pg.Client;
  /** The token that the partner shows us. */
  let shown: string;
  let sessions = 0;
  const secrets: string[] = [];
  /** Everything the gateway answered, but for the credentials objects themselves. */
  const answers: string[] = [];

  const canary = (name: string): string => {
    const value = secret(name);
    secrets.push(value);
    return value;
  };
  const ask = async (
    path: string,
    given: Partial<Parameters<typeof askGateway>[1]> = {},
  ): Promise<PartnerCall> => {
    const answer = await askGateway(`${servers.publicUrl}/ocpi/${path}`, {
      token: shown,
      ...given,
    });
    const { token } = answer.json.data ?? {};
    if (typeof token === 'string') secrets.push(token);
    else answers.push(answer.text);
    return answer;
  };
  const visit = (): Promise<void> => {
    const location = csms.network.locations[sessions % 5]!;
    sessions += 1;
    const token = { ...EMSP, uid: 'CARD-1', type: 'RFID', contract_id: 'DEODDC00000001' } as const;
    const sessionId = `S-${sessions}`;
    return csms.visit({
      sessionId,
      location,
      evse: location.evses![0]!,
      token,
      updates: 1,
      updateEveryMs: 50,
    });
  };
  /** A session from start to CDR has reached these URLs. */
  const arrives = async (version: OcpiVersion): Promise<RecordedRequest[]> => {
    partner.server.clear();
    await visit();
    await partner.server.until(() =>
      partner.server.lines.includes(`POST ${partner.pathOf(version, 'cdrs')}`),
    );
    return partner.server.pushes;
  };
  const delivered = (count: number): Promise<void> =>
    eventually(async () => {
      const { rows } = await sql.query<{ state: string }>('SELECT state FROM cdr_receipt');
      expect(rows.map(({ state }) => state)).toEqual(Array(count).fill('delivered'));
    });
  const isEncoded = ({ headers }: RecordedRequest): boolean =>
    headers.authorization !== `Token ${partner.accepted}` &&
    tokenCandidates(headers.authorization).some(({ token }) => token === partner.accepted);

  beforeAll(async () => {
    database = await createTestDatabase();
    sql = new pg.Client({ connectionString: database.url });
    await sql.connect();
    servers = await startServers({
      databaseUrl: database.url,
      env: { OCPI_LOG_LEVEL: 'trace', TZ: 'Asia/Tokyo' },
    });
    admin = new GatewayAdmin(servers.adminUrl, servers.adminKey);
    await admin.hostParty(OPERATOR.country_code, OPERATOR.party_id);
    const key = await admin.csmsKey('csms', [partyKey(OPERATOR)]);
    secrets.push(key, servers.adminKey);
    sender = new HttpEventSender(servers.csmsUrl, key, () => undefined);
    csms = new VirtualCsms(buildNetwork(OPERATOR, new Date()), sender);
    await csms.stateNetwork();
    partner = await OddPartner.start(EMSP);
  });
  afterAll(async () => {
    await Promise.allSettled([
      (sender as HttpEventSender | undefined)?.close(),
      (servers as Servers | undefined)?.stop(),
    ]);
    await (partner as OddPartner | undefined)?.server.stop();
    await (sql as pg.Client | undefined)?.end();
    await (database as TestDatabase | undefined)?.drop();
  });

  it('CRD-03, TRN-64, TRN-47, TRN-49, STA-07 (partial: 200 for our POST, 201 for theirs): after failures one registration succeeds; A is dead, and pushes and pulls show B at the URLs of the details', async () => {
    const { tokenA } = await admin.connect('odd', '*', {
      profile: { tokenPullIntervalSeconds: 3600, minBackoffMs: 50, maxBackoffMs: 300 },
    });
    secrets.push(tokenA);
    const register = (token: string, more: object = {}) =>
      ask('2.1.1/credentials', {
        method: 'POST',
        token: tokenA,
        body: { ...partner.credentials('2.1.1', token), ...more },
      });
    const inside = await register(canary('inside'), { url: 'http://10.0.0.1/versions' });
    const refused = await register(canary('refused'));
    const faulty = await register(canary('faulty'), { party_id: 7 });
    const codes = [inside, refused, faulty].map(({ status, json }) => [status, json.status_code]);
    expect(codes).toEqual([
      [200, 3001],
      [200, 3001],
      [200, 2001],
    ]);
    partner.refused.length = 0;

    partner.accepted = canary('B1');
    const answer = await register(partner.accepted);
    expect([answer.status, answer.json.status_code]).toEqual([200, 1000]);
    shown = answer.json.data.token;
    expect((await ask('versions', { token: tokenA })).status).toBe(401);
    expect((await ask('versions')).status).toBe(200);

    // The walk over everything: no template of anybody's, one slash, the query kept.
    const [location] = csms.network.locations;
    const path = partner.pathOf('2.1.1', 'locations', `/NL/EVC/${location!.id}`);
    await partner.server.until(() => partner.server.lines.includes(`PUT ${path}`));
    await partner.server.until(() =>
      partner.server.lines.some((line) => line.startsWith('GET /x/9/2.1.1/tok?k=1')),
    );
    const pushes = await arrives('2.1.1');
    for (const { headers } of pushes) {
      expect(headers.authorization).toBe(`Token ${partner.accepted}`);
      expect(Object.keys(headers).filter((name) => name.startsWith('ocpi-'))).toEqual([]);
    }
    expect(partner.refused).toEqual([]);
    expect((await sql.query('SELECT * FROM parked_push')).rows).toEqual([]);
    const pull = await sql.query<{ outcome: string }>(
      `SELECT token_pull->>'outcome' AS outcome FROM connection`,
    );
    expect(pull.rows).toEqual([{ outcome: 'complete' }]);
    await delivered(1);
    const lists = await Promise.all(
      ['cdrs?date_from=2099-01-01T00:00:00Z', 'locations?limit=1'].map((path) =>
        ask(`2.1.1/${path}`),
      ),
    );
    expect(lists.map(({ json }) => json.data.length)).toEqual([0, 1]);
    const one = await ask(`2.1.1/locations/${location!.id}`);
    expect(one.json.data).toMatchObject({ id: location!.id });
  });

  it('CRD-13, STA-07, TRN-65: a PUT reads everything again and renews both tokens; what is next goes to the moved URLs, with one slash before what is joined', async () => {
    const before = shown;
    partner.place = 'moved';
    partner.slash = '/';
    partner.cdrStatus = 200;
    partner.server.clear();
    partner.accepted = canary('B2');
    const answer = await ask('2.1.1/credentials', {
      method: 'PUT',
      body: partner.credentials('2.1.1', partner.accepted),
    });
    expect([answer.status, answer.json.status_code]).toEqual([200, 1000]);
    expect(partner.server.lines.slice(0, 2)).toEqual(['GET /who?are=you', 'GET /about/2.1.1?v=1']);
    for (const { headers } of partner.server.requests.slice(0, 2)) {
      expect(headers.authorization).toContain(partner.accepted);
    }
    shown = answer.json.data.token;
    expect(shown).not.toBe(before);
    expect((await ask('versions')).status).toBe(200);
    expect((await ask('versions', { token: before })).status).toBe(401);
    const pushes = await arrives('2.1.1');
    expect(pushes.filter(({ path }) => !path.startsWith('/moved/'))).toEqual([]);
    await delivered(2);
    for (const { path } of pushes) expect(path).toMatch(/^\/moved\/9\/2\.1\.1\/[^?]*\?k=1$/);
    expect(pushes.filter(({ path }) => path.includes('//'))).toEqual([]);
    const [plain, slashed] = await Promise.all([ask('2.1.1/tariffs'), ask('2.1.1/tariffs/')]);
    expect([slashed.status, slashed.json.data]).toEqual([200, plain.json.data]);
  });

  it('CRD-14, TRN-53: a PUT at 2.2.1, its header raw, moves the connection: URLs, encoding, routing headers and payloads are of 2.2.1 from then on', async () => {
    partner.accepted = canary('B3');
    partner.server.clear();
    const answer = await ask('2.2.1/credentials', {
      method: 'PUT',
      encoding: 'raw',
      body: partner.credentials('2.2.1', partner.accepted),
    });
    expect([answer.status, answer.json.status_code]).toEqual([200, 1000]);
    expect(answer.json.data.roles).toHaveLength(1);
    shown = answer.json.data.token;
    for (const { headers } of partner.server.requests.slice(0, 2)) {
      expect(Object.keys(headers).filter((name) => name.startsWith('ocpi-'))).toEqual([]);
    }
    const bogus = { 'OCPI-to-party-id': '???', 'OCPI-from-country-code': 'far away' };
    expect((await ask('versions', { headers: bogus })).status).toBe(200);
    const pushes = await arrives('2.2.1');
    expect(pushes.length).toBeGreaterThan(2);
    for (const push of pushes) {
      expect(push.path).toMatch(/^\/moved\/9\/2\.2\.1\//);
      expect(isEncoded(push)).toBe(true);
      expect(push.headers).toMatchObject({
        'ocpi-from-country-code': 'NL',
        'ocpi-from-party-id': 'EVC',
        'ocpi-to-country-code': 'DE',
        'ocpi-to-party-id': 'ODD',
      });
    }
    const cdr = pushes.find(({ method }) => method === 'POST')!.body;
    expect(cdr).toMatchObject({ ...OPERATOR, cdr_token: EMSP });
    expect(partner.refused).toEqual([]);
  });

  it('TRN-71: names of headers have no case: a pull reads LINK and X-TOTAL-COUNT, CDRs were acknowledged by LOCATION, we are asked in any spelling', async () => {
    const card = (uid: string) => ({
      ...EMSP,
      uid,
      type: 'RFID',
      contract_id: 'DEODDC00000001',
      issuer: 'Odd',
      valid: true,
      whitelist: 'ALWAYS',
      last_updated: '2026-01-02T03:04:05Z',
    });
    partner.cards = ['P1', 'P2', 'P3'].map(card);
    await sql.query(`UPDATE connection SET token_pull = '{}'`);
    await eventually(async () => {
      const { rows } = await sql.query(
        `SELECT uid_key FROM token WHERE uid_key LIKE 'P%' ORDER BY 1`,
      );
      expect(rows.map(({ uid_key }) => uid_key)).toEqual(['P1', 'P2', 'P3']);
    });
    partner.cards = [];
    const receipts = await sql.query('SELECT location_url FROM cdr_receipt');
    for (const { location_url } of receipts.rows) expect(location_url).toContain('/cdr/');
    const answer = await rawRequest(`${servers.publicUrl}/ocpi/2.2.1/tariffs`, {
      AUTHORIZATION: `tOKEN ${Buffer.from(shown).toString('base64')}`,
      'x-REQUEST-id': 'shouted',
      'ocpi-TO-party-id': 'evc',
      'OCPI-to-COUNTRY-code': 'nl',
      'ocpi-from-PARTY-id': 'ODD',
      'Ocpi-From-Country-Code': 'DE',
    });
    expect(answer.statusCode).toBe(200);
    expect(answer.headers).toMatchObject({
      'x-request-id': 'shouted',
      'ocpi-to-party-id': 'ODD',
      'ocpi-from-party-id': expect.stringMatching(/^evc$/i),
    });
  });

  it('CRD-31: a new party of ours is announced by one PUT before its first push', async () => {
    partner.server.clear();
    partner.nextToken = canary('B4');
    await admin.hostParty('NL', 'NEW');
    const announced = `PUT ${partner.pathOf('2.2.1', 'credentials')}`;
    await partner.server.until(() => partner.server.lines.includes(announced));
    const key = await admin.csmsKey('white-label', ['NL*NEW']);
    secrets.push(key);
    const other = new HttpEventSender(servers.csmsUrl, key, () => undefined);
    const network = buildNetwork({ country_code: 'NL', party_id: 'NEW' }, new Date());
    await new VirtualCsms(network, other).stateNetwork();
    await partner.server.until(() => partner.server.lines.some((line) => line.includes('/NEW/')));
    await other.close();
    const { lines, requests } = partner.server;
    expect(lines.filter((line) => line === announced)).toHaveLength(1);
    const put = requests[lines.indexOf(announced)]!;
    expect(put.body.roles.map((role: { party_id: string }) => role.party_id).sort()).toEqual([
      'EVC',
      'NEW',
    ]);
    expect(lines.indexOf(announced)).toBeLessThan(
      lines.findIndex((line) => line.includes('/NEW/')),
    );
    shown = put.body.token;
    secrets.push(shown);
    expect((await ask('versions')).status).toBe(200);
  });

  it('CRD-38 [2.3.0]: 2,000 roles arrive by PUT with a new token while pushes run, and no push meets a 401', async () => {
    partner.roles = Array.from({ length: 2000 }, (_, i) => ({
      role: i === 0 ? 'EMSP' : 'NSP',
      country_code: i === 0 ? EMSP.country_code : 'FR',
      party_id: i === 0 ? EMSP.party_id : i.toString(36).toUpperCase().padStart(3, '0'),
      business_details: { name: `Party ${i}` },
    }));
    const done = new AbortController();
    const traffic = (async () => {
      const location = csms.network.locations[7]!;
      for (let n = 0; !done.signal.aborted; n += 1) {
        await csms.setStatus(location, location.evses![0]!, n % 2 === 0 ? 'CHARGING' : 'AVAILABLE');
      }
    })();
    partner.server.clear();
    await partner.server.until(() => partner.server.pushes.length > 20);
    const former = partner.accepted;
    const token = canary('B5');
    const both = partner.server.script!;
    // A partner that renews its token takes both for as long as its PUT is not answered.
    partner.server.script = (request) => {
      const isOld = tokenCandidates(request.headers.authorization).some((c) => c.token === former);
      partner.accepted = isOld ? former : token;
      return both(request);
    };
    const answer = await ask('2.3.0/credentials', {
      method: 'PUT',
      body: partner.credentials('2.3.0', token),
    });
    expect([answer.status, answer.json.status_code]).toEqual([200, 1000]);
    // Requests that were out when we answered may still arrive.
    await sleep(500);
    partner.server.script = both;
    partner.accepted = token;
    shown = answer.json.data.token;
    const until = partner.server.requests.length + 20;
    await partner.server.until(() => partner.server.requests.length > until);
    done.abort();
    await traffic;
    const { rows } = await sql.query('SELECT count(*)::int AS n FROM remote_party');
    expect(rows).toEqual([{ n: 2000 }]);
    const last = partner.server.pushes.at(-1)!;
    expect(last.path).toContain('/9/2.3.0/');
    const state = await sql.query('SELECT state FROM connection');
    expect(state.rows).toEqual([{ state: 'registered' }]);
    expect(partner.refused).toEqual([]);
    await arrives('2.3.0');
  });

  it('TRN-67: when the partner is back its tokens are fetched once, from the last window on, and each changed object is told once', async () => {
    const location = csms.network.locations[8]!;
    const [evse] = location.evses!;
    await eventually(async () => {
      const { rows } = await sql.query(`SELECT token_pull->>'through' AS t FROM connection`);
      expect(rows[0].t).toEqual(expect.any(String));
    });
    await eventually(async () => {
      const { rows } = await sql.query('SELECT snapshot FROM feed');
      expect(rows).toEqual([{ snapshot: null }]);
    });
    partner.script = () => ({ status: 503 });
    for (const status of ['CHARGING', 'AVAILABLE', 'CHARGING', 'BLOCKED'] as const) {
      await csms.setStatus(location, evse!, status);
    }
    await eventually(async () => {
      const { rows } = await sql.query('SELECT failures FROM feed');
      expect(rows[0].failures).toBeGreaterThan(1);
    });
    const { rows } = await sql.query(`SELECT token_pull->>'through' AS through FROM connection`);
    partner.server.clear();
    partner.script = () => undefined;
    const pulls = () => partner.server.requests.filter(({ path }) => /\/tok\/?\?/.test(path));
    await partner.server.until(() => pulls().length > 0);
    await partner.server.until(() => partner.pushesAt('2.3.0').length > 0);
    await arrivesAfterwards();
    const { searchParams } = new URL(pulls()[0]!.path, partner.server.url);
    expect(Date.parse(searchParams.get('date_from')!)).toBe(Date.parse(rows[0].through));
    expect(pulls()).toHaveLength(1);
    const told = partner
      .pushesAt('2.3.0')
      .filter(({ path }) => path.includes(`/${location.id}/${evse!.uid}`));
    expect(new Set(told.map(({ body }) => body.status))).toEqual(new Set(['BLOCKED']));
    expect(told).toHaveLength(1);
  });

  /** Something told later has arrived: so has all before it. */
  const arrivesAfterwards = async (): Promise<void> => {
    const location = csms.network.locations[9]!;
    await csms.setStatus(location, location.evses![0]!, 'RESERVED');
    await partner.server.until(() =>
      partner.server.pushes.some(({ path }) => path.includes(`/${location.id}/`)),
    );
  };

  it('TRN-04, CRD-42: no token, raw or base64, is in a log line, a metric, an answer or a table', async () => {
    await ask('2.3.0/nope');
    await ask('2.3.0/locations?limit=0');
    await ask('2.3.0/tokens/DE/ODD/X', { method: 'PUT', body: { uid: 'X' } });
    await ask('versions', { token: canary('stranger') });
    await ask('2.3.0/tokens/DE/ODD/T1', {
      method: 'PUT',
      body: {
        ...EMSP,
        uid: 'T1',
        type: 'RFID',
        contract_id: 'DEODDC00000001',
        issuer: 'Odd',
        valid: true,
        whitelist: 'ALWAYS',
        last_updated: '2019-01-28T12:00:00',
      },
    });
    const metrics = await Promise.all(
      [servers.adminUrl, servers.csmsUrl].map(async (base) =>
        (await fetch(`${base}/metrics`)).text(),
      ),
    );
    const connection = await admin.call('GET', '/connections/odd');
    const places: Record<string, string> = {
      'log of ocpi-api': servers.api.logs(),
      'log of csms-consumer': servers.consumer.logs(),
      metrics: metrics.join(''),
      answers: answers.join('\n'),
      'admin API': JSON.stringify([connection, await admin.call('GET', '/connections')]),
    };
    const tables = await sql.query<{ name: string }>(
      `SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'`,
    );
    for (const { name } of tables.rows) {
      const { rows } = await sql.query(`SELECT t::text AS row FROM "${name}" t`);
      places[`table ${name}`] = rows.map(({ row }: { row: string }) => row).join('\n');
    }
    expect(places['log of ocpi-api']).toContain('"level":"info"');
    expect(secrets.length).toBeGreaterThan(12);
    const leaks = Object.entries(places).flatMap(([place, text]) =>
      secrets
        .filter((value) => formsOf(value).some((form) => text.includes(form)))
        .map((value) => `${value.split('-')[0]} in ${place}`),
    );
    expect(leaks).toEqual([]);
  });

  it('TYP-07: a server in Tokyo reads a DateTime without designator as UTC, in bodies and in queries', async () => {
    const { rows } = await sql.query<{ at: Date }>(
      `SELECT last_updated AS at FROM token WHERE uid_key = 'T1'`,
    );
    expect(rows[0]?.at.toISOString()).toBe('2019-01-28T12:00:00.000Z');
    const stored = await ask('2.3.0/tokens/DE/ODD/T1');
    expect(stored.json.data.last_updated).toBe('2019-01-28T12:00:00Z');
    const { data } = (await ask('2.1.1/locations?limit=1')).json;
    expect(data).toBeDefined();
    await sql.query(`UPDATE tariff SET last_updated = '2019-01-28T12:00:00Z'`);
    const count = async (query: string) => {
      const answer = await ask(`2.1.1/tariffs?${query}`);
      return answer.json.data.length as number;
    };
    const all = await count('date_from=2019-01-28T12:00:00&date_to=2019-01-28T12:00:01');
    expect(all).toBeGreaterThan(0);
    expect(await count('date_from=2019-01-28T12:00:00Z&date_to=2019-01-28T12:00:01Z')).toBe(all);
    expect(await count('date_from=2019-01-28T12:00:01')).toBe(0);
  });

  it('TRN-73: over all modules and versions no request went without the token', () => {
    expect(partner.refused).toEqual([]);
    const expected = ['2.1.1', '2.2.1', '2.3.0'].flatMap((version) => [
      `PUT ${version}/loc`,
      `PUT ${version}/ses`,
      `POST ${version}/cdr`,
      `PUT ${version}/tar`,
      `GET ${version}/`,
    ]);
    const credentials = ['PUT 2.2.1/cre', 'GET 2.1.1/tok', 'GET 2.2.1/tok', 'GET 2.3.0/tok'];
    expect([...expected, ...credentials].filter((line) => !partner.asked.has(line))).toEqual([]);
  });

  it('CRD-17: after DELETE the token is dead and nobody hears from us, although sessions change', async () => {
    const answer = await ask('2.3.0/credentials', { method: 'DELETE' });
    expect([answer.status, answer.json.status_code]).toEqual([200, 1000]);
    expect((await ask('versions')).status).toBe(401);
    // Requests that were out when the DELETE came may still end.
    await eventually(
      async () => {
        partner.server.clear();
        await sleep(1000);
        return partner.server.lines.length === 0;
      },
      { timeoutMs: 10_000 },
    );
    await visit();
    await visit();
    await sleep(3000);
    expect(partner.server.lines).toEqual([]);
  });
});

/** A request whose header names are sent as they are written. */
const rawRequest = (url: string, headers: Record<string, string>): Promise<http.IncomingMessage> =>
  new Promise((resolve, reject) => {
    http
      .get(url, { headers }, (answer) => {
        answer.resume();
        resolve(answer);
      })
      .once('error', reject);
  });

/** A token as it stands, and in any padding of base64, also inside a longer text. */
function formsOf(value: string): string[] {
  const whole = Buffer.from(value).toString('base64');
  const within = [1, 2].map((shift) =>
    Buffer.from('x'.repeat(shift) + value)
      .toString('base64')
      .slice(4, -4),
  );
  const hex = Buffer.from(value).toString('hex');
  return [value, encodeURIComponent(value), hex, whole, whole.replace(/=+$/, ''), ...within];
}
