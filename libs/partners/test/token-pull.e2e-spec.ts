import { jest } from '@jest/globals';
import { OCPI_VERSIONS, type OcpiVersion } from '#ocpi';
import {
  type Connection,
  ConnectionDirectory,
  ConnectionsService,
  isLive,
  RegistrationStore,
  requestTokenPull,
  TokenPull,
  TokenPullScheduler,
} from '#partners';
import { createLogger, SystemClock } from '#platform';
import { ApiHarness, type Json, wireToken } from '../../../test/harness/api-harness.js';
import {
  HandshakePartner,
  type RecordedRequest,
  type ScriptedAnswer,
  success,
} from '../../../test/harness/handshake-partner.js';
import { PartnerClient } from '../src/http/partner-client.js';

/** A list in pages with links, as a sound partner serves it. */
function pages(
  base: string,
  path: string,
  objects: unknown[],
  limit: number,
  options: { total?: boolean; links?: boolean } = {},
) {
  return ({ path: asked }: RecordedRequest): ScriptedAnswer | undefined => {
    const url = new URL(asked, base);
    if (url.pathname !== path) return undefined;
    const offset = Number(url.searchParams.get('offset') ?? 0);
    const next = offset + limit < objects.length && options.links !== false;
    return {
      headers: {
        ...(options.total !== false && { 'x-total-count': String(objects.length) }),
        'x-limit': '1000',
        ...(next && {
          link: `<${base}${path}?odd=%3Akept&offset=${offset + limit}&limit=1000>; rel="next"`,
        }),
      },
      body: success(objects.slice(offset, offset + limit)),
    };
  };
}

