import { OCPI_VERSIONS } from '#ocpi';
import {
  AnnounceChanges,
  ConnectionsService,
  RotateOldTokens,
  SendUnregistration,
  SendUpdate,
  StartRegistration,
} from '#partners';
import { Metrics } from '#platform';
import {
  ApiHarness,
  expectEnvelope,
  type Json,
  wireToken,
} from '../../../test/harness/api-harness.js';
import { openTransactions } from '../../../test/harness/open-transactions.js';
import {
  HandshakePartner,
  type RecordedRequest,
  shows,
  success,
} from '../../../test/harness/handshake-partner.js';
import { eventually } from '../../../test/harness/wait-for.js';

const TOKEN_A = 'token-A-of-the-partner-0123456789';

describe('we register with a partner', () => {
  let api: ApiHarness;
  let partner: HandshakePartner;
  let count = 0;

  beforeAll(async () => {
    api = await ApiHarness.start();
    await api.host('NL*AAA');
  });
  afterAll(() => api.stop());
  beforeEach(async () => {
    count += 1;
    partner = await HandshakePartner.start({ partyId: `S${String(count).padStart(2, '0')}` });
  });
  afterEach(() => partner.stop());

  const id = () => `partner-${count}`;
  const connection = () => api.directory.get(id())!;
  const prepare = async (given: object = {}) => {
    await api.invite(id(), { allowedParties: ['*', `NL*${partner.partyId}`], ...given });
  };
  const start = (given: object = { versionsUrl: partner.versionsUrl, token: TOKEN_A }) =>
    api.app.get(StartRegistration).execute(connection(), given);
  const update = (target: 'same' | 'newest' = 'same') =>
    api.app.get(SendUpdate).execute(connection(), target);
  const sent = (method: string): RecordedRequest =>
    partner.requests.filter((request) => request.method === method).at(-1)!;
  const alive = async (token: string) => (await api.call('/ocpi/versions', { token })).status;
  const liveTokens = async () =>
    api.dataSource.query<Json[]>(
      'SELECT purpose, state FROM connection_token WHERE connection_id = $1',
      [id()],
    );

  it.each(OCPI_VERSIONS)(
    'CRD-19, CRD-28, CRD-31 (partial: content) [%s]: versions, details and POST go out with A, then C is stored and A dropped',
    async (version) => {
      await prepare();
      partner.versions = OCPI_VERSIONS.slice(0, OCPI_VERSIONS.indexOf(version) + 1);
      await start();
      expect(partner.trace()).toEqual([
        'GET /versions',
        `GET /${version}`,
        `POST /${version}/credentials`,
      ]);
      expect(partner.requests.every((request) => shows(request, TOKEN_A))).toBe(true);
      const { body, headers } = sent('POST');
      expect(headers['content-type']).toBe('application/json');
      expect(body.token).toMatch(/^[!-~]{32,64}$/);
      expect(body).toMatchObject(
        version === '2.1.1'
          ? { party_id: 'AAA', country_code: 'NL', business_details: { name: 'CPO NL*AAA' } }
          : { roles: [{ role: 'CPO', party_id: 'AAA', country_code: 'NL' }] },
      );
      expect(body).not.toHaveProperty('hub_party_id');
      expect(connection()).toMatchObject({ state: 'registered', version });
      expect(connection().outboundToken()).toBe(partner.issuedToken);
      expect(await alive(body.token)).toBe(200);
      expect(await liveTokens()).toEqual([{ purpose: 'full', state: 'active' }]);
    },
  );

  it('CRD-01: a handshake works in both directions with what an operator hands over', async () => {
    await prepare();
    await start();
    expect(connection().state).toBe('registered');
    const other = await HandshakePartner.start({ partyId: 'DIR' });
    const tokenA = await api.invite('other-direction');
    const body = other.credentials('2.2.1', 'a-token-B-of-the-other-side');
    expectEnvelope(
      await api.call('/ocpi/2.2.1/credentials', { method: 'POST', token: tokenA, body }),
      200,
      1000,
    );
    await other.stop();
  });

  it('TRN-14: one probe in base64, then raw, and raw from then on', async () => {
    await prepare();
    partner.versions = ['2.2.1'];
    partner.script = ({ authorization }) =>
      authorization === `Token ${TOKEN_A}` || authorization === `Token ${partner.issuedToken}`
        ? undefined
        : { status: 401, body: { status_code: 2000, timestamp: '' } };
    await start();
    expect(partner.trace()).toEqual([
      'GET /versions',
      'GET /versions',
      'GET /2.2.1',
      'POST /2.2.1/credentials',
    ]);
    expect(connection().outboundEncoding).toBe('plain');
    partner.requests.length = 0;
    await update();
    expect(partner.trace()).toEqual(['GET /versions', 'GET /2.2.1', 'PUT /2.2.1/credentials']);
    expect(
      partner.requests.every(
        ({ authorization }) => authorization === `Token ${partner.issuedToken}`,
      ),
    ).toBe(true);
  });

  it('VER-04: the highest common version is chosen by exact text, never a deprecated one', async () => {
    await prepare();
    partner.versions = ['2.0', '2.1', '2.2', '2.2.1', '3.0'];
    await start();
    expect(connection().version).toBe('2.2.1');
    const old = await HandshakePartner.start({ versions: ['2.2'] });
    await api.invite('only-deprecated');
    await expect(
      api.app.get(StartRegistration).execute(api.directory.get('only-deprecated')!, {
        versionsUrl: old.versionsUrl,
        token: TOKEN_A,
      }),
    ).rejects.toMatchObject({ statusCode: 3002 });
    expect(old.trace()).toEqual(['GET /versions']);
    await old.stop();
  });

  it('VER-01 (partial: client side), VER-12 (partial: versions): a wrapped list and unknown fields are understood', async () => {
    await prepare();
    partner.script = ({ path }) =>
      path === '/versions'
        ? {
            body: success({
              versions: [
                { version: '2.2.1', url: `${partner.base}/2.2.1`, extra: 1 },
                { version: '9.9', url: 'x' },
              ],
            }),
          }
        : undefined;
    await start();
    expect(connection().version).toBe('2.2.1');
  });

  it('CRD-20: a needed endpoint that is missing means no POST, and the reason names it', async () => {
    await prepare({ profile: { requiredModules: ['tokens/SENDER'] } });
    partner.modules = partner.modules.filter(([module]) => module !== 'tokens');
    await expect(start()).rejects.toMatchObject({
      statusCode: 3003,
      message: expect.stringContaining('tokens/SENDER'),
    });
    expect(partner.trace().some((line) => line.startsWith('POST'))).toBe(false);
  });

  it('CRD-21, CRD-22, CRD-24: B works on versions, details and tokens while our POST is still open, and no transaction is', async () => {
    await prepare();
    partner.versions = ['2.2.1'];
    const seen: unknown[] = [];
    partner.script = async ({ method, body }) => {
      if (method !== 'POST') return undefined;
      const token = body.token as string;
      for (const path of ['/ocpi/versions', '/ocpi/2.2.1'])
        seen.push((await api.call(path, { token })).status);
      const put = await api.call(`/ocpi/2.2.1/tokens/NL/${partner.partyId}/EARLY`, {
        method: 'PUT',
        token,
        body: wireToken('2.2.1', 'EARLY', { party_id: partner.partyId }),
      });
      seen.push(put.status);
      // Other work may have one for a moment; one of the handshake would stay for as long as we are in here.
      await eventually(async () => expect(await openTransactions(api.dataSource)).toBe(0));
      seen.push('no transaction');
      return undefined;
    };
    await start();
    expect(seen).toEqual([200, 200, 201, 'no transaction']);
    expect(connection().state).toBe('registered');
  });

  it('CRD-23, STA-09 (partial: credentials): only HTTP 2xx with 1xxx and a credentials object registers; else B is withdrawn and A kept', async () => {
    await prepare();
    const answers = [
      { body: { status_code: 3003, timestamp: '', data: partner.credentials('2.3.0', 'x') } },
      { status: 500 },
      { body: success() },
      { body: success({ hint: 1 }) },
      { body: 'no json' },
    ];
    for (const answer of answers) {
      partner.script = ({ method }) => (method === 'POST' ? answer : undefined);
      await expect(start()).rejects.toMatchObject({ statusCode: 3001 });
      expect(connection().state).toBe('invited');
      expect(await alive(sent('POST').body.token)).toBe(401);
    }
    partner.script = () => undefined;
    partner.requests.length = 0;
    await start({}); // A and the URL are still known
    expect(partner.requests.every((request) => shows(request, TOKEN_A))).toBe(true);
    expect(connection().state).toBe('registered');
  });

  it('CRD-25: during PUT the old B stays; a failure withdraws B′, success gives way to it', async () => {
    await prepare();
    await start();
    const tokenB = sent('POST').body.token as string;
    partner.script = ({ method }) =>
      method === 'PUT' ? { body: { status_code: 2001, timestamp: '' } } : undefined;
    await expect(update()).rejects.toMatchObject({ statusCode: 3001 });
    expect([await alive(tokenB), await alive(sent('PUT').body.token)]).toEqual([200, 401]);
    expect(connection().outboundToken()).toBe(partner.issuedToken);
    partner.script = () => undefined;
    const before = partner.issuedToken;
    partner.issuedToken = 'partner-token-c2-9876543210';
    await update();
    expect(shows(sent('PUT'), before)).toBe(true);
    expect(connection().outboundToken()).toBe('partner-token-c2-9876543210');
    const next = sent('PUT').body.token as string;
    expect([await alive(tokenB), await alive(next)]).toEqual([200, 200]);
    expect(await alive(tokenB)).toBe(401);
  });

  it('CRD-26 (partial: on demand): an operator’s rotation sends its PUT at once', async () => {
    await prepare();
    await start();
    const issued = connection().tokenIssuedAt!;
    await update();
    expect(partner.trace().at(-1)).toBe('PUT /2.3.0/credentials');
    expect(connection().tokenIssuedAt!.valueOf()).toBeGreaterThan(issued.valueOf());
  });

  it('CRD-26: a token older than four weeks is rotated, once, and its age is shown', async () => {
    await prepare();
    await start();
    const rotation = new RotateOldTokens(
      api.dataSource,
      api.directory,
      api.app.get(SendUpdate),
      api.app.get(Metrics),
    );
    partner.requests.length = 0;
    await rotation.runDue();
    expect(partner.requests).toEqual([]);
    await api.dataSource.query(
      "UPDATE connection SET token_issued_at = now() - interval '29 days' WHERE id = $1",
      [id()],
    );
    await api.directory.refresh();
    await rotation.runDue();
    await rotation.runDue();
    expect(partner.trace().filter((line) => line.startsWith('PUT'))).toHaveLength(1);
    const text = await api.app.get(Metrics).registry.metrics();
    const age = new RegExp(`credentials_token_age_seconds\\{connection="${id()}"\\} (\\d+)`).exec(
      text,
    );
    expect(Number(age?.[1])).toBeLessThan(31 * 86_400);
  });

  it('CRD-26: a partner that refuses a rotation is asked again the next day, not the next time', async () => {
    await prepare();
    await start();
    const { dataSource, directory } = api;
    const rotation = new RotateOldTokens(
      dataSource,
      directory,
      api.app.get(SendUpdate),
      api.app.get(Metrics),
    );
    await dataSource.query(
      "UPDATE connection SET token_issued_at = now() - interval '29 days' WHERE id = $1",
      [id()],
    );
    await directory.refresh();
    partner.script = ({ method }) =>
      method === 'PUT' ? { body: { status_code: 2001, timestamp: '' } } : undefined;
    const asked = () => partner.trace().filter((line) => line.startsWith('PUT')).length;
    await rotation.runDue();
    const askedOnce = asked();
    expect(askedOnce).toBeGreaterThan(0);
    await rotation.runDue();
    expect(asked()).toBe(askedOnce);

    await dataSource.query('UPDATE lease SET until = now() WHERE name = $1', [`rotate:${id()}`]);
    await rotation.runDue();
    expect(asked()).toBe(2 * askedOnce);
  });

  it('CRD-41: an upgrade reads versions and details with C, then PUTs at the new version, and uses its endpoints only', async () => {
    await prepare();
    partner.versions = ['2.1.1'];
    await start();
    expect(sent('POST').authorization).toBe(`Token ${TOKEN_A}`);
    partner.versions = ['2.1.1', '2.3.0'];
    partner.requests.length = 0;
    await update('same');
    expect(connection().version).toBe('2.1.1');
    partner.requests.length = 0;
    await update('newest');
    expect(partner.trace()).toEqual(['GET /versions', 'GET /2.3.0', 'PUT /2.3.0/credentials']);
    expect(partner.requests.every((request) => shows(request, partner.issuedToken))).toBe(true);
    expect(connection()).toMatchObject({ version: '2.3.0', outboundEncoding: null });
    expect(connection().endpoints.every(({ url }) => url.includes('/2.3.0/'))).toBe(true);
    const [feed] = await api.dataSource.query<Json[]>(
      'SELECT snapshot FROM feed WHERE connection_id = $1',
      [id()],
    );
    expect(feed.snapshot).toEqual({ kind: 'tariff', afterId: 0 });
  });

  it('CRD-31: a new party of ours is announced by one PUT that lists it', async () => {
    await prepare();
    await start();
    partner.requests.length = 0;
    await api.host('NL*NEW');
    const announced = await api.app.get(AnnounceChanges).roles('NL*NEW');
    expect(announced).toContainEqual({ connectionId: id() });
    expect(partner.trace().filter((line) => line.startsWith('PUT'))).toHaveLength(1);
    expect(sent('PUT').body.roles.map(({ party_id }: Json) => party_id)).toEqual(['AAA', 'NEW']);
  });

  it('VER-17, VER-11 (partial: ours): a module switched off for one partner is announced to it alone', async () => {
    await prepare();
    await start();
    const token = sent('POST').body.token as string;
    partner.requests.length = 0;
    const changed = await api.app
      .get(ConnectionsService)
      .update(id(), { profile: { cdrsPush: 'off' } });
    expect(changed).toBe(true);
    const told = await api.app.get(AnnounceChanges).endpoints([id()]);
    expect(told).toEqual([{ connectionId: id() }]);
    expect(partner.trace()).toEqual(['GET /versions', 'GET /2.3.0', 'PUT /2.3.0/credentials']);
    const { json } = await api.call('/ocpi/2.3.0', { token });
    expect(json.data.endpoints.map(({ identifier }: Json) => identifier)).not.toContain('cdrs');
  });

  it('CRD-40: unregistering sends one DELETE with C and ends both keys; a partner that forgot us is the same end', async () => {
    await prepare();
    await start();
    const tokenB = sent('POST').body.token as string;
    partner.requests.length = 0;
    await api.app.get(SendUnregistration).execute(connection());
    expect(partner.trace()).toEqual(['DELETE /2.3.0/credentials']);
    expect(shows(sent('DELETE'), partner.issuedToken)).toBe(true);
    expect(await alive(tokenB)).toBe(401);
    expect(connection().state).toBe('unregistered');
    await start({ versionsUrl: partner.versionsUrl, token: TOKEN_A });
    partner.script = ({ method }) => (method === 'DELETE' ? { status: 405 } : undefined);
    await api.app.get(SendUnregistration).execute(connection());
    expect(connection().state).toBe('unregistered');
    partner.script = () => undefined;
    await start({ versionsUrl: partner.versionsUrl, token: TOKEN_A });
    partner.script = ({ method }) => (method === 'DELETE' ? { status: 500 } : undefined);
    await expect(api.app.get(SendUnregistration).execute(connection())).rejects.toMatchObject({
      statusCode: 3001,
    });
    expect(connection().state).toBe('registered');
    await api.app.get(SendUnregistration).execute(connection(), { force: true });
    expect(connection().state).toBe('unregistered');
  });

  it('TRN-64 (partial: registration), TRN-65 (partial: stored URLs): endpoints are kept as the partner writes them', async () => {
    await prepare();
    partner.script = ({ path }) =>
      path === '/2.3.0'
        ? {
            body: success({
              version: '2.3.0',
              endpoints: [
                {
                  identifier: 'credentials',
                  role: 'SENDER',
                  url: `${partner.base}/2.3.0/credentials`,
                },
                { identifier: 'LOCATIONS', role: 'RECEIVER', url: `${partner.base}/x/9/loc?k=1` },
                { identifier: 'Booking', role: 'RECEIVER', url: `${partner.base}/bookings` },
              ],
            }),
          }
        : undefined;
    await start();
    expect(connection().endpoints).toContainEqual({
      identifier: 'locations',
      role: 'RECEIVER',
      url: `${partner.base}/x/9/loc?k=1`,
    });
    expect(connection().endpoints.some(({ identifier }) => identifier === 'bookings')).toBe(true);
  });

  it('CRD-28 [2.1.1]: two parties of ours need two connections; each shows its own', async () => {
    partner.versions = ['2.1.1'];
    const second = await HandshakePartner.start({ versions: ['2.1.1'], partyId: 'ZZ9' });
    await api.host('NL*BBB');
    await prepare({ hostedParties: ['NL*AAA'] });
    await start();
    await api.invite('second-211', { hostedParties: ['NL*BBB'] });
    await api.app
      .get(StartRegistration)
      .execute(api.directory.get('second-211')!, { versionsUrl: second.versionsUrl, token: 'A2' });
    const [one, two] = [sent('POST').body, second.requests.at(-1)!.body] as Json[];
    expect([one.party_id, two.party_id]).toEqual(['AAA', 'BBB']);
    expect(one.token).not.toBe(two.token);
    await second.stop();
  });
});
