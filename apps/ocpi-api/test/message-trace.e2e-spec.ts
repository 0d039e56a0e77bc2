import { type Json, ApiHarness } from '../../../test/harness/api-harness.js';
import { HandshakePartner } from '../../../test/harness/handshake-partner.js';
import { eventually } from '../../../test/harness/wait-for.js';
import { ConnectionsService, MessageTrace, PartnerClient, StartRegistration } from '#partners';
import { Metrics } from '#platform';
import { startOcpiApi } from '../src/create-app.js';

const ADMIN_KEY = 'test-admin-key-0123456789';

let api: ApiHarness;
let partner: HandshakePartner;
let emspToken: string;
let otherToken: string;

beforeAll(async () => {
  api = await ApiHarness.start({ OCPI_TRACE_BODY_CHARACTERS: '1000', OCPI_TRACE_MESSAGES: '10' });
  await api.host('NL*AAA');
  partner = await HandshakePartner.start();
  const urls = { urls: partner.base };
  emspToken = await api.register('emsp', '2.2.1', [['NL*TNM', 'EMSP']], urls);
  otherToken = await api.register('other', '2.2.1', [['NL*OTH', 'EMSP']], urls);
});
afterAll(async () => {
  await partner.stop();
  await api.stop();
});

async function admin(method: string, path: string, body?: object): Promise<Json> {
  const answer = await fetch(`${api.internalBase}/admin/v1/${path}`, {
    method,
    headers: { authorization: `Bearer ${ADMIN_KEY}`, 'content-type': 'application/json' },
    ...(body && { body: JSON.stringify(body) }),
  });
  return answer.json();
}

const flushed = () => api.app.get(MessageTrace).flush();

async function messages(id: string, query = ''): Promise<Json[]> {
  await flushed();
  return (await admin('GET', `connections/${id}/messages?${query}`)).messages;
}

async function details(id: string, message: { id: number }): Promise<Json> {
  return admin('GET', `connections/${id}/messages/${message.id}`);
}

const traceOn = (id: string, seconds = 600) =>
  admin('POST', `connections/${id}/trace`, { seconds });
const dropped = async () =>
  (await api.app.get(Metrics).tracedMessagesDroppedTotal.get()).values[0]!.value;
const clear = () => api.dataSource.query('DELETE FROM partner_message');