describe('pull of a partner’s tokens', () => {
  let api: ApiHarness;
  let partner: HandshakePartner;
  let pull: TokenPull;
  let count = 0;

  beforeAll(async () => {
    api = await ApiHarness.start({ OCPI_ENCRYPTION_KEY: Buffer.alloc(32, 7).toString('base64') });
    await api.host('NL*AAA');
    pull = new TokenPull(
      api.dataSource,
      api.app.get(PartnerClient),
      api.directory,
      new SystemClock(),
    );
  });
  afterAll(() => api.stop());
  beforeEach(async () => {
    count += 1;
    partner = await HandshakePartner.start({ partyId: `K${String(count).padStart(2, '0')}` });
  });
  afterEach(() => partner.stop());

  const id = () => `pull-${count}`;
  const token = (version: string, uid: string, extra: object = {}) =>
    wireToken(version, uid, {
      ...(version === '2.1.1' ? {} : { party_id: partner.partyId }),
      ...extra,
    });
  const many = (version: string, n: number) =>
    Array.from({ length: n }, (_, i) => token(version, `U${i}`));
  const connect = async (
    version: OcpiVersion = '2.2.1',
    given: object = {},
  ): Promise<Connection & { version: OcpiVersion }> => {
    await api.register(id(), version, [[`NL*${partner.partyId}`, 'EMSP']], {
      urls: partner.base,
      ...given,
    });
    await api.dataSource.query(
      "INSERT INTO remote_endpoint (connection_id, identifier, role, url) VALUES ($1, 'tokens', 'SENDER', $2)",
      [id(), `${partner.base}/list/tokens`],
    );
    await api.app.get(ConnectionDirectory).changed();
    const connection = api.directory.get(id())!;
    if (!isLive(connection)) throw new Error('not live');
    return connection;
  };
  const serve = (objects: unknown[], limit: number, options = {}) => {
    partner.script = pages(partner.base, '/list/tokens', objects, limit, options);
  };
  const pullState = async () => {
    const [row] = await api.dataSource.query<Json[]>(
      'SELECT token_pull AS s FROM connection WHERE id = $1',
      [id()],
    );
    return row.s;
  };
  const stored = async () =>
    api.dataSource.query<Json[]>(
      'SELECT uid_key AS uid, valid, body FROM token WHERE connection_id = $1 ORDER BY uid_key',
      [id()],
    );

  it.each(OCPI_VERSIONS)(
    'TOK-36, TRN-28, TRN-72, TRN-73 (partial: pages), TRN-45 (partial: owners) [%s]: links are followed exactly as given until there is none, each hop with token and fresh ids',
    async (version) => {
      const connection = await connect(version);
      serve(many(version, 250), 100);
      const result = await pull.run(connection);
      expect(result).toMatchObject({
        kind: 'full',
        received: 250,
        stored: 250,
        broken: 0,
        foreign: 0,
      });
      expect(partner.trace()).toEqual([
        'GET /list/tokens?limit=1000',
        'GET /list/tokens?odd=%3Akept&offset=100&limit=1000',
        'GET /list/tokens?odd=%3Akept&offset=200&limit=1000',
      ]);
      const ids = partner.requests.map(({ headers }) => headers['x-request-id']);
      expect(new Set(ids).size).toBe(3);
      const key = `outbound-${id()}`;
      const shown = version === '2.1.1' ? key : Buffer.from(key).toString('base64');
      for (const { headers } of partner.requests) {
        expect(headers.authorization).toBe(`Token ${shown}`);
        expect(headers['ocpi-to-party-id']).toBe(version === '2.1.1' ? undefined : partner.partyId);
        expect(headers['ocpi-from-party-id']).toBe(version === '2.1.1' ? undefined : 'AAA');
      }
      expect(await stored()).toHaveLength(250);
      expect(JSON.parse((await stored())[0].body)).toMatchObject({
        country_code: 'NL',
        party_id: partner.partyId,
      });
    },
  );

  it('TOK-36, TRN-31: the next window starts where the last complete one ended; with 2.1.1 a little before', async () => {
    const connection = await connect('2.2.1');
    serve(many('2.2.1', 1), 100);
    const first = await pull.run(connection);
    partner.requests.length = 0;
    const second = await pull.run(connection, { since: first!.through });
    const query = new URL(partner.requests[0]!.path, partner.base).searchParams;
    expect(Date.parse(query.get('date_from')!)).toBe(first!.through.valueOf());
    expect(Date.parse(query.get('date_to')!)).toBe(second!.through.valueOf());
    expect(second).toMatchObject({ kind: 'delta', invalidated: 0 });
  });

  it('TOK-37, TRN-19: a broken object loses itself alone, and is counted', async () => {
    const connection = await connect();
    const { uid: _uid, ...broken } = token('2.2.1', 'x');
    serve([token('2.2.1', 'OK1'), broken, token('2.2.1', 'OK2')], 100);
    expect(await pull.run(connection)).toMatchObject({ stored: 2, broken: 1 });
    expect((await stored()).map(({ uid }) => uid)).toEqual(['OK1', 'OK2']);
  });

  it('TRN-19: however many objects of a pull are broken, the log gets one line, with a count and a few of them', async () => {
    const connection = await connect();
    const warn = jest.spyOn(createLogger('token-pull'), 'warn').mockImplementation(() => undefined);
    try {
      const all = many('2.2.1', 250).map((one, i) =>
        i < 240 ? { ...one, valid: 'perhaps' } : one,
      );
      serve([7, null, ...all], 100);
      expect(await pull.run(connection)).toMatchObject({ stored: 10, broken: 242 });
      expect(warn).toHaveBeenCalledTimes(1);
      const [said] = warn.mock.calls[0] as unknown as [Json];
      expect(said).toMatchObject({ connection: connection.id, count: 242 });
      expect(said.examples).toHaveLength(3);
      expect(said.examples[2]).toMatch(/^U0: valid/);

      // Also of a crawl that does not reach its end.
      partner.script = ({ path }) =>
        path.includes('offset') ? { status: 500 } : { body: success([7]), headers: cut };
      const cut = { link: `<${partner.base}/list/tokens?offset=1>; rel="next"` };
      await expect(pull.run(connection)).rejects.toThrow('500');
      expect(warn).toHaveBeenCalledTimes(2);
    } finally {
      warn.mockRestore();
    }
  });

  it('TOK-14 (partial: far ahead), TOK-39 (partial: far ahead): a token from the year 9999 is replaced and withdrawn like any other', async () => {
    const connection = await connect();
    const [first, ...rest] = many('2.2.1', 3) as Json[];
    const far = { ...first, last_updated: '9999-12-31T23:59:59Z', issuer: 'Wrong clock' };
    const valid = async () => {
      const found = (await stored()).find(({ uid }) => uid === first.uid);
      return [JSON.parse(found.body).issuer, found.valid];
    };
    for (const one of [far, first, far]) {
      serve([one, ...rest], 100);
      expect(await pull.run(connection)).toMatchObject({ received: 3 });
      expect(await valid()).toEqual([one.issuer, true]);
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
    serve(rest, 100);
    expect(await pull.run(connection)).toMatchObject({ invalidated: 1 });
    expect(await valid()).toEqual(['Wrong clock', false]);
  });

  it('TRN-45: tokens of a party that was never announced are skipped and counted', async () => {
    const connection = await connect();
    serve([token('2.2.1', 'MINE'), token('2.2.1', 'THEIRS', { party_id: 'QQQ' })], 100);
    expect(await pull.run(connection)).toMatchObject({ stored: 1, foreign: 1 });
  });

  it('TOK-39, TRN-31: what a complete full pull misses becomes invalid and stays; an aborted or filtered one takes nothing', async () => {
    const connection = await connect();
    serve(many('2.2.1', 30), 10);
    await pull.run(connection);
    await new Promise((resolve) => setTimeout(resolve, 20));
    const whole = pages(partner.base, '/list/tokens', many('2.2.1', 29), 10);
    partner.script = (request) =>
      request.path.includes('offset=20') ? { status: 500 } : whole(request);
    await expect(pull.run(connection)).rejects.toThrow();
    serve([], 10);
    await pull.run(connection, { since: new Date() });
    expect((await stored()).filter(({ valid }) => !valid)).toEqual([]);
    serve(many('2.2.1', 29), 10);
    expect(await pull.run(connection)).toMatchObject({ invalidated: 1 });
    expect((await stored()).filter(({ valid }) => !valid).map(({ uid }) => uid)).toEqual(['U29']);
    const messages = await api.dataSource.query<Json[]>(
      'SELECT data FROM csms_message WHERE key LIKE $1 ORDER BY seq',
      [`NL*${partner.partyId}*RFID*U29`],
    );
    expect(messages.map(({ data }) => JSON.parse(data).valid)).toEqual([true, false]);
    serve(many('2.2.1', 30), 10);
    await pull.run(connection);
    expect((await stored()).every(({ valid }) => valid)).toBe(true);
  });

  it.each<[string, (all: Json[]) => (request: RecordedRequest) => ScriptedAnswer, object, string]>([
    [
      'an object that cannot be read',
      ([first, second, ...rest]) =>
        () => ({
          headers: { 'x-total-count': '4' },
          body: success([first, { ...second, valid: 'perhaps' }, ...rest]),
        }),
      { broken: 1, missing: 0 },
      'partial: 1 objects could not be read; no token was taken for withdrawn',
    ],
    [
      'a second page that is empty',
      (all) =>
        ({ path }) => ({
          headers: { 'x-total-count': '4' },
          body: success(path.includes('offset=') ? [] : all.slice(0, 2)),
        }),
      { received: 2, missing: 2 },
      'incomplete: 2 objects that the partner counts did not arrive',
    ],
    [
      'nothing but a count',
      () => () => ({ headers: { 'x-total-count': '4' }, body: success([]) }),
      { received: 0, missing: 4 },
      'incomplete: 4 objects that the partner counts did not arrive',
    ],
    [
      'no data and no count',
      () => () => ({ body: success() }),
      { received: 0, missing: 0 },
      'partial: no token was taken for withdrawn, for the list does not say how long it is',
    ],
    [
      'one object twice and another not at all',
      ([first, second, third]) =>
        () => ({
          headers: { 'x-total-count': '4' },
          body: success([first, second, third, first]),
        }),
      { received: 4, missing: 0 },
      'partial: no token was taken for withdrawn, for 3 different objects arrived of 4',
    ],
  ])(
    'TOK-39, TRN-19, TRN-30, TRN-31: %s in a full pull marks no token invalid, and the outcome says why',
    async (_, script, result, outcome) => {
      const connection = await connect();
      const all = many('2.2.1', 4);
      serve(all, 100);
      const scheduler = new TokenPullScheduler(api.dataSource, api.directory, pull);
      await scheduler.runDue();
      const before = await pullState();
      await new Promise((resolve) => setTimeout(resolve, 20));
      const scripted = script(all);
      partner.script = (request) =>
        request.path.startsWith('/list/tokens') ? scripted(request) : undefined;
      await requestTokenPull(api.dataSource, connection.id, 'full');
      await scheduler.runDue();
      const after = await pullState();
      expect((await stored()).map(({ valid }) => valid)).toEqual([true, true, true, true]);
      expect(after).toMatchObject({ failures: 0, result: { ...result, invalidated: 0 } });
      expect(after.outcome).toContain(outcome);
      // A window that did not arrive is asked for again.
      expect(after.through === before.through).toBe(after.result.missing > 0);
      expect(after.fullAt === undefined).toBe(after.result.missing > 0);
    },
  );

  it('TRN-29, TOK-37: a count that falls sends us back to the page before, one earlier', async () => {
    const connection = await connect();
    const all = many('2.2.1', 300);
    let served = all;
    partner.script = (request) => {
      const offset = new URL(request.path, partner.base).searchParams.get('offset');
      if (offset === '200' && served === all) served = all.slice(1); // one in front has gone
      return pages(partner.base, '/list/tokens', served, 100)(request);
    };
    expect(await pull.run(connection)).toBeDefined();
    const offsets = partner.requests.map(({ path }) =>
      new URL(path, partner.base).searchParams.get('offset'),
    );
    expect(offsets).toEqual([null, '100', '200', '99', '199']);
    expect(await stored()).toHaveLength(300);
  });

  it('TRN-30: links in a circle end the crawl as failed; missing links are made up for by the count', async () => {
    const connection = await connect();
    partner.script = ({ path }) =>
      path.startsWith('/list/tokens')
        ? {
            headers: {
              link: `<${partner.base}/list/tokens?offset=1>; rel="next"`,
              'x-total-count': '9',
            },
            body: success([token('2.2.1', 'A')]),
          }
        : undefined;
    await expect(pull.run(connection)).rejects.toThrow('circle');
    serve(many('2.2.1', 250), 100, { links: false });
    partner.requests.length = 0;
    expect(await pull.run(connection)).toMatchObject({ received: 250 });
    expect(partner.requests).toHaveLength(3);
    partner.script = ({ path }) =>
      path === '/list/tokens?limit=1000'
        ? { headers: { link: '</list/tokens?page=2>; rel="next"' }, body: success([]) }
        : path === '/list/tokens?page=2'
          ? { body: success([token('2.2.1', 'REL')]) }
          : undefined;
    expect(await pull.run(connection)).toMatchObject({ received: 1, stored: 1 });
  });

  it('TRN-30: a list that goes on far beyond its count, or whose links grow without measure, ends the crawl as failed', async () => {
    const connection = await connect();
    let page = 0;
    const endless =
      (items: unknown[], more: string) =>
      ({ path }: RecordedRequest): ScriptedAnswer | undefined =>
        path.startsWith('/list/tokens')
          ? {
              headers: {
                link: `<${partner.base}/list/tokens?page=${(page += 1)}${more}>; rel="next"`,
                'x-total-count': '4',
              },
              body: success(items),
            }
          : undefined;
    partner.script = endless(Array(2500).fill(0), '');
    await expect(pull.run(connection)).rejects.toThrow('goes on after 12500 objects and counts 4');
    expect(partner.requests).toHaveLength(5);
    partner.requests.length = 0;
    partner.script = endless([], `&x=${'y'.repeat(5000)}`);
    await expect(pull.run(connection)).rejects.toThrow('longer than');
    expect(partner.requests).toHaveLength(1);
  });

  it.each([
    ['paused', true],
    ['ended', false],
  ])('TOK-38 (partial: stopping): a pull stops when its connection is %s', async (_, isPaused) => {
    const connection = await connect();
    const connections = api.app.get(ConnectionsService);
    let page = 0;
    partner.script = async ({ path }) => {
      if (!path.startsWith('/list/tokens')) return undefined;
      page += 1;
      if (page === 3 && isPaused) await connections.setPaused(connection.id, true);
      if (page === 3 && !isPaused) await api.app.get(RegistrationStore).end(connection.id, 'test');
      return {
        headers: { link: `<${partner.base}/list/tokens?page=${page}>; rel="next"` },
        body: success([token('2.2.1', `U${page}`)]),
      };
    };
    await new TokenPullScheduler(api.dataSource, api.directory, pull).runDue();
    expect(page).toBeLessThan(7);
    expect(await pullState()).toEqual(isPaused ? { outcome: 'stopped' } : {});
    const [lease] = await api.dataSource.query<Json[]>(
      'SELECT until <= now() AS free FROM lease WHERE name = $1',
      [`token-pull:${connection.id}`],
    );
    expect(lease).toEqual({ free: true });
  });

  it('TRN-03 (partial: all but response_url, which comes with commands): a link to a foreign host is not followed with our token', async () => {
    const connection = await connect();
    const foreign = await HandshakePartner.start();
    partner.script = ({ path }) =>
      path.startsWith('/list/tokens')
        ? {
            headers: { link: `<${foreign.base}/list/tokens?offset=1>; rel="next"` },
            body: success([token('2.2.1', 'A')]),
          }
        : undefined;
    await expect(pull.run(connection)).rejects.toThrow('host');
    expect(foreign.requests).toEqual([]);
    await foreign.stop();
  });

  it('TRN-47 (partial: client side), STA-09: an empty list may be absent or null; data beside a refusal is not looked at', async () => {
    const connection = await connect();
    for (const body of [success(), { ...success(), data: null }, success([])]) {
      partner.script = ({ path }) =>
        path.startsWith('/list/tokens') ? { headers: { 'x-total-count': '0' }, body } : undefined;
      expect(await pull.run(connection)).toMatchObject({ received: 0 });
    }
    partner.script = ({ path }) =>
      path.startsWith('/list/tokens')
        ? { body: { status_code: 2000, data: { hint: 1 }, timestamp: '' } }
        : undefined;
    await expect(pull.run(connection)).rejects.toThrow('2000');
  });

  it('TYP-14 (partial: pull): an unknown enum value costs its object only', async () => {
    const connection = await connect();
    serve([token('2.2.1', 'GOOD'), token('2.2.1', 'BAD', { whitelist: 'MAYBE' })], 100);
    expect(await pull.run(connection)).toMatchObject({ stored: 1, broken: 1 });
  });

  it('VER-11 (partial: tokens): a partner without the module is not called', async () => {
    const connection = await connect();
    expect(await pull.run({ ...connection, endpoints: [] })).toBeUndefined();
    expect(partner.requests).toEqual([]);
  });

  it('TOK-38, TRN-16, TRN-67 (partial: pull), CRD-27 (partial: pull): pulls run by schedule with jitter, full first, then by window, again on request; 401 stops them', async () => {
    await connect('2.2.1');
    serve(many('2.2.1', 2), 100);
    const scheduler = new TokenPullScheduler(api.dataSource, api.directory, pull);
    const state = async () =>
      (
        await api.dataSource.query<Json[]>(
          'SELECT token_pull AS s, state FROM connection WHERE id = $1',
          [id()],
        )
      )[0];
    await scheduler.runDue();
    const first = await state();
    expect(first.s).toMatchObject({ outcome: 'complete', failures: 0 });
    const waitSeconds = (Date.parse(first.s.nextAt) - Date.now()) / 1000;
    expect(waitSeconds).toBeGreaterThan(3200);
    expect(waitSeconds).toBeLessThan(4000);
    partner.requests.length = 0;
    await scheduler.runDue();
    expect(partner.requests).toEqual([]);
    await requestTokenPull(api.dataSource, id(), 'delta');
    await scheduler.runDue();
    const asked = new URL(partner.requests[0]!.path, partner.base).searchParams;
    expect(Date.parse(asked.get('date_from')!)).toBe(Date.parse(first.s.through));
    await requestTokenPull(api.dataSource, id(), 'full');
    partner.requests.length = 0;
    await scheduler.runDue();
    expect(partner.requests[0]!.path).not.toContain('date_from');
    partner.script = () => ({ status: 401 });
    await requestTokenPull(api.dataSource, id(), 'delta');
    await scheduler.runDue();
    expect((await state()).state).toBe('rejected');
    partner.requests.length = 0;
    await requestTokenPull(api.dataSource, id(), 'delta');
    await scheduler.runDue();
    expect(partner.requests).toEqual([]);
  });

  it.each<['delta' | 'full', ('delta' | 'full')[]]>([
    ['delta', ['delta']],
    ['full', ['full']],
    ['full', ['full', 'delta']],
  ])(
    'TOK-38, TRN-67 (partial: pull): a %s pull that is asked for while one runs follows it, once (%j)',
    async (kind, requests) => {
      const connection = await connect();
      const whole = pages(partner.base, '/list/tokens', many('2.2.1', 2), 100);
      const scheduler = new TokenPullScheduler(api.dataSource, api.directory, pull);
      const asked = () =>
        partner.requests
          .splice(0)
          .map(({ path }) => (path.includes('date_from') ? 'delta' : 'full'));
      let late = [...requests];
      partner.script = async (request) => {
        for (const each of late.splice(0)) {
          await requestTokenPull(api.dataSource, connection.id, each);
        }
        return whole(request);
      };
      await scheduler.runDue();
      expect(asked()).toEqual(['full']);
      await scheduler.runDue();
      expect(asked()).toEqual([kind]);
      await scheduler.runDue();
      expect(asked()).toEqual([]);

      // Also while one runs that was asked for itself, and does not get through.
      late = [...requests];
      const sound = partner.script;
      partner.script = async (request) => {
        await sound(request);
        return { status: 500 };
      };
      await requestTokenPull(api.dataSource, connection.id, 'delta');
      await scheduler.runDue();
      expect(asked()).toEqual(['delta']);
      partner.script = sound;
      await scheduler.runDue();
      expect(asked()).toEqual([kind]);
      await scheduler.runDue();
      expect(asked()).toEqual([]);
    },
  );
});
