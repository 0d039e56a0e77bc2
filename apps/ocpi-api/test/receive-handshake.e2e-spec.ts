import { OCPI_VERSIONS } from '#ocpi';
import { ConnectionObservations, ConnectionsService, tokenPartiesOf } from '#partners';
import {
  type Answer,
  type Json,
  ApiHarness,
  expectEnvelope,
  wireToken,
} from '../../../test/harness/api-harness.js';
import { openTransactions } from '../../../test/harness/open-transactions.js';
import { HandshakePartner, shows } from '../../../test/harness/handshake-partner.js';
import { eventually } from '../../../test/harness/wait-for.js';

const TOKEN_B = 'partner-chosen-token-B-0123456789';

describe('a partner registers with us', () => {
  let api: ApiHarness;
  let partner: HandshakePartner;
  let count = 0;

  beforeAll(async () => {
    api = await ApiHarness.start();
    await api.host('NL*AAA');
  });
  afterAll(() => api.stop());
  beforeEach(async () => {
    partner = await HandshakePartner.start();
  });
  afterEach(() => partner.stop());

  const fresh = async (given: object = {}): Promise<[id: string, tokenA: string]> => {
    const id = `partner-${(count += 1)}`;
    // Parties are bound to connections, so that every test brings its own (CRD-32).
    const [country, pid] = [partner.countryCode, `P${String(count).padStart(2, '0')}`];
    Object.assign(partner, { countryCode: country, partyId: pid });
    return [id, await api.invite(id, given)];
  };
  const send = (method: string, version: string, token: string, body?: unknown) =>
    api.call(`/ocpi/${version}/credentials`, {
      method,
      token,
      ...(body !== undefined && { body }),
    });
  const register = (version: string, tokenA: string, tokenB = TOKEN_B): Promise<Answer> =>
    send('POST', version, tokenA, partner.credentials(version, tokenB));
  const rowOf = async (id: string) => {
    const [row] = await api.dataSource.query<Json[]>('SELECT * FROM connection WHERE id = $1', [
      id,
    ]);
    return row;
  };
  const alive = async (token: string) => (await api.call('/ocpi/versions', { token })).status;

  it.each(OCPI_VERSIONS)(
    'CRD-02, CRD-03, CRD-34 [%s]: POST with A reads versions and details with B, answers C and ends A',
    async (version) => {
      const [id, tokenA] = await fresh();
      const answer = await register(version, tokenA);
      expectEnvelope(answer, 200, 1000);
      expect(partner.trace()).toEqual(['GET /versions', `GET /${version}`]);
      expect(partner.requests.every((request) => shows(request, TOKEN_B))).toBe(true);
      const tokenC: string = answer.json.data.token;
      expect(tokenC).toMatch(/^[!-~]{32,64}$/);
      expect([tokenA, TOKEN_B]).not.toContain(tokenC);
      expect([await alive(tokenA), await alive(tokenC)]).toEqual([401, 200]);
      expect(api.directory.get(id)!.outboundToken()).toBe(TOKEN_B);
      expect(api.directory.get(id)).toMatchObject({ state: 'registered', version });
      const messages = await api.dataSource.query<Json[]>(
        'SELECT type, data FROM csms_message WHERE subject = $1',
        [id],
      );
      expect(messages.map(({ type }) => type)).toEqual(['ocpi.partner.connected.v1']);
      expect(JSON.parse(messages[0].data)).toMatchObject({ connection_id: id, version });
      const [feed] = await api.dataSource.query<Json[]>(
        'SELECT * FROM feed WHERE connection_id = $1',
        [id],
      );
      expect(feed.snapshot).toEqual({ kind: 'tariff', afterId: 0 });
    },
  );

  it('TRN-06, TRN-62 (partial: handshake), TRN-73 (partial: handshake), TRN-53 (partial: handshake): our calls show base64 of B with fresh ids and no routing headers', async () => {
    const [, tokenA] = await fresh();
    await register('2.2.1', tokenA);
    const expected = `Token ${Buffer.from(TOKEN_B).toString('base64')}`;
    expect(partner.requests.map(({ authorization }) => authorization)).toEqual([
      expected,
      expected,
    ]);
    const ids = partner.requests.flatMap(({ headers }) => [
      headers['x-request-id'],
      headers['x-correlation-id'],
    ]);
    expect(new Set(ids).size).toBe(4);
    for (const { headers } of partner.requests) {
      expect(Object.keys(headers).filter((name) => name.startsWith('ocpi-'))).toEqual([]);
    }
  });

  it('TRN-07 (partial: handshake): on 2.1.1 the token is shown as it is', async () => {
    const [, tokenA] = await fresh();
    await register('2.1.1', tokenA);
    expect(partner.requests.map(({ authorization }) => authorization)).toEqual(
      Array(2).fill(`Token ${TOKEN_B}`),
    );
  });

  it('CRD-04: a registered client gets 405 on POST, on its version and on another, and nothing changes', async () => {
    const [id, tokenA] = await fresh();
    const tokenC = (await register('2.2.1', tokenA)).json.data.token;
    const before = await rowOf(id);
    for (const version of ['2.2.1', '2.3.0']) {
      expectEnvelope(
        await send('POST', version, tokenC, partner.credentials(version, 'another-B')),
        405,
        2000,
      );
    }
    expectEnvelope(await register('2.2.1', tokenA), 401, 2000);
    expect((await rowOf(id)).outbound_token).toEqual(before.outbound_token);
    expect(await alive(tokenC)).toBe(200);
  });

  it('CRD-05: PUT and DELETE before registration are 405 and A stays good; PATCH never exists', async () => {
    const [, tokenA] = await fresh();
    expectEnvelope(
      await send('PUT', '2.2.1', tokenA, partner.credentials('2.2.1', TOKEN_B)),
      405,
      2000,
    );
    expectEnvelope(await send('DELETE', '2.2.1', tokenA), 405, 2000);
    const answer = await register('2.2.1', tokenA);
    expectEnvelope(answer, 200, 1000);
    expectEnvelope(await send('PATCH', '2.2.1', answer.json.data.token, {}), 405, 2000);
  });

  it.each(OCPI_VERSIONS)(
    'CRD-06, CRD-43 [%s]: GET answers our object with the token the caller uses, A included',
    async (version) => {
      const [, tokenA] = await fresh();
      const before = await send('GET', version, tokenA);
      expectEnvelope(before, 200, 1000);
      expect(before.json.data.token).toBe(tokenA);
      const tokenC = (await register(version, tokenA)).json.data.token;
      const { data } = (await send('GET', version, tokenC)).json;
      expect(data).toMatchObject({ token: tokenC, url: 'https://cpo.example.com/ocpi/versions' });
      expect(JSON.stringify(data)).not.toContain(TOKEN_B);
    },
  );

  it('CRD-07, CRD-11: whatever goes wrong in the callbacks is 3001, leaves no trace, and A works afterwards', async () => {
    const [id, tokenA] = await fresh();
    const before = await rowOf(id);
    const troubles = [
      { status: 500 },
      { status: 401 },
      { headers: { 'content-type': 'text/html' }, body: '<html>oops</html>' },
      { body: { status_code: 2000, timestamp: new Date().toISOString() } },
      { body: { status_code: 1000, data: [{ version: '2.2.1', url: 'ftp://nowhere' }] } },
    ];
    for (const trouble of troubles) {
      partner.script = ({ path }) => (path === '/versions' ? trouble : undefined);
      const answer = await register('2.2.1', tokenA);
      expectEnvelope(answer, 200, 3001);
      expect(answer.json).not.toHaveProperty('data');
    }
    await api.app.get(ConnectionObservations).flush();
    expect(await rowOf(id)).toEqual({
      ...before,
      last_seen_at: expect.anything(),
      deviations: expect.anything(),
    });
    expect(
      await api.dataSource.query('SELECT 1 FROM remote_party WHERE connection_id = $1', [id]),
    ).toEqual([]);
    partner.script = () => undefined;
    expectEnvelope(await register('2.2.1', tokenA), 200, 1000);
  });

  it('CRD-08: a version the client does not list is 3002', async () => {
    const [, tokenA] = await fresh();
    partner.versions = ['2.2.1'];
    expectEnvelope(await register('2.3.0', tokenA), 200, 3002);
  });

  it('CRD-09: endpoints held indispensable and missing are 3003', async () => {
    const [, tokenA] = await fresh({ profile: { requiredModules: ['cdrs/RECEIVER'] } });
    partner.modules = partner.modules.filter(([module]) => module !== 'cdrs');
    const answer = await register('2.2.1', tokenA);
    expectEnvelope(answer, 200, 3003);
    expect(answer.json.status_message).toContain('cdrs/RECEIVER');
  });

  it.each(OCPI_VERSIONS)(
    'CRD-10 [%s]: a body that is wrong is 2001 before any call leaves',
    async (version) => {
      const [, tokenA] = await fresh();
      const sound: Json = partner.credentials(version, TOKEN_B);
      const { token: _t, ...noToken } = sound;
      const { url: _u, ...noUrl } = sound;
      const bad = [
        noToken,
        noUrl,
        { ...sound, token: 'x'.repeat(65) },
        { ...sound, token: 'with blank' },
        { ...sound, url: 'not a url' },
        [],
        'x',
        null,
      ];
      if (version !== '2.1.1') {
        const { roles: _r, ...noRoles } = sound;
        bad.push(noRoles);
      }
      for (const body of bad) expectEnvelope(await send('POST', version, tokenA, body), 200, 2001);
      expect(partner.requests).toEqual([]);
      expect(await alive(tokenA)).toBe(200);
    },
  );

  it('TRN-03 (partial: all but response_url, which comes with commands), CRD-10: a URL that vetting turns down is 3001 and no request leaves', async () => {
    const [, tokenA] = await fresh();
    for (const url of [
      'https://169.254.169.254/versions',
      'http://10.0.0.1/versions',
      'https://user:pw@example.com/v',
      'https://[::1]/versions',
    ]) {
      expectEnvelope(
        await send('POST', '2.2.1', tokenA, {
          ...partner.credentials('2.2.1', TOKEN_B),
          url,
        }),
        200,
        3001,
      );
    }
    partner.script = ({ path }) =>
      path === '/versions'
        ? {
            body: {
              status_code: 1000,
              data: [{ version: '2.2.1', url: 'http://169.254.169.254/2.2.1' }],
              timestamp: '',
            },
          }
        : undefined;
    expectEnvelope(await register('2.2.1', tokenA), 200, 3001);
    expect(partner.trace()).toEqual(['GET /versions']);
    partner.script = ({ path }) =>
      path === '/versions'
        ? { status: 302, headers: { location: `${partner.base}/elsewhere` } }
        : undefined;
    expectEnvelope(await register('2.2.1', tokenA), 200, 3001);
    expect(partner.trace()).not.toContain('GET /elsewhere');
  });

  it('CRD-07, VER-12 (partial: remarks): an endpoint URL with control characters is 3001 and A lives; odd names of modules are remarked all the same', async () => {
    const [id, tokenA] = await fresh();
    const sound = partner.modules;
    partner.script = ({ path }) =>
      path === '/2.2.1'
        ? {
            body: {
              status_code: 1000,
              timestamp: '',
              data: {
                version: '2.2.1',
                endpoints: [
                  {
                    identifier: 'locations',
                    role: 'RECEIVER',
                    url: `${partner.base}/2.2.1/\u0000locations`,
                  },
                ],
              },
            },
          }
        : undefined;
    expectEnvelope(await register('2.2.1', tokenA), 200, 3001);
    expect(await alive(tokenA)).toBe(200);
    partner.script = () => undefined;
    partner.modules = [
      ...sound,
      ['a\u0000b', 'SENDER'],
      ['\ud800', 'SENDER'],
      [`${'x'.repeat(39)}\u{1F600}`, 'SENDER'],
    ];
    expectEnvelope(await register('2.2.1', tokenA), 200, 1000);
    const remarks = Object.keys((await rowOf(id)).deviations);
    expect(remarks).toEqual(
      expect.arrayContaining([
        'unknown_module ab',
        'unknown_module \ufffd',
        `unknown_module ${'x'.repeat(39)}\ufffd`,
      ]),
    );
  });

  it('CRD-10 (partial: unstorable text): a NUL in the business details is 2001, half of a surrogate pair is replaced', async () => {
    const [id, tokenA] = await fresh();
    const stating = (details: object): Promise<Answer> => {
      const sound: Json = partner.credentials('2.2.1', TOKEN_B);
      const roles = sound.roles.map((role: Json) => ({ ...role, business_details: details }));
      return send('POST', '2.2.1', tokenA, { ...sound, roles });
    };
    for (const odd of ['\u0000', '\ud800']) {
      const website = `https://example.com/${odd}`;
      expectEnvelope(await stating({ name: 'x', website }), 200, 2001);
      const logo = { url: website, category: 'OPERATOR', type: 'png' };
      expectEnvelope(await stating({ name: 'x', logo }), 200, 2001);
    }
    expectEnvelope(await stating({ name: 'a\u0000b' }), 200, 2001);
    expectEnvelope(await stating({ name: 'a\ud800b' }), 200, 1000);
    const [row] = await api.dataSource.query<Json[]>(
      'SELECT business_details AS details FROM remote_party WHERE connection_id = $1',
      [id],
    );
    expect(row.details).toEqual({ name: 'a\ufffdb' });
  });

  it('P13: a partner does not learn what our DNS says of a name', async () => {
    const [, tokenA] = await fresh();
    const said: string[] = [];
    for (const host of ['nowhere.invalid', 'localhost']) {
      const body = partner.credentials('2.2.1', TOKEN_B, { url: `https://${host}:1/versions` });
      const answer = await send('POST', '2.2.1', tokenA, body);
      expectEnvelope(answer, 200, 3001);
      said.push(answer.json.status_message);
    }
    expect(said[0]).not.toMatch(/getaddrinfo|resolve|public/);
    expect(said[1]).not.toMatch(/::1|127\.|public/);
  });

  it('CRD-12: of two POSTs with one A exactly one wins', async () => {
    const [id, tokenA] = await fresh();
    // Both are let in with A before either has ended: who comes when A is dead gets 401 instead.
    const arrived = Promise.withResolvers<undefined>();
    partner.script = ({ path }) => {
      if (path !== '/versions') return undefined;
      if (partner.trace().filter((line) => line === 'GET /versions').length === 2) {
        arrived.resolve(undefined);
      }
      return arrived.promise;
    };
    const answers = await Promise.all([register('2.2.1', tokenA), register('2.2.1', tokenA)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 405]);
    expectEnvelope(
      answers.find(({ status }) => status === 200)!,
      200,
      1000,
    );
    expect(await alive(tokenA)).toBe(401);
    const tokens = await api.dataSource.query(
      'SELECT 1 FROM connection_token WHERE connection_id = $1',
      [id],
    );
    expect(tokens).toHaveLength(1);
  });

  it('CRD-13 (partial: what is read and issued), CRD-16: PUT reads everything again and answers C′; C lives until C′ is used', async () => {
    const [id, tokenA] = await fresh();
    const tokenC = (await register('2.2.1', tokenA)).json.data.token;
    partner.requests.length = 0;
    partner.script = ({ path }) =>
      path === '/2.2.1'
        ? {
            body: {
              status_code: 1000,
              timestamp: '',
              data: {
                version: '2.2.1',
                endpoints: [
                  {
                    identifier: 'credentials',
                    role: 'SENDER',
                    url: `${partner.base}/2.2.1/credentials`,
                  },
                  { identifier: 'cdrs', role: 'RECEIVER', url: `${partner.base}/moved/cdrs` },
                ],
              },
            },
          }
        : undefined;
    const first = await send('PUT', '2.2.1', tokenC, partner.credentials('2.2.1', 'new-token-B'));
    expectEnvelope(first, 200, 1000);
    expect(partner.trace()).toEqual(['GET /versions', 'GET /2.2.1']);
    expect(partner.requests.every((request) => shows(request, 'new-token-B'))).toBe(true);
    expect(api.directory.get(id)!.endpoints).toContainEqual({
      identifier: 'cdrs',
      role: 'RECEIVER',
      url: `${partner.base}/moved/cdrs`,
    });
    // The answer got lost: the client asks again with C.
    const second = await send('PUT', '2.2.1', tokenC, partner.credentials('2.2.1', 'new-token-B2'));
    expectEnvelope(second, 200, 1000);
    const next: string = second.json.data.token;
    expect([tokenC, first.json.data.token]).not.toContain(next);
    expect(await alive(next)).toBe(200);
    expect([await alive(tokenC), await alive(first.json.data.token)]).toEqual([401, 401]);
    // After a POST whose answer was lost, an operator issues another A.
    const again = await api.app.get(ConnectionsService).inviteAnew(id);
    expectEnvelope(await register('2.2.1', again.token), 200, 1000);
  });

  it('CRD-14 (partial: not the pushes): PUT on another version’s endpoint moves the connection, with the header in either form', async () => {
    const [id, tokenA] = await fresh();
    const tokenC = (await register('2.1.1', tokenA)).json.data.token;
    const up = await api.call('/ocpi/2.2.1/credentials', {
      method: 'PUT',
      token: tokenC,
      encoding: 'raw',
      body: partner.credentials('2.2.1', TOKEN_B),
    });
    expectEnvelope(up, 200, 1000);
    expect(up.json.data.roles).toHaveLength(1);
    expect(api.directory.get(id)).toMatchObject({ version: '2.2.1', outboundEncoding: null });
    expect(api.directory.get(id)!.endpoints.every(({ url }) => url.includes('/2.2.1/'))).toBe(true);
    const down = await api.call('/ocpi/2.1.1/credentials', {
      method: 'PUT',
      token: up.json.data.token,
      encoding: 'base64',
      body: partner.credentials('2.1.1', TOKEN_B),
    });
    expectEnvelope(down, 200, 1000);
    expect(down.json.data).toMatchObject({ party_id: 'AAA', country_code: 'NL' });
    expect(api.directory.get(id)!.version).toBe('2.1.1');
  });

  it('CRD-15: a PUT that fails leaves token, endpoints, version and roles as they were', async () => {
    const [id, tokenA] = await fresh();
    const tokenC = (await register('2.2.1', tokenA)).json.data.token;
    const before = [await rowOf(id), api.directory.get(id)];
    partner.script = () => ({ status: 500 });
    expectEnvelope(
      await send('PUT', '2.2.1', tokenC, partner.credentials('2.2.1', 'B3')),
      200,
      3001,
    );
    partner.script = () => undefined;
    partner.versions = ['2.2.1'];
    expectEnvelope(
      await send('PUT', '2.3.0', tokenC, partner.credentials('2.3.0', 'B3')),
      200,
      3002,
    );
    expectEnvelope(await send('PUT', '2.2.1', tokenC, { token: 'B3' }), 200, 2001);
    expect(await alive(tokenC)).toBe(200);
    await api.directory.refresh();
    const after = [await rowOf(id), api.directory.get(id)] as Json[];
    expect(after[0].outbound_token).toEqual(before[0].outbound_token);
    expect(after[1].endpoints).toEqual(before[1].endpoints);
    expect(after[1].parties).toEqual(before[1].parties);
    expect(after[1].version).toBe('2.2.1');
  });

  it('CRD-17 (partial: state), CRD-18: DELETE ends the token, the feed and all we held; a repeat is 401', async () => {
    const [id, tokenA] = await fresh();
    const tokenC = (await register('2.2.1', tokenA)).json.data.token;
    expectEnvelope(await send('DELETE', '2.2.1', tokenC), 200, 1000);
    expectEnvelope(await send('DELETE', '2.2.1', tokenC), 401, 2000);
    expect(await alive(tokenC)).toBe(401);
    expect(api.directory.get(id)).toMatchObject({
      state: 'unregistered',
      endpoints: [],
      parties: [],
    });
    expect(await api.dataSource.query('SELECT 1 FROM feed WHERE connection_id = $1', [id])).toEqual(
      [],
    );
    const messages = await api.dataSource.query<Json[]>(
      'SELECT type FROM csms_message WHERE subject = $1 ORDER BY seq',
      [id],
    );
    expect(messages.map(({ type }) => type)).toEqual([
      'ocpi.partner.connected.v1',
      'ocpi.partner.disconnected.v1',
    ]);
    expect(() => api.directory.get(id)!.outboundToken()).toThrow();
  });

  it('CRD-22 (partial: other connections): a partner that is slow in its callbacks keeps nobody waiting', async () => {
    const [, tokenA] = await fresh();
    const other = await api.register('bystander', '2.2.1', [['DE*BYS', 'EMSP']]);
    const callbacks = Promise.withResolvers<undefined>();
    partner.script = () => callbacks.promise;
    const slow = register('2.2.1', tokenA);
    await eventually(() => expect(partner.trace()).toEqual(['GET /versions']));
    expect(await alive(other)).toBe(200);
    // Other work may have one for a moment; one of the handshake would stay for as long as we wait.
    await eventually(async () => expect(await openTransactions(api.dataSource)).toBe(0), {
      timeoutMs: 10_000,
    });
    callbacks.resolve(undefined);
    expectEnvelope(await slow, 200, 1000);
  });

  it.each(['2.2.1', '2.3.0'])(
    'CRD-29, TER-03 (partial: credentials) [%s]: roles need an entry, each complete',
    async (version) => {
      const [, tokenA] = await fresh();
      const base = partner.credentials(version, TOKEN_B) as Json;
      const [role] = base.roles;
      const wrong = [
        [],
        [{ ...role, business_details: {} }],
        [{ ...role, party_id: 'TOOLONG' }],
        [{ ...role, country_code: 'NLD' }],
        [{ ...role, role: undefined }],
      ];
      for (const roles of wrong)
        expectEnvelope(await send('POST', version, tokenA, { ...base, roles }), 200, 2001);
    },
  );

  it.each(['2.2.1', '2.3.0'])(
    'CRD-30 [%s]: a party twice in one role is 2001 whatever the case; several parties in one role are fine',
    async (version) => {
      const [id, tokenA] = await fresh();
      const base = partner.credentials(version, TOKEN_B) as Json;
      const role = (party_id: string) => ({ ...base.roles[0], party_id });
      const n = version === '2.2.1' ? 'A' : 'B';
      const twice = { ...base, roles: [role(`${n}zz`), role(`${n}ZZ`)] };
      expectEnvelope(await send('POST', version, tokenA, twice), 200, 2001);
      const three = { ...base, roles: [role(`${n}X1`), role(`${n}X2`), role(`${n}X3`)] };
      const answer = await send('POST', version, tokenA, three);
      expectEnvelope(answer, 200, 1000);
      expect(api.directory.get(id)!.parties.map(({ partyKey }) => partyKey)).toEqual([
        `NL*${n}X1`,
        `NL*${n}X2`,
        `NL*${n}X3`,
      ]);
      for (const party of [`${n}X1`, `${n}X3`]) {
        const body = wireToken(version, '1', { party_id: party });
        const put = await api.call(`/ocpi/${version}/tokens/NL/${party}/1`, {
          method: 'PUT',
          token: answer.json.data.token,
          body,
        });
        expectEnvelope(put, 201, 1000);
      }
    },
  );

  it('CRD-32, TRN-13 (partial: tokens): a party bound to another partner, or to us, is not taken over; tokens are unique', async () => {
    const [, tokenA] = await fresh();
    expectEnvelope(await register('2.2.1', tokenA), 200, 1000);
    const taken = partner.partyId;
    const [thief, tokenA2] = await fresh();
    const base = partner.credentials('2.2.1', TOKEN_B) as Json;
    const roles = [
      { ...base.roles[0], party_id: taken },
      { ...base.roles[0], party_id: 'OWN' },
      { ...base.roles[0], party_id: 'AAA', role: 'CPO' },
    ];
    expectEnvelope(await send('POST', '2.2.1', tokenA2, { ...base, roles }), 200, 1000);
    expect(api.directory.get(thief)!.parties.map(({ partyKey }) => partyKey)).toEqual(['NL*OWN']);
    expect(Object.keys((await rowOf(thief)).deviations)).toContain(`refused_party NL*${taken}`);
    const [, tokenA3] = await fresh();
    expectEnvelope(await send('POST', '2.2.1', tokenA3, { ...base, roles: [roles[0]] }), 200, 2001);
    const doubled = await api.dataSource.query(
      `INSERT INTO connection_token (token_hash, connection_id, purpose)
       SELECT token_hash, 'other', 'full' FROM connection_token LIMIT 1 ON CONFLICT DO NOTHING RETURNING 1`,
    );
    expect(doubled).toEqual([]);
  });

  it('CRD-38 (partial: size and difference), CRD-39 (partial: roles): 2,000 roles arrive by PUT, roles outside the enum are taken in and grant nothing', async () => {
    const [id, tokenA] = await fresh();
    const tokenC = (await register('2.3.0', tokenA)).json.data.token;
    const base = partner.credentials('2.3.0', TOKEN_B) as Json;
    const party = (i: number) => i.toString(36).toUpperCase().padStart(3, '0');
    const roles = Array.from({ length: 2000 }, (_, i) => ({
      ...base.roles[0],
      party_id: party(i),
      country_code: 'DE',
      role: i === 0 ? 'PTP' : i === 1 ? 'HUB' : 'EMSP',
    }));
    const body = { ...base, roles };
    expect(JSON.stringify(body).length).toBeGreaterThan(100_000);
    expectEnvelope(await send('PUT', '2.3.0', tokenC, body), 200, 1000);
    expect(api.directory.get(id)!.parties).toHaveLength(2000);
    expect(api.directory.get(id)!.parties[0]!.role).toBe('PTP');
  });

  it.each(['2.2.1', '2.3.0'])(
    'TYP-19 [%s]: we are a CPO and nothing else; partners’ roles are taken in as listed, and none but EMSP sees Sessions',
    async (version) => {
      const [id, tokenA] = await fresh();
      const answer = await register(version, tokenA);
      const ourRoles = answer.json.data.roles.map(({ role }: Json) => role);
      expect(new Set(ourRoles)).toEqual(new Set(['CPO']));
      const base = partner.credentials(version, TOKEN_B) as Json;
      const idOf = (i: number) => `R${version[2]}${i}`;
      const listed = ['CPO', 'EMSP', 'HUB', 'NAP', 'NSP', 'OTHER', 'SCSP', 'PTP', 'emsp'];
      const roles = listed.map((role, i) => ({ ...base.roles[0], role, party_id: idOf(i) }));
      expectEnvelope(
        await send('PUT', version, answer.json.data.token, { ...base, roles }),
        200,
        1000,
      );
      const connection = api.directory.get(id)!;
      expect(connection.parties.map(({ role }) => role).sort()).toEqual([...listed].sort());
      expect(tokenPartiesOf(connection)).toEqual([`${base.roles[0].country_code}*${idOf(1)}`]);
    },
  );

  it('CRD-33: a party’s tokens may have contract ids of another country', async () => {
    const [, tokenA] = await fresh();
    const tokenC = (await register('2.2.1', tokenA)).json.data.token;
    const body = wireToken('2.2.1', '33', {
      party_id: partner.partyId,
      contract_id: 'DE8ACC12E46L89',
    });
    expectEnvelope(
      await api.call(`/ocpi/2.2.1/tokens/NL/${partner.partyId}/33`, {
        method: 'PUT',
        token: tokenC,
        body,
      }),
      201,
      1000,
    );
  });

  it('CRD-42: A and the versions URL are shown once, and A is stored as a hash only', async () => {
    const [id, tokenA] = await fresh();
    const dump = JSON.stringify(
      await api.dataSource.query(
        "SELECT c.*, encode(t.token_hash, 'escape') FROM connection c JOIN connection_token t ON t.connection_id = c.id WHERE c.id = $1",
        [id],
      ),
    );
    expect(dump).not.toContain(tokenA);
    expect(JSON.stringify(api.directory.get(id))).not.toContain(tokenA);
  });

  it.each(['Booking', 'bookings', 'booking', 'BOOKINGS'])(
    'VER-14: %s is one module in what we keep of a partner, beside its other add-ons',
    async (spelling) => {
      const [id, tokenA] = await fresh();
      partner.modules = [
        ['credentials', 'SENDER'],
        ['locations', 'RECEIVER'],
        ['tariffs', 'RECEIVER'],
        [spelling, 'SENDER'],
        ['Payments', 'RECEIVER'],
        ['InvoiceReconciliation', 'SENDER'],
      ];
      expectEnvelope(await register('2.3.0', tokenA), 200, 1000);
      const kept = api.directory.get(id)!.endpoints.map(({ identifier }) => identifier);
      expect(kept.sort()).toEqual([
        'bookings',
        'credentials',
        'invoicereconciliation',
        'locations',
        'payments',
        'tariffs',
      ]);
      const remarks = Object.keys((await rowOf(id)).deviations);
      expect(remarks.filter((name) => name.startsWith('unknown_module'))).toEqual([]);
    },
  );

  it('VER-08, VER-12, VER-16 (partial: the remark to the operator and the rule; nothing that depends on other modules is offered before commands): unknown modules are skipped, doubled ones and Locations without Tariffs are remarked', async () => {
    const [id, tokenA] = await fresh();
    partner.modules = [
      ['credentials', 'SENDER'],
      ['locations', 'RECEIVER'],
      ['nltnm-tokens', 'SENDER'],
      ['foo', 'RECEIVER'],
    ];
    const answer = await register('2.2.1', tokenA);
    expectEnvelope(answer, 200, 1000);
    expect(Object.keys((await rowOf(id)).deviations)).toEqual(
      expect.arrayContaining([
        'unknown_module nltnm-tokens',
        'unknown_module foo',
        'locations_without_tariffs',
      ]),
    );
    partner.script = ({ path }) =>
      path === '/2.1.1'
        ? {
            body: {
              status_code: 1000,
              timestamp: '',
              data: {
                version: '2.1.1',
                endpoints: [
                  { identifier: 'credentials', url: `${partner.base}/2.1.1/credentials` },
                  { identifier: 'tokens', url: `${partner.base}/cpo/tokens` },
                  { identifier: 'tokens', url: `${partner.base}/emsp/tokens` },
                ],
              },
            },
          }
        : undefined;
    const [second, tokenA2] = await fresh();
    expectEnvelope(await register('2.1.1', tokenA2), 200, 1000);
    expect(Object.keys((await rowOf(second)).deviations)).toContain('ambiguous_endpoint tokens');
    expect(api.directory.get(second)!.endpoints.map(({ identifier }) => identifier)).toEqual([
      'credentials',
    ]);
  });

  it('VER-09, VER-10: the role of credentials is ignored, other endpoints are chosen by theirs', async () => {
    const [id, tokenA] = await fresh();
    partner.script = ({ path }) =>
      path === '/2.2.1'
        ? {
            body: {
              status_code: 1000,
              timestamp: '',
              data: {
                version: '2.2.1',
                endpoints: [
                  {
                    identifier: 'credentials',
                    role: 'RECEIVER',
                    url: `${partner.base}/2.2.1/credentials`,
                  },
                  {
                    identifier: 'locations',
                    role: 'SENDER',
                    url: `${partner.base}/as-cpo/locations`,
                  },
                  {
                    identifier: 'locations',
                    role: 'RECEIVER',
                    url: `${partner.base}/as-emsp/locations`,
                  },
                ],
              },
            },
          }
        : undefined;
    expectEnvelope(await register('2.2.1', tokenA), 200, 1000);
    const endpoints = api.directory.get(id)!.endpoints;
    expect(endpoints).toContainEqual({
      identifier: 'locations',
      role: 'RECEIVER',
      url: `${partner.base}/as-emsp/locations`,
    });
    expect(endpoints.find(({ identifier }) => identifier === 'credentials')!.url).toBe(
      `${partner.base}/2.2.1/credentials`,
    );
  });

  it('TRN-04, P15 (partial: database, answers, errors): no token is readable at rest or in any other answer', async () => {
    const [id, tokenA] = await fresh();
    const canary = 'canary-B-must-not-be-seen-0123';
    const failed = await send('POST', '2.2.1', tokenA, {
      ...partner.credentials('2.2.1', canary),
      url: 'http://10.0.0.1/x',
    });
    expect(failed.text).not.toContain(canary);
    const tokenC: string = (await register('2.2.1', tokenA, canary)).json.data.token;
    const dump = JSON.stringify([
      await api.dataSource.query(
        "SELECT c.*, encode(c.outbound_token, 'escape') AS o FROM connection c",
      ),
      await api.dataSource.query("SELECT encode(token_hash, 'escape') AS h FROM connection_token"),
      await api.dataSource.query('SELECT data FROM csms_message'),
      JSON.stringify(api.directory.all()),
    ]);
    for (const secret of [tokenA, canary, tokenC]) {
      expect(dump).not.toContain(secret);
      expect(dump).not.toContain(Buffer.from(secret).toString('base64'));
    }
    for (const path of [
      '/ocpi/versions',
      '/ocpi/2.2.1',
      '/ocpi/2.2.1/locations',
      '/ocpi/2.2.1/nope',
    ]) {
      expect((await api.call(path, { token: tokenC })).text).not.toContain(tokenC);
    }
    expect(api.directory.get(id)!.outboundToken()).toBe(canary);
  });
});