describe('the message trace of a partner', () => {
  beforeEach(clear);
  afterEach(() => admin('DELETE', 'connections/emsp/trace'));

  it('keeps nothing while it is off, and of other partners nothing at all', async () => {
    await api.call('/ocpi/2.2.1/locations', { token: emspToken });
    await traceOn('emsp');
    await api.call('/ocpi/2.2.1/locations', { token: otherToken });
    await api.call('/ocpi/2.2.1/tariffs', { token: emspToken });
    await admin('DELETE', 'connections/emsp/trace');
    await api.call('/ocpi/2.2.1/sessions', { token: emspToken });
    await flushed();

    const kept = await api.dataSource.query('SELECT connection_id, url FROM partner_message');

    expect(kept).toEqual([{ connection_id: 'emsp', url: '/ocpi/2.2.1/tariffs' }]);
    const [one] = await messages('emsp');
    expect(await details('other', one)).toMatchObject({ status: 404 });
  });

  it('shows what the partner asked and was answered, as it was on the wire', async () => {
    await traceOn('emsp');
    const token = { uid: '04AA', type: 'RFID' };
    await api.call('/ocpi/2.2.1/tokens/NL/TNM/04AA?type=RFID', {
      token: emspToken,
      method: 'PUT',
      body: token,
      headers: {
        'x-request-id': 'request-1',
        'x-correlation-id': 'correlation-1',
        'x-note': `we show ${emspToken}`,
      },
    });

    const [listed] = await messages('emsp', 'module=tokens');

    expect(listed).toMatchObject({
      direction: 'in',
      module: 'tokens',
      method: 'PUT',
      url: '/ocpi/2.2.1/tokens/NL/TNM/04AA?type=RFID',
      httpStatus: 200,
      ocpiStatus: 2001,
      requestId: 'request-1',
      correlationId: 'correlation-1',
      failure: null,
    });
    const shown = await details('emsp', listed);
    expect(shown.requestHeaders).toMatchObject({
      authorization: 'Token ***',
      'content-type': 'application/json',
      'x-note': 'we show ***',
    });
    expect(JSON.parse(shown.requestBody)).toEqual(token);
    expect(shown.responseHeaders).toMatchObject({ 'x-request-id': 'request-1' });
    expect(JSON.parse(shown.responseBody)).toMatchObject({ status_code: 2001 });
    expect(JSON.stringify(shown)).not.toContain(emspToken);
  });

  it('shows refusals that come before any controller, and finds what failed', async () => {
    await traceOn('emsp');
    await api.call('/ocpi/versions', { token: emspToken });
    await api.call('/ocpi/2.2.1/nothing', { token: emspToken });
    await api.call('/ocpi/2.2.1/tokens/NL/TNM/1', {
      token: emspToken,
      method: 'PUT',
      text: '{"broken',
    });

    const failed = await messages('emsp', 'failed=true');

    expect(failed.map(({ method, httpStatus }) => [method, httpStatus])).toEqual([
      ['PUT', 400],
      ['GET', 404],
    ]);
    expect((await details('emsp', failed[0])).requestBody).toBe('{"broken');
    expect(await messages('emsp')).toHaveLength(3);
  });

  it('shows what we asked of the partner, also where no answer came', async () => {
    await traceOn('emsp');
    const client = api.app.get(PartnerClient);
    partner.script = ({ path }) =>
      path.startsWith('/gone') ? { lose: true } : { body: `you showed outbound-emsp` };
    const ask = (path: string, body?: string) =>
      client.request({
        connectionId: 'emsp',
        version: '2.2.1',
        method: 'POST',
        url: `${partner.base}${path}`,
        token: 'outbound-emsp',
        timeoutMs: 10_000,
        ...(body !== undefined && { body }),
      });
    await ask('/cb/commands/START_SESSION/1', '{"result":"ACCEPTED"}');
    await ask('/gone');
    await client.request({
      connectionId: 'emsp',
      method: 'GET',
      url: 'http://10.0.0.1/x',
      timeoutMs: 10_000,
    });
    partner.script = () => undefined;

    const [refused, lost, answered] = await messages('emsp', 'direction=out');

    expect(answered).toMatchObject({ module: 'commands', httpStatus: 200, ocpiStatus: null });
    expect(await details('emsp', answered)).toMatchObject({
      requestHeaders: { authorization: 'Token ***' },
      requestBody: '{"result":"ACCEPTED"}',
      responseBody: 'you showed ***',
    });
    expect(lost).toMatchObject({ httpStatus: null, failure: expect.stringMatching(/^network: /) });
    expect(refused.failure).toMatch(/^address-refused: /);
    expect(await details('emsp', lost)).toMatchObject({ responseHeaders: null });
  });

  it('P15 (partial: message traces): shows handshakes in both directions, and no token of either side', async () => {
    const tokenA = await api.invite('fresh', { allowedParties: ['BE*FRE'] });
    await api.invite('wooed', { allowedParties: ['FR*WOO'] });
    await traceOn('fresh');
    await traceOn('wooed');
    const own = await HandshakePartner.start({ countryCode: 'BE', partyId: 'FRE' });
    const wooed = await HandshakePartner.start({ countryCode: 'FR', partyId: 'WOO' });
    const tokenB = 'canary-token-b-of-the-partner';
    const posted = await api.call('/ocpi/2.2.1/credentials', {
      method: 'POST',
      token: tokenA,
      body: own.credentials('2.2.1', tokenB),
    });
    await api.call('/ocpi/2.2.1/credentials', { token: posted.json.data.token });
    await api.app.get(StartRegistration).execute(api.directory.get('wooed')!, {
      versionsUrl: wooed.versionsUrl,
      token: 'canary-token-a-of-the-partner',
    });
    const sentB = wooed.requests.find(({ method }) => method === 'POST')!.body.token;
    await own.stop();
    await wooed.stop();
    await flushed();

    const kept = await api.dataSource.query<Json[]>('SELECT * FROM partner_message ORDER BY id');

    const told = kept.map((one) => `${one.connection_id} ${one.direction} ${one.module}`);
    expect(told).toEqual(
      expect.arrayContaining([
        'fresh in credentials',
        'fresh out versions',
        'wooed out versions',
        'wooed out credentials',
      ]),
    );
    const text = JSON.stringify(kept);
    expect(text).toContain('Scripted eMSP');
    for (const token of [
      tokenA,
      tokenB,
      posted.json.data.token,
      sentB,
      wooed.issuedToken,
      'canary-token-a-of-the-partner',
    ]) {
      expect(text).not.toContain(token);
      expect(text).not.toContain(Buffer.from(token).toString('base64').replace(/=+$/, ''));
    }
  });

  it('P15 (partial: bodies cut within a token): leaves no part of a token where masking makes a body shorter', async () => {
    await traceOn('emsp');
    const token = 'torn-token-0123456789abcdefghijklmnopqrstuvwxyz';
    const one = {
      at: new Date(),
      direction: 'in',
      method: 'PUT',
      url: '/x',
      requestId: 'r',
    } as const;
    api.app.get(MessageTrace).record({
      ...one,
      connectionId: 'emsp',
      correlationId: undefined,
      requestHeaders: {},
      requestBody: `${token} `.repeat(1500),
      answer: undefined,
      durationMs: 1,
      tokens: [token],
    });
    const [kept] = await messages('emsp');
    expect(JSON.stringify(await details('emsp', kept))).not.toContain('torn-');
  });

  it('drops and counts what a slow database does not take, instead of holding it', async () => {
    await traceOn('emsp');
    const trace = api.app.get(MessageTrace);
    const before = await dropped();
    const lock = api.dataSource.createQueryRunner();
    await lock.startTransaction();
    await lock.query('LOCK TABLE partner_message');
    const stored: Promise<void>[] = [];
    for (let n = 0; n < 3000; n += 1) {
      trace.record({
        connectionId: 'emsp',
        at: new Date(),
        direction: 'in',
        method: 'GET',
        url: '/x',
        requestId: 'r',
        correlationId: undefined,
        requestHeaders: {},
        requestBody: undefined,
        answer: undefined,
        durationMs: 1,
        tokens: [],
      });
      if (n % 500 === 0) stored.push(trace.flush());
    }
    expect((await dropped()) - before).toBe(1000);
    await lock.rollbackTransaction();
    await lock.release();
    await Promise.all(stored);
  });

  it('cuts bodies, holds what PostgreSQL cannot, and keeps the newest alone', async () => {
    await traceOn('emsp');
    const trace = api.app.get(MessageTrace);
    const record = (body: string) =>
      trace.record({
        connectionId: 'emsp',
        at: new Date(),
        direction: 'in',
        method: 'PUT',
        url: '/x',
        requestId: 'r',
        correlationId: undefined,
        requestHeaders: {},
        requestBody: body,
        answer: undefined,
        failure: 'none',
        durationMs: 1,
        tokens: [],
      });
    record('x'.repeat(5000));
    record('a\0b\ud800 \\u0000');
    const [odd, long] = await messages('emsp');
    expect((await details('emsp', odd)).requestBody).toBe('ab\ufffd \\u0000');
    expect((await details('emsp', long)).requestBody).toBe(
      `${'x'.repeat(1000)}… [cut: 5000 characters in all]`,
    );

    for (let n = 0; n < 30; n += 1) record(`body ${n}`);
    await flushed();
    expect(await messages('emsp', 'limit=1000')).toHaveLength(10);
    record('last');
    expect((await details('emsp', (await messages('emsp'))[0])).requestBody).toBe('last');
  });

  it('keeps nothing of a partner that was deleted before it was stored', async () => {
    await api.invite('leaving', { allowedParties: ['FR*LEA'] });
    await traceOn('leaving');
    for (const connectionId of ['leaving', 'emsp']) {
      api.app.get(MessageTrace).record({
        connectionId,
        at: new Date(),
        direction: 'in',
        method: 'GET',
        url: '/x',
        requestId: 'r',
        correlationId: undefined,
        requestHeaders: {},
        requestBody: undefined,
        answer: undefined,
        durationMs: 1,
        tokens: [],
      });
    }
    const deletion = api.dataSource.createQueryRunner();
    await deletion.startTransaction();
    await deletion.query(`DELETE FROM connection WHERE id = 'leaving'`);
    const stored = flushed();
    await new Promise((resolve) => setTimeout(resolve, 200));
    await deletion.commitTransaction();
    await deletion.release();
    await stored;

    const kept = await api.dataSource.query('SELECT connection_id AS id FROM partner_message');

    expect(kept).toEqual([{ id: 'emsp' }]);
  });

  it('fails no exchange when messages cannot be stored, and counts them', async () => {
    await traceOn('emsp');
    const before = await dropped();
    await api.dataSource.query('ALTER TABLE partner_message RENAME TO partner_message_away');

    const answer = await api.call('/ocpi/versions', { token: emspToken });
    await flushed();

    await api.dataSource.query('ALTER TABLE partner_message_away RENAME TO partner_message');
    expect(answer.status).toBe(200);
    expect((await dropped()) - before).toBe(1);
  });

  it('is on in every replica within a second or two, and ends by itself', async () => {
    const { app, publicPort } = await startOcpiApi({
      OCPI_ENVIRONMENT: 'test',
      OCPI_LOG_LEVEL: 'silent',
      DATABASE_URL: api.database.url,
      DATABASE_POOL_SIZE: '2',
      OCPI_PUBLIC_URL: 'https://cpo.example.com',
      OCPI_PUBLIC_PORT: '0',
      OCPI_INTERNAL_PORT: '0',
      OCPI_BIND_ADDRESS: '127.0.0.1',
      OCPI_ADMIN_KEY: ADMIN_KEY,
      OCPI_ENCRYPTION_KEY: Buffer.alloc(32, 1).toString('base64'),
    });
    const ask = (id: number) =>
      fetch(`http://127.0.0.1:${publicPort}/ocpi/versions?n=${id}`, {
        headers: { authorization: `Token ${Buffer.from(emspToken).toString('base64')}` },
      });
    await traceOn('emsp', 8);
    await eventually(
      async () => {
        await ask(1);
        await app.get(MessageTrace).flush();
        return (await messages('emsp')).length > 0;
      },
      { timeoutMs: 7000, intervalMs: 100 },
    );

    await eventually(() => !app.get(MessageTrace).isOn('emsp'));
    await clear();
    await ask(2);
    await app.get(MessageTrace).flush();

    expect(await messages('emsp')).toEqual([]);
    await app.close();
  });

  it('is for a week at most, and for connections that are there', async () => {
    const service = api.app.get(ConnectionsService);

    expect(await admin('POST', 'connections/emsp/trace', { seconds: 604_801 })).toMatchObject({
      status: 400,
    });
    expect(await admin('POST', 'connections/none/trace', { seconds: 60 })).toMatchObject({
      status: 404,
    });
    expect(await admin('GET', 'connections/none/messages')).toMatchObject({ status: 404 });
    await service.trace('emsp', 60);
    const { tracedUntil } = await admin('GET', 'connections/emsp');
    expect(Date.parse(tracedUntil) - Date.now()).toBeGreaterThan(50_000);
  });
});
