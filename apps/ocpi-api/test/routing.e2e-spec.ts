import { aCdr, aLocation, aSession, aTariff } from '../../../libs/partner-push/test/objects.js';
import {
  type Answer,
  ApiHarness,
  expectEnvelope,
  type Json,
  wireToken,
} from '../../../test/harness/api-harness.js';
import {
  storeCdr,
  storeLocation,
  storeSession,
  storeTariff,
} from '../../../test/harness/stored-objects.js';

const VERSIONS = ['2.2.1', '2.3.0'] as const;
const ANY_DATE = 'date_from=2020-01-01T00:00:00Z';
const headersOf = (to?: string, from?: string): Record<string, string> => ({
  ...(to && { 'OCPI-to-country-code': to.slice(0, 2), 'OCPI-to-party-id': to.slice(3) }),
  ...(from && { 'OCPI-from-country-code': from.slice(0, 2), 'OCPI-from-party-id': from.slice(3) }),
});
const routingOf = ({ headers }: Answer) => ({
  to:
    headers['ocpi-to-country-code'] &&
    `${String(headers['ocpi-to-country-code'])}*${String(headers['ocpi-to-party-id'])}`,
  from:
    headers['ocpi-from-country-code'] &&
    `${String(headers['ocpi-from-country-code'])}*${String(headers['ocpi-from-party-id'])}`,
});

