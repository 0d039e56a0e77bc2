import { OCPI_VERSIONS } from '#ocpi';
import { ConnectionObservations } from '#partners';
import { ApiHarness, expectEnvelope, wireToken } from '../../../test/harness/api-harness.js';

const RAW_LOOKS_LIKE_BASE64 = 'IpbJOXxkxOAuKR92z0nEcmVF3Qw09VG7I7d/WCg0koM=';

describe('transport of the partner-facing API', () => {
  let api: ApiHarness;
  const tokens: Record<string, string> = {};

  beforeAll(async () => {
    api = await ApiHarness.start({ OCPI_MAX_BODY_BYTES: '20000' });
    await api.host('NL*AAA');
    for (const version of OCPI_VERSIONS) {
      const pid = `V${version[2]}${version[4]}`;
      tokens[version] = await api.register(`v${version.replaceAll('.', '')}`, version, [
        [`NL*${pid}`, 'EMSP'],
      ]);
    }
  });
  afterAll(() => api.stop());

  const deviationsOf = async (id: string): Promise<Record<string, string>> => {
    await api.app.get(ConnectionObservations).flush();
    const [row] = await api.dataSource.query<{ deviations: Record<string, string> }[]>(
      'SELECT deviations FROM connection WHERE id = $1',
      [id],
    );
    return row!.deviations;
  };

  it('TRN-05: a request without a known token is 401 with an envelope and no data', async () => {
    for (const token of [undefined, 'nobody-knows-this-token']) {
      for (const path of ['/ocpi/versions', '/ocpi/2.2.1', '/ocpi/2.2.1/locations', '/ocpi/x']) {
        const answer = await api.call(path, token === undefined ? {} : { token });
        expectEnvelope(answer, 401, 2000);
        expect(answer.json).not.toHaveProperty('data');
      }
    }
  });

  it('TRN-05, TRN-48: no spelling of a path gets past the token, and none meets anything but an envelope', async () => {
    const authorization = `Token ${Buffer.from(tokens['2.2.1']!).toString('base64')}`;
    const spellings: [target: string, knownStatus: number][] = [
      ['/%6fcpi/versions', 200],
      ['http://x/ocpi/versions', 200],
      ['https://y:1/%6Fcpi/2.2.1', 200],
      ['/%6fcpi/2.2.1/cdrs', 200],
      ['/ocp%69/2.2.1/credentials', 200],
      ['http://x/ocpi/2.2.1/locations', 200],
      ['/ocpi/%32.2.1/cdrs', 200],
      ['/ocpi/2.2.1/%6cocations', 200],
      ['/ocpi/2.2.1#/locations', 200],
      ['/ocpi//locations', 404],
      ['/ocpi//credentials', 404],
      ['/ocpi/%20/cdrs', 404],
    ];
    for (const [target, knownStatus] of spellings) {
      const stranger = await api.callRaw(target);
      expectEnvelope(stranger, 401, 2000);
      expect(stranger.headers['x-request-id']).toBeDefined();
      const known = await api.callRaw(target, { headers: { authorization } });
      expectEnvelope(known, knownStatus, knownStatus === 200 ? 1000 : 2000);
    }
    const bad = await api.callRaw('http://x/ocpi/2.2.1/tokens/DE/AAA/U1', {
      method: 'PUT',
      text: '{bad',
    });
    expectEnvelope(bad, 401, 2000);
  });

  it('TRN-48 (partial: server side): paths outside /ocpi on the public port are 404 with an envelope', async () => {
    for (const target of [
      '/',
      '/OCPI/versions',
      '/x',
      '/admin/v1/connections',
      '/%61dmin',
      '/x/versions',
      '//ocpi/versions',
      '/ocpi%2fversions',
      'http://x',
    ]) {
      for (const method of ['GET', 'POST']) {
        const answer = await api.callRaw(target, { method, text: method === 'POST' ? '{' : '' });
        expectEnvelope(answer, 404, 2000);
        expect(answer.headers['x-request-id']).toBeDefined();
      }
    }
    const unreadable: [target: string, status: number][] = [
      ['*', 404],
      ['/ocpi/%zz', 400],
    ];
    for (const [target, status] of unreadable) {
      const answer = await api.callRaw(target);
      expectEnvelope(answer, status, 2000);
      expect(answer.headers['x-request-id']).toBeDefined();
    }
  });

  it('STA-03 (partial: server side): an unknown token is 401 whatever the body, never 403', async () => {
    const body = wireToken('2.2.1', '1');
    const put = { method: 'PUT', token: 'unknown-token' };
    expectEnvelope(await api.call('/ocpi/2.2.1/tokens/NL/V21/1', { ...put, body }), 401, 2000);
    expectEnvelope(await api.call('/ocpi/2.2.1/tokens/NL/V21/1', { ...put, text: '{' }), 401, 2000);
  });

  it('TRN-08: tokens are taken raw and in base64 on every version, the wrong one is reported, and refused where the profile says so', async () => {
    const latest = tokens['2.2.1']!;
    expect((await api.call('/ocpi/2.2.1', { token: latest, encoding: 'raw' })).status).toBe(200);
    const oldest = tokens['2.1.1']!;
    expect((await api.call('/ocpi/2.1.1', { token: oldest, encoding: 'base64' })).status).toBe(200);
    expect(await deviationsOf('v221')).toHaveProperty('wrong_encoding');
    expect(await deviationsOf('v211')).toHaveProperty('wrong_encoding');
    const strict = await api.register('strict', '2.2.1', [['NL*STR', 'EMSP']], {
      profile: { inEncoding: 'base64' },
    });
    expectEnvelope(await api.call('/ocpi/2.2.1', { token: strict, encoding: 'raw' }), 401, 2000);
    expect((await api.call('/ocpi/2.2.1', { token: strict })).status).toBe(200);
  });

  it('TRN-09: a raw token that is valid base64 itself is found', async () => {
    const token = await api.register('lookalike', '2.1.1', [['NL*LKA', 'EMSP']], {
      token: RAW_LOOKS_LIKE_BASE64,
    });
    expect((await api.call('/ocpi/versions', { token, encoding: 'raw' })).status).toBe(200);
  });

  it('TRN-10: a line end inside the base64 does not matter', async () => {
    const token = `${tokens['2.2.1']}`;
    for (const end of ['\n', '\r\n']) {
      const authorization = `Token ${Buffer.from(token + end).toString('base64')}`;
      expect((await api.call('/ocpi/versions', { headers: { authorization } })).status).toBe(200);
    }
  });

  it('TRN-11: the scheme has no case, blanks are forgiven, other schemes are 401', async () => {
    const token = tokens['2.1.1']!;
    const status = async (authorization: string) =>
      (await api.call('/ocpi/versions', { headers: { authorization } })).status;
    expect(await status(`token   ${token} `)).toBe(200);
    expect(await status(`TOKEN ${token}`)).toBe(200);
    expect(await status(`Bearer ${token}`)).toBe(401);
    expect(await status(token)).toBe(401);
  });

  it.each(OCPI_VERSIONS)(
    'TRN-12 [%s]: a token A opens versions, details and credentials and nothing else',
    async (version) => {
      const token = await api.invite(`fresh-${version.replaceAll('.', '')}`);
      for (const path of ['/ocpi/versions', `/ocpi/${version}`, `/ocpi/${version}/credentials`]) {
        expectEnvelope(await api.call(path, { token }), 200, 1000);
      }
      for (const module of ['locations', 'tariffs', 'sessions', 'cdrs', 'tokens/NL/TNM/1']) {
        expectEnvelope(await api.call(`/ocpi/${version}/${module}`, { token }), 401, 2000);
      }
    },
  );

  it('TRN-02, TYP-05 (partial: our own URLs): every URL we emit begins with the public base and is at most 255 long', async () => {
    const headers = { host: 'inner.local:8080', 'x-forwarded-proto': 'http' };
    const token = tokens['2.2.1']!;
    const { json } = await api.call('/ocpi/versions', { token, headers });
    const urls: string[] = json.data.map(({ url }: { url: string }) => url);
    for (const version of OCPI_VERSIONS) {
      const details = await api.call(`/ocpi/${version}`, { token, headers });
      urls.push(...details.json.data.endpoints.map(({ url }: { url: string }) => url));
    }
    expect(urls.length).toBeGreaterThan(15);
    for (const url of urls) {
      expect(url.startsWith('https://cpo.example.com/ocpi/')).toBe(true);
      expect(url.length).toBeLessThanOrEqual(255);
    }
  });

  it.each(OCPI_VERSIONS)(
    'TRN-18 [%s]: a method a module does not have is 405 with envelope and Allow',
    async (version) => {
      const token = tokens[version]!;
      const cases: [string, string[], string][] = [
        ['tokens/NL/V21/1', ['POST', 'DELETE'], 'GET, PUT, PATCH'],
        ['credentials', ['PATCH'], 'GET, POST, PUT, DELETE'],
        ['locations', ['POST', 'PUT', 'PATCH', 'DELETE'], 'GET'],
      ];
      for (const [path, methods, allow] of cases) {
        for (const method of methods) {
          const answer = await api.call(`/ocpi/${version}/${path}`, { token, method });
          expectEnvelope(answer, 405, 2000);
          expect(answer.headers['allow']).toBe(allow);
        }
      }
    },
  );

  it('TRN-48, STA-19 (partial: server side): 400, 401, 404, 405 and 413 carry the envelope and nothing of the framework', async () => {
    const token = tokens['2.2.1']!;
    const path = '/ocpi/2.2.1/tokens/NL/V21/1';
    expectEnvelope(await api.call(path, { token, method: 'PUT', text: '{"uid":' }), 400, 2001);
    expectEnvelope(await api.call(path), 401, 2000);
    expectEnvelope(await api.call('/ocpi/2.2.1/nonsense', { token }), 404, 2000);
    expectEnvelope(await api.call('/ocpi/2.2.1/locations/NOPE', { token }), 404, 2003);
    expectEnvelope(await api.call(path, { token, method: 'POST' }), 405, 2000);
    const text = JSON.stringify(wireToken('2.2.1', '1', { issuer: 'x'.repeat(30_000) }));
    expectEnvelope(await api.call(path, { token, method: 'PUT', text }), 413, 2000);
    expectEnvelope(await api.call('/ocpi/2.2.1/tokens/NL/V21/%E0%A4%A', { token }), 400, 2000);
  });

  it.each(OCPI_VERSIONS)(
    'TRN-46 [%s]: every answer is JSON in an envelope with a four-digit code and the time of the answer',
    async (version) => {
      const token = tokens[version]!;
      const pid = `V${version[2]}${version[4]}`;
      const path = `/ocpi/${version}/tokens/NL/${pid}/E1`;
      expectEnvelope(await api.call('/ocpi/versions', { token }), 200, 1000);
      expectEnvelope(await api.call(`/ocpi/${version}`, { token }), 200, 1000);
      for (const list of [
        'locations',
        'tariffs',
        'cdrs',
        'sessions?date_from=2020-01-01T00:00:00Z',
      ]) {
        expectEnvelope(await api.call(`/ocpi/${version}/${list}`, { token }), 200, 1000);
      }
      expectEnvelope(await api.call(`/ocpi/${version}/locations?limit=0`, { token }), 200, 2001);
      expectEnvelope(await api.call(path, { token, method: 'PUT', body: {} }), 200, 2001);
      const answer = await api.call(path, { token });
      expect(answer.json.timestamp).toMatch(version === '2.1.1' ? /:\d\dZ$/ : /(\.\d{1,3})?Z$/);
    },
  );

  it('TRN-17 (partial: server side): a body needs a content type of JSON with or without charset, DELETE needs none', async () => {
    const token = await api.register('leaving', '2.2.1', [['NL*LEA', 'EMSP']]);
    const body = wireToken('2.2.1', '1', { party_id: 'LEA' });
    const headers = { 'content-type': 'application/json; charset=utf-8' };
    const path = '/ocpi/2.2.1/tokens/NL/LEA/1';
    expectEnvelope(await api.call(path, { token, method: 'PUT', body, headers }), 201, 1000);
    expectEnvelope(
      await api.call('/ocpi/2.2.1/credentials', { token, method: 'DELETE' }),
      200,
      1000,
    );
    const other = await api.register('leaving-too', '2.2.1', [['NL*LE2', 'EMSP']]);
    const bare = { 'content-type': 'application/json', 'content-length': '0' };
    expectEnvelope(
      await api.call('/ocpi/2.2.1/credentials', { token: other, method: 'DELETE', headers: bare }),
      200,
      1000,
    );
  });

  it('TRN-70: a body is judged by its JSON, and a wrong label is reported', async () => {
    const token = tokens['2.2.1']!;
    const body = wireToken('2.2.1', 'LABEL', { party_id: 'V21' });
    for (const type of ['text/plain', 'application/vnd.x+json', '']) {
      const headers = { 'content-type': type };
      const path = '/ocpi/2.2.1/tokens/NL/V21/LABEL';
      const answer = await api.call(path, { token, method: 'PUT', body, headers });
      expect(answer.json.status_code).toBe(1000);
      expect([200, 201]).toContain(answer.status);
    }
    expect(await deviationsOf('v221')).toHaveProperty('wrong_content_type');
  });

  it('TRN-50: unknown fields never matter, at any depth, not even those that reach for prototypes', async () => {
    for (const version of OCPI_VERSIONS) {
      const pid = `V${version[2]}${version[4]}`;
      const sound = JSON.stringify(
        wireToken(version, 'X50', version === '2.1.1' ? {} : { party_id: pid }),
      );
      const text = `{"foo":{"bar":1},"__proto__":{"a":1},"constructor":{"prototype":{"b":2}},${sound.slice(1)}`;
      const path = `/ocpi/${version}/tokens/NL/${pid}/X50`;
      const answer = await api.call(path, { token: tokens[version]!, method: 'PUT', text });
      expectEnvelope(answer, 201, 1000);
    }
  });

  it.each(OCPI_VERSIONS)(
    'TRN-63 [%s]: message ids are echoed on success and on errors, made where missing, and cut down where absurd',
    async (version) => {
      const token = tokens[version]!;
      const ids = { 'X-Request-ID': 'req-1', 'x-correlation-id': 'cor-1' };
      const cases: [string, object, number][] = [
        ['/ocpi/versions', { token }, 200],
        ['/ocpi/versions', {}, 401],
        [`/ocpi/${version}/locations/NOPE`, { token }, 404],
        [`/ocpi/${version}/locations`, { token, method: 'POST' }, 405],
        [`/ocpi/${version}/locations?limit=x`, { token }, 200],
      ];
      for (const [path, options, status] of cases) {
        const answer = await api.call(path, { ...options, headers: ids });
        expect(answer.status).toBe(status);
        expect(answer.headers['x-request-id']).toBe('req-1');
        expect(answer.headers['x-correlation-id']).toBe('cor-1');
      }
      const without = await api.call('/ocpi/versions', { token });
      expect(without.headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
      expect(without.headers['x-correlation-id']).toMatch(/^[0-9a-f-]{36}$/);
      const long = await api.call('/ocpi/versions', {
        token,
        headers: { 'x-request-id': 'y'.repeat(10_000) },
      });
      expect(long.status).toBe(200);
      expect(JSON.stringify(long.headers)).not.toContain('yyyy');
    },
  );

  it('TRN-65 (partial: server side): a slash at the end changes nothing and redirects nobody', async () => {
    const token = tokens['2.2.1']!;
    for (const path of [
      '/ocpi/versions',
      '/ocpi/2.2.1',
      '/ocpi/2.2.1/locations',
      '/ocpi/2.2.1/credentials',
    ]) {
      const [plain, slashed] = [
        await api.call(path, { token }),
        await api.call(`${path}/`, { token }),
      ];
      expect([plain.status, slashed.status]).toEqual([200, 200]);
      expect(slashed.json.data).toEqual(plain.json.data);
    }
    const body = wireToken('2.2.1', 'SLASH', { party_id: 'V21' });
    expectEnvelope(
      await api.call('/ocpi/2.2.1/tokens/NL/V21/SLASH/', { token, method: 'PUT', body }),
      201,
      1000,
    );
  });

  it('TRN-71 (partial: server side): header names have no case', async () => {
    const token = Buffer.from(tokens['2.2.1']!).toString('base64');
    const answer = await api.call('/ocpi/2.2.1/locations', {
      headers: {
        AUTHORIZATION: `Token ${token}`,
        'X-REQUEST-ID': 'shout',
        'ocpi-TO-party-id': 'AAA',
        'OCPI-TO-country-CODE': 'NL',
      },
    });
    expectEnvelope(answer, 200, 1000);
    expect(answer.headers['x-request-id']).toBe('shout');
    expect(answer.headers['ocpi-from-party-id']).toBe('AAA');
  });

  it.each(OCPI_VERSIONS)(
    'STA-02 [%s]: a NUL in a URL names nothing: 2001 where something is served, 404 elsewhere',
    async (version) => {
      const token = tokens[version]!;
      const owner = `tokens/NL/V${version[2]}${version[4]}`;
      const urls = [
        `${owner}/a%00b`,
        `${owner}/U1?type=%00`,
        'tokens/NL/%00/U1',
        'locations/a%00b',
        'locations/L/%00/%00',
        'locations?limit=%00',
        'cdrs?x=%00',
      ];
      for (const url of urls) {
        expectEnvelope(await api.call(`/ocpi/${version}/${url}`, { token }), 200, 2001);
      }
      for (const method of ['PUT', 'PATCH']) {
        const body = wireToken(version, 'a');
        const options = { token, method, body };
        expectEnvelope(await api.call(`/ocpi/${version}/${owner}/a%00b`, options), 200, 2001);
      }
      expectEnvelope(await api.call(`/ocpi/${version}/x%00`, { token }), 404, 2000);
      expectEnvelope(await api.call(`/ocpi/${version}/locations/a%00b`), 401, 2000);
    },
  );

  it('STA-01 (partial: the reason): a body that nests too deep is 400 and is told so', async () => {
    const sound = JSON.stringify(wireToken('2.2.1', 'DEEP', { party_id: 'V21' }));
    const text = `{"foo":${'['.repeat(3000)}${']'.repeat(3000)},${sound.slice(1)}`;
    const path = '/ocpi/2.2.1/tokens/NL/V21/DEEP';
    const answer = await api.call(path, { token: tokens['2.2.1']!, method: 'PUT', text });
    expectEnvelope(answer, 400, 2001);
    expect(answer.json.status_message).toBe('the body is nested too deep');
  });

  it.each(OCPI_VERSIONS)(
    'STA-01, STA-02 [%s]: what is no JSON is 400, sound JSON of whatever content is 200 and 2001',
    async (version) => {
      const token = tokens[version]!;
      const pid = `V${version[2]}${version[4]}`;
      const path = `/ocpi/${version}/tokens/NL/${pid}/S2`;
      const put = (text: string) => api.call(path, { token, method: 'PUT', text });
      expectEnvelope(await put('{"uid":'), 400, 2001);
      const owner = version === '2.1.1' ? {} : { party_id: pid };
      const { uid: _uid, ...noUid } = wireToken(version, 'S2', owner);
      const bodies = [
        noUid,
        wireToken(version, 'S2', { ...owner, valid: 'yes' }),
        [],
        'x',
        null,
        7,
      ];
      for (const body of bodies) expectEnvelope(await put(JSON.stringify(body)), 200, 2001);
      expectEnvelope(
        await put(JSON.stringify(wireToken(version, 'S2', { ...owner, whitelist: 'MAYBE' }))),
        200,
        2001,
      );
      expectEnvelope(await api.call(path, { token }), 404, version === '2.1.1' ? 2000 : 2004);
    },
  );

  it('VER-15: GET versions is quick, repeatable and changes nothing but the time of last contact', async () => {
    const token = tokens['2.3.0']!;
    const state = async () =>
      api.dataSource.query(
        'SELECT state, version, outbound_token, token_pull FROM connection ORDER BY id',
      );
    const before = await state();
    for (let i = 0; i < 10; i += 1)
      expectEnvelope(await api.call('/ocpi/versions', { token }), 200, 1000);
    expect(await state()).toEqual(before);
    await api.app.get(ConnectionObservations).flush();
    const [row] = await api.dataSource.query<{ seen: Date | null }[]>(
      "SELECT last_seen_at AS seen FROM connection WHERE id = 'v230'",
    );
    expect(row!.seen).not.toBeNull();
  });

  it('STA-14: a failure of ours after parsing is 200 and 3000 without a word about the cause', async () => {
    const token = tokens['2.2.1']!;
    await api.dataSource.query('ALTER TABLE token RENAME TO token_away');
    try {
      const body = wireToken('2.2.1', 'DOWN', { party_id: 'V21' });
      const answer = await api.call('/ocpi/2.2.1/tokens/NL/V21/DOWN', {
        token,
        method: 'PUT',
        body,
      });
      expectEnvelope(answer, 200, 3000);
      expect(answer.text).not.toMatch(/relation|token_away|SELECT|at .*\.ts/);
    } finally {
      await api.dataSource.query('ALTER TABLE token_away RENAME TO token');
    }
  });
});