describe('several hosted parties and the routing headers', () => {
  let api: ApiHarness;
  const tokens: Record<string, string> = {};
  const tokenOf = (party_id: string) =>
    ({ country_code: 'NL', party_id, uid: '1', type: 'RFID', contract_id: 'C' }) as const;

  beforeAll(async () => {
    api = await ApiHarness.start();
    await api.host('NL*AAA', 'NL*BBB');
    for (const party_id of ['AAA', 'BBB']) {
      const mine = { country_code: 'NL', party_id };
      const location = aLocation({ ...mine, id: `LOC-${party_id}` });
      await storeLocation(api.dataSource, location);
      await storeTariff(api.dataSource, aTariff({ ...mine, id: `TAR-${party_id}` }));
      for (const emsp of ['EM1', 'EM2', 'OTH']) {
        await storeSession(
          api.dataSource,
          aSession({ ...mine, id: `SES-${party_id}-${emsp}`, cdr_token: tokenOf(emsp) }),
          location,
        );
        await storeCdr(
          api.dataSource,
          aCdr({ ...mine, id: `CDR-${party_id}-${emsp}`, cdr_token: tokenOf(emsp) }),
          location,
        );
      }
    }
    for (const version of VERSIONS) {
      tokens[version] = await api.register(`two-${version[2]}${version[4]}`, version, [
        ['NL*EM1', 'EMSP'],
        ['NL*EM2', 'EMSP'],
        ['NL*CP1', 'CPO'],
      ]);
    }
    tokens['oth'] = await api.register('oth', '2.2.1', [['NL*OTH', 'EMSP']], {
      hostedParties: ['NL*AAA'],
    });
    tokens['211'] = await api.register('old', '2.1.1', [['NL*EM1', 'EMSP']], {
      hostedParties: ['NL*BBB'],
    });
  });
  afterAll(() => api.stop());

  const get = (
    version: string,
    path: string,
    headers: Record<string, string> = {},
    token = tokens[version]!,
  ) => api.call(`/ocpi/${version}/${path}`, { token, headers });
  const ids = (answer: Answer): string[] => answer.json.data.map(({ id }: Json) => id);

  it.each(VERSIONS)(
    'TRN-55, LOC-10 (partial: by party) [%s]: OCPI-to picks the party whose data is served, with a count of its own',
    async (version) => {
      for (const party of ['AAA', 'BBB']) {
        const answer = await get(version, 'locations', headersOf(`NL*${party}`, 'NL*EM1'));
        expect(ids(answer)).toEqual([`LOC-${party}`]);
        expect(answer.headers['x-total-count']).toBe('1');
        expect(answer.json.data[0].party_id).toBe(party);
        expect(ids(await get(version, 'tariffs', headersOf(`NL*${party}`)))).toEqual([
          `TAR-${party}`,
        ]);
        expectEnvelope(
          await get(version, `locations/LOC-${party}`, headersOf(`NL*${party}`)),
          200,
          1000,
        );
        const other = party === 'AAA' ? 'BBB' : 'AAA';
        expectEnvelope(
          await get(version, `locations/LOC-${other}`, headersOf(`NL*${party}`)),
          404,
          2003,
        );
      }
    },
  );

  it.each(VERSIONS)(
    'TRN-56 [%s]: an incomplete, unknown or ambiguous addressee is 2001; the only candidate is served',
    async (version) => {
      expectEnvelope(await get(version, 'locations', headersOf('NL*ZZZ')), 200, 2001);
      expectEnvelope(await get(version, 'locations', { 'OCPI-to-party-id': 'AAA' }), 200, 2001);
      expectEnvelope(await get(version, 'locations'), 200, 2001);
      const alone = await api.call('/ocpi/2.2.1/locations', { token: tokens['oth']! });
      expectEnvelope(alone, 200, 1000);
      expect(ids(alone)).toEqual(['LOC-AAA']);
    },
  );

  it.each(VERSIONS)(
    'TRN-57 [%s]: OCPI-from must be a party of the connection, and narrows what is seen',
    async (version) => {
      for (const module of ['sessions', 'cdrs']) {
        const prefix = module === 'cdrs' ? 'CDR' : 'SES';
        const all = await get(version, `${module}?${ANY_DATE}`, headersOf('NL*AAA'));
        expect(ids(all)).toEqual([`${prefix}-AAA-EM1`, `${prefix}-AAA-EM2`]);
        const one = await get(version, `${module}?${ANY_DATE}`, headersOf('NL*AAA', 'nl*em2'));
        expect(ids(one)).toEqual([`${prefix}-AAA-EM2`]);
        expect(one.headers['x-total-count']).toBe('1');
        const foreign = await get(version, `${module}?${ANY_DATE}`, headersOf('NL*AAA', 'NL*OTH'));
        expectEnvelope(foreign, 200, 2001);
        expect(foreign.json).not.toHaveProperty('data');
        expect(
          ids(await get(version, `${module}?${ANY_DATE}`, headersOf('NL*AAA', 'NL*CP1'))),
        ).toEqual([]);
      }
    },
  );

  it.each(VERSIONS)(
    'TRN-54, TRN-52 (partial: answers) [%s]: answers mirror the headers, also on errors, without regard to case',
    async (version) => {
      const asked = headersOf('nl*aaa', 'NL*EM1');
      for (const path of [
        'locations',
        'locations/NOPE',
        'locations?limit=x',
        `sessions?${ANY_DATE}`,
      ]) {
        const answer = await get(version, path, asked);
        expect(routingOf(answer)).toEqual({ to: 'NL*EM1', from: 'nl*aaa' });
      }
      const refused = await get(version, 'locations', headersOf('NL*ZZZ', 'NL*EM1'));
      expect(routingOf(refused)).toEqual({ to: 'NL*EM1', from: 'NL*ZZZ' });
    },
  );

  it('TRN-53 (partial: server side): versions, details and credentials neither read nor write routing headers; 2.1.1 has none', async () => {
    const bogus = headersOf('XX*QQQ', 'YY*WWW');
    for (const path of ['/ocpi/versions', '/ocpi/2.2.1', '/ocpi/2.2.1/credentials']) {
      const answer = await api.call(path, { token: tokens['2.2.1']!, headers: bogus });
      expectEnvelope(answer, 200, 1000);
      expect(routingOf(answer)).toEqual({ to: undefined, from: undefined });
    }
    const old = await get('2.1.1', 'locations', bogus, tokens['211']);
    expectEnvelope(old, 200, 1000);
    expect(routingOf(old)).toEqual({ to: undefined, from: undefined });
    expect(ids(old)).toEqual(['LOC-BBB']);
  });

  it.each(VERSIONS)(
    'TRN-53, TRN-48 [%s]: what we serve nothing at is 404, whomever it is for',
    async (version) => {
      for (const path of ['nonsense', 'bookings', 'cdrs/CDR-1', 'tokens', 'locations/1/2/3/4']) {
        for (const headers of [{}, headersOf('NL*AAA'), headersOf('NL*ZZZ')]) {
          expectEnvelope(await get(version, path, headers), 404, 2000);
        }
      }
    },
  );

  it('TOP-01 (partial: peers), TRN-52 (partial: missing): a single party is served without headers, and named in the answer', async () => {
    const answer = await api.call('/ocpi/2.2.1/cdrs', { token: tokens['oth']! });
    expect(ids(answer)).toEqual(['CDR-AAA-OTH']);
    expect(routingOf(answer)).toEqual({ to: undefined, from: 'NL*AAA' });
  });

  it('P14, TRN-13: no endpoint shows or changes what belongs to another partner', async () => {
    const mine = tokens['2.2.1']!;
    const thief = tokens['oth']!;
    const body = (party_id: string) => wireToken('2.2.1', 'P14', { party_id });
    const path = '/ocpi/2.2.1/tokens/NL/EM1/P14';
    expectEnvelope(
      await api.call(path, { token: mine, method: 'PUT', body: body('EM1') }),
      201,
      1000,
    );
    const attempts: [string, string, unknown, number][] = [
      ['GET', path, undefined, 404],
      ['PUT', path, body('EM1'), 404],
      ['PATCH', path, { valid: false, last_updated: '2027-01-01T00:00:00Z' }, 404],
      ['GET', '/ocpi/2.2.1/locations/LOC-BBB', undefined, 404],
      ['GET', '/ocpi/2.2.1/locations/LOC-BBB/3256', undefined, 404],
      ['GET', '/ocpi/2.2.1/locations/LOC-BBB/3256/1', undefined, 404],
    ];
    for (const [method, url, sent, status] of attempts) {
      const answer = await api.call(url, {
        token: thief,
        method,
        ...(sent !== undefined && { body: sent }),
      });
      expect([url, answer.status]).toEqual([url, status]);
      expect(answer.json).not.toHaveProperty('data');
    }
    for (const module of ['locations', 'tariffs', `sessions?${ANY_DATE}`, 'cdrs']) {
      for (const headers of [
        {},
        headersOf('NL*AAA'),
        headersOf('NL*BBB'),
        headersOf(undefined, 'NL*EM1'),
      ]) {
        const answer = await api.call(`/ocpi/2.2.1/${module}`, { token: thief, headers });
        expect(answer.text).not.toMatch(/EM1|EM2|BBB-|-BBB/);
      }
    }
    const { data } = (await api.call('/ocpi/2.2.1/credentials', { token: thief })).json;
    expect(data.roles.map(({ party_id }: Json) => party_id)).toEqual(['AAA']);
    expect((await api.call(path, { token: mine })).json.data.valid).toBe(true);
  });
});
