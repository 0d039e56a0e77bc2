import { OCPI_VERSIONS, type OcpiVersion } from '#ocpi';
import { VisibilityService } from '#partners';
import {
  aCdr,
  aLocation,
  anEvse,
  aSession,
  aTariff,
} from '../../../libs/partner-push/test/objects.js';
import {
  type Answer,
  ApiHarness,
  expectEnvelope,
  type Json,
} from '../../../test/harness/api-harness.js';
import {
  setStatus,
  storeCdr,
  storeLocation,
  storeSession,
  storeTariff,
} from '../../../test/harness/stored-objects.js';

const FROM = '2020-01-01T00:00:00Z';
const minute = (n: number) =>
  new Date(Date.UTC(2026, 0, 1, 0, n)).toISOString().replace('.000', '');
const LISTS = ['locations', 'tariffs', 'sessions', 'cdrs'] as const;

describe('lists and single objects', () => {
  let api: ApiHarness;
  const tokens: Record<string, string> = {};
  const locationIds: number[] = [];
  const emp = {
    country_code: 'NL',
    party_id: 'EMP',
    uid: '1',
    type: 'RFID',
    contract_id: 'C1',
  } as const;

  beforeAll(async () => {
    api = await ApiHarness.start({ OCPI_PAGE_LIMIT: '3', OCPI_PAGE_LIMIT_MAX: '4' });
    await api.host('NL*AAA');
    const source = api.dataSource;
    for (let n = 0; n < 10; n += 1) {
      const stamp = minute(n);
      const evses = [anEvse(`E${n}`, { evse_id: `NL*AAA*EVSE${n}`, last_updated: stamp })];
      const location = aLocation({ id: `LOC${n}`, evses, last_updated: stamp });
      locationIds.push(await storeLocation(source, location));
      await storeTariff(source, aTariff({ id: `T${n}`, last_updated: stamp }));
      await storeSession(
        source,
        aSession({
          id: `S${n}`,
          cdr_token: emp,
          last_updated: stamp,
          location_id: location.id,
          evse_uid: `E${n}`,
        }),
        location,
      );
      await storeCdr(
        source,
        aCdr({ id: `C${n}`, session_id: `S${n}`, cdr_token: emp, last_updated: stamp }),
        location,
      );
    }
    const other = { ...emp, party_id: 'OTH' };
    await storeSession(
      source,
      aSession({ id: 'FOREIGN', cdr_token: other, last_updated: minute(3) }),
      aLocation(),
    );
    await storeCdr(
      source,
      aCdr({ id: 'FOREIGN', cdr_token: other, last_updated: minute(3) }),
      aLocation(),
    );
    for (const version of OCPI_VERSIONS) {
      const id = `emp-${version.replaceAll('.', '')}`;
      tokens[version] = await api.register(id, version, [['NL*EMP', 'EMSP']]);
    }
    tokens['other'] = await api.register('oth', '2.2.1', [['NL*OTH', 'EMSP']]);
  });
  afterAll(() => api.stop());

  const get = (version: string, path: string, options: object = {}): Promise<Answer> =>
    api.call(`/ocpi/${version}/${path}`, { token: tokens[version]!, ...options });
  const list = (version: string, module: string, query: Record<string, string | number> = {}) => {
    const all = module === 'sessions' ? { date_from: FROM, ...query } : query;
    const texts = Object.entries(all).map(([name, value]): [string, string] => [
      name,
      String(value),
    ]);
    return get(version, `${module}?${new URLSearchParams(texts).toString()}`);
  };
  const ids = (answer: Answer): string[] => answer.json.data.map(({ id }: Json) => id);
  const linkOf = (answer: Answer): string | undefined =>
    /^<([^>]+)>; rel="next"$/.exec(String(answer.headers['link'] ?? ''))?.[1];
  const crawl = async (version: string, first: Answer): Promise<Answer[]> => {
    const pages = [first];
    for (let link = linkOf(first); link !== undefined; link = linkOf(pages.at(-1)!)) {
      expect(link.startsWith(`https://cpo.example.com/ocpi/${version}/`)).toBe(true);
      pages.push(
        await api.call(link.slice('https://cpo.example.com'.length), { token: tokens[version]! }),
      );
    }
    return pages;
  };

  it.each(OCPI_VERSIONS)(
    'LOC-01, LOC-02, LOC-03, TRN-20, TRN-22, TRN-23, TRN-24, CDR-01, TAR-01 (partial: pages), SES-02 (partial: pages), TRN-15 [%s]: pages hold everything once, with counts, ceiling and links',
    async (version) => {
      for (const module of LISTS) {
        const first = await list(version, module, { date_to: '2027-01-01T00:00:00Z' });
        expectEnvelope(first, 200, 1000);
        expect(first.json.data).toHaveLength(3);
        const link = linkOf(first)!;
        expect(new URL(link).searchParams.get('offset')).toBe('3');
        expect(new URL(link).searchParams.get('limit')).toBe('3');
        expect(new URL(link).searchParams.get('date_to')).toBe('2027-01-01T00:00:00Z');
        const pages = await crawl(version, first);
        expect(pages.flatMap(ids)).toEqual(
          Array.from(
            { length: 10 },
            (_, n) => `${module[0]!.toUpperCase()}${module === 'locations' ? 'OC' : ''}${n}`,
          ),
        );
        for (const page of pages) {
          expect(page.headers['x-total-count']).toBe('10');
          expect(page.headers['x-limit']).toBe('4');
        }
        expect(linkOf(pages.at(-1)!)).toBeUndefined();
        expect(pages.at(-1)!.json.data).toHaveLength(1);
        const greedy = await list(version, module, { limit: 2000 });
        expect(greedy.json.data).toHaveLength(4);
        expect(greedy.headers['x-limit']).toBe('4');
        expect(new URL(linkOf(greedy)!).searchParams.get('limit')).toBe('4');
        const part = await list(version, module, { offset: 2, limit: 2 });
        expect(ids(part)).toEqual(
          ids({ ...first, json: { data: pages.flatMap((page) => page.json.data).slice(2, 4) } }),
        );
        const beyond = await list(version, module, { offset: 99_999 });
        expectEnvelope(beyond, 200, 1000);
        expect(beyond.json.data).toEqual([]);
        expect([
          beyond.headers['x-total-count'],
          beyond.headers['x-limit'],
          beyond.headers['link'],
        ]).toEqual(['10', '4', undefined]);
      }
    },
  );

  it.each(OCPI_VERSIONS)(
    'TRN-21, LOC-04, SES-02, CDR-01 [%s]: date_from is inclusive, date_to exclusive; adjoining windows return an object once',
    async (version) => {
      for (const module of LISTS) {
        const at = minute(5);
        const name = module === 'locations' ? 'LOC5' : `${module[0]!.toUpperCase()}5`;
        expect(ids(await list(version, module, { date_from: at }))[0]).toBe(name);
        expect(
          (await crawl(version, await list(version, module, { date_to: at }))).flatMap(ids),
        ).not.toContain(name);
        const before = await crawl(
          version,
          await list(version, module, { date_from: minute(3), date_to: at }),
        );
        const after = await crawl(
          version,
          await list(version, module, { date_from: at, date_to: minute(8) }),
        );
        expect([...before, ...after].flatMap(ids).filter((id) => id === name)).toHaveLength(1);
        expect(before[0]!.headers['x-total-count']).toBe('2');
      }
    },
  );

  it('TYP-09, TYP-06 (partial: lists) [2.1.1]: what is shown without fractions is found by what is shown', async () => {
    const id = await storeLocation(
      api.dataSource,
      aLocation({ id: 'FRAC', evses: [], last_updated: '2026-05-05T12:00:00.700Z' }),
    );
    try {
      const shown = await list('2.1.1', 'locations', {
        date_from: '2026-05-05T12:00:00Z',
        date_to: '2026-05-05T12:00:01Z',
      });
      expect(shown.json.data.map(({ last_updated }: Json) => last_updated)).toEqual([
        '2026-05-05T12:00:00Z',
      ]);
      const later = await list('2.2.1', 'locations', { date_from: '2026-05-05T12:00:00.701Z' });
      expect(later.json.data).toEqual([]);
    } finally {
      await api.dataSource.query('DELETE FROM location WHERE id = $1', [id]);
    }
  });

  it.each(OCPI_VERSIONS)(
    'TRN-26 [%s]: nonsense in paging or dates is 2001; dates work with : and %3A',
    async (version) => {
      for (const query of [
        'offset=-1',
        'limit=0',
        'limit=abc',
        'offset=1.5',
        'date_from=yesterday',
        'date_to=2026-13-01T00:00:00Z',
        'limit=1&limit=2',
        'date_from=2026-02-31T00:00:00Z',
      ]) {
        expectEnvelope(await get(version, `cdrs?${query}`), 200, 2001);
      }
      const plain = await get(version, 'cdrs?date_from=2026-01-01T00:05:00Z');
      const encoded = await get(version, 'cdrs?date_from=2026-01-01T00%3A05%3A00Z');
      expect(ids(encoded)).toEqual(ids(plain));
    },
  );

  it('TYP-07 (partial: query), TYP-08: a DateTime without designator is UTC, an offset is normalised and reported, or refused in strict mode', async () => {
    const utc = await get('2.2.1', 'cdrs?date_from=2026-01-01T00:05:00Z');
    expect(ids(await get('2.2.1', 'cdrs?date_from=2026-01-01T00:05:00'))).toEqual(ids(utc));
    expect(ids(await get('2.2.1', 'cdrs?date_from=2026-01-01T01:05:00%2B01:00'))).toEqual(ids(utc));
    expect(ids(await get('2.2.1', 'cdrs?date_from=2026-01-01T00:05:00+00:00'))).toEqual(ids(utc));
    const token = await api.register('strict-dates', '2.2.1', [['DE*STR', 'EMSP']], {
      profile: { strictOffsets: true },
    });
    expectEnvelope(
      await get('2.2.1', 'cdrs?date_from=2026-01-01T00:05:00%2B00:00', { token }),
      200,
      2001,
    );
  });

  it.each(OCPI_VERSIONS)(
    'SES-01, TRN-27 [%s]: the list of Sessions demands date_from, others do not; a profile may forgive it',
    async (version) => {
      expectEnvelope(await get(version, 'sessions'), 200, 2001);
      for (const module of ['locations', 'tariffs', 'cdrs'])
        expectEnvelope(await get(version, module), 200, 1000);
      const id = `lenient-${version.replaceAll('.', '')}`;
      const token = await api.register(id, version, [[`DE*L${version[2]}${version[4]}`, 'EMSP']], {
        profile: { requireDateFrom: false },
      });
      expectEnvelope(await get(version, 'sessions', { token }), 200, 1000);
    },
  );

  it.each(OCPI_VERSIONS)(
    'LOC-05, TRN-25 [%s]: order is that of creation; touching an object mid-crawl moves nothing, a new one comes last',
    async (version) => {
      const first = await list(version, 'locations');
      const [third] = [locationIds[2]!];
      await setStatus(api.dataSource, third, 'CHARGING', '2026-06-01T00:00:00Z');
      const added = await storeLocation(api.dataSource, aLocation({ id: 'NEW', evses: [] }));
      try {
        const pages = await crawl(version, first);
        expect(pages.flatMap(ids)).toEqual([
          ...Array.from({ length: 10 }, (_, n) => `LOC${n}`),
          'NEW',
        ]);
        expect(ids(await list(version, 'locations'))).toEqual(ids(first));
      } finally {
        await api.dataSource.query('DELETE FROM location WHERE id = $1', [added]);
        await setStatus(api.dataSource, third, 'AVAILABLE', minute(2));
      }
    },
  );

  it('TRN-29 (partial: our links): a cursor counts only beside the offset it was issued with', async () => {
    const link = new URL(linkOf(await list('2.2.1', 'cdrs'))!);
    link.searchParams.set('offset', '2');
    const answer = await api.call(`${link.pathname}${link.search}`, { token: tokens['2.2.1']! });
    expect(ids(answer)[0]).toBe('C2');
    link.searchParams.set('cursor', 'bm9uc2Vuc2U');
    expect(
      ids(await api.call(`${link.pathname}${link.search}`, { token: tokens['2.2.1']! }))[0],
    ).toBe('C2');
  });

  it.each(OCPI_VERSIONS)(
    'LOC-06, LOC-07, LOC-08 (partial: reading), STA-04 (partial: locations) [%s]: single objects on three levels by uid, without case; the unknown is 404',
    async (version) => {
      const location = await get(version, 'locations/loc3');
      expectEnvelope(location, 200, 1000);
      expect(location.json.data).toMatchObject({ id: 'LOC3', evses: [{ uid: 'E3' }] });
      const evse = await get(version, 'locations/LOC3/e3');
      expect(evse.json.data).toEqual(location.json.data.evses[0]);
      const connector = await get(version, 'locations/LOC3/E3/1');
      expect(connector.json.data).toEqual(location.json.data.evses[0].connectors[0]);
      for (const path of [
        'NOPE',
        'LOC3/NOPE',
        'LOC3/E3/NOPE',
        'LOC3/NL*AAA*EVSE3',
        'LOC3/E3/1/x',
      ]) {
        const answer = await get(version, `locations/${path}`);
        expectEnvelope(answer, 404, path.split('/').length > 3 ? 2000 : 2003);
        expect(answer.json).not.toHaveProperty('data');
      }
      const listed = (await crawl(version, await list(version, 'locations'))).flatMap(
        (page) => page.json.data,
      );
      expect(listed.find(({ id }: Json) => id === 'LOC3')).toEqual(location.json.data);
    },
  );

  it.each(OCPI_VERSIONS)(
    'LOC-09, SES-04, CDR-03, TAR-02 [%s]: no writes and no single objects where the Sender has none',
    async (version) => {
      const before = await api.dataSource.query(
        'SELECT (SELECT count(*) FROM location) l, (SELECT count(*) FROM cdr) c, (SELECT count(*) FROM tariff) t',
      );
      for (const module of LISTS) {
        for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
          expectEnvelope(await get(version, module, { method, body: {} }), 405, 2000);
        }
      }
      for (const path of ['sessions/S1', 'cdrs/C1', 'tariffs/T1'])
        expectEnvelope(await get(version, path), 404, 2000);
      for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
        expectEnvelope(await get(version, 'locations/LOC1', { method, body: {} }), 405, 2000);
        expect([404, 405]).toContain(
          (await get(version, 'tariffs/T1', { method, body: {} })).status,
        );
      }
      expect(
        await api.dataSource.query(
          'SELECT (SELECT count(*) FROM location) l, (SELECT count(*) FROM cdr) c, (SELECT count(*) FROM tariff) t',
        ),
      ).toEqual(before);
    },
  );

  it.each(OCPI_VERSIONS)(
    'LOC-11, LOC-12 (partial: pull) [%s]: what is removed stays readable and is found by the date of its removal',
    async (version) => {
      await setStatus(api.dataSource, locationIds[7]!, 'REMOVED', '2026-07-01T00:00:00Z');
      try {
        expect((await get(version, 'locations/LOC7/E7')).json.data.status).toBe('REMOVED');
        const found = await list(version, 'locations', { date_from: '2026-07-01T00:00:00Z' });
        expect(ids(found)).toEqual(['LOC7']);
        expect(found.json.data[0].evses.map(({ status }: Json) => status)).toEqual(['REMOVED']);
        expect(found.json.data[0].last_updated).toBe('2026-07-01T00:00:00Z');
      } finally {
        await setStatus(api.dataSource, locationIds[7]!, 'AVAILABLE', minute(7));
      }
    },
  );

  it.each(OCPI_VERSIONS)(
    'LOC-10 (partial: per partner) [%s]: a partner sees and counts only what is shown to it',
    async (version) => {
      const id = `granted-${version.replaceAll('.', '')}`;
      const token = await api.register(id, version, [[`DE*G${version[2]}${version[4]}`, 'EMSP']]);
      const owner = { country_code: 'NL', party_id: 'AAA' };
      const objects = ['LOC1', 'LOC4', 'LOC5', 'loc9'].map((name) => ({ ...owner, id: name }));
      await api.app.get(VisibilityService).set(id, 'location', { rule: 'only', objects });
      const shown = await get(version, 'locations', { token });
      expect(ids(shown)).toEqual(['LOC1', 'LOC4', 'LOC5']);
      expect(shown.headers['x-total-count']).toBe('4');
      expectEnvelope(await get(version, 'locations/LOC2', { token }), 404, 2003);
      expectEnvelope(await get(version, 'locations/LOC9', { token }), 200, 1000);
      await api.app.get(VisibilityService).set(id, 'location', { rule: 'except', objects });
      expect((await get(version, 'locations', { token })).headers['x-total-count']).toBe('6');
      const changes = await api.dataSource.query<Json[]>(
        'SELECT aspect, count(*) AS n FROM change WHERE connection_id = $1 GROUP BY aspect ORDER BY aspect',
        [id],
      );
      expect(changes).toEqual([
        { aspect: 'hidden', n: 10 },
        { aspect: 'shown', n: 6 },
      ]);
      await api.app
        .get(VisibilityService)
        .set(id, 'tariff', { rule: 'only', objects: [{ ...owner, id: 'T4' }] });
      expect(ids(await get(version, 'tariffs', { token }))).toEqual(['T4']);
    },
  );

  it.each(OCPI_VERSIONS)(
    'SES-03, CDR-02, TRN-13, P14 (partial: lists) [%s]: nobody sees or counts another’s Sessions and CDRs',
    async (version) => {
      for (const module of ['sessions', 'cdrs']) {
        const own = await crawl(version, await list(version, module));
        expect(own.flatMap(ids)).not.toContain('FOREIGN');
        const foreign = await get(version, `${module}?date_from=${FROM}`, {
          token: tokens['other']!,
        });
        expect(ids(foreign)).toEqual(['FOREIGN']);
        expect(foreign.headers['x-total-count']).toBe('1');
      }
    },
  );

  it.each(OCPI_VERSIONS)(
    'TRN-47 (partial: server side) [%s]: a list is an array, an empty one [], a single object an object',
    async (version) => {
      const empty = await list(version, 'cdrs', { date_from: '2030-01-01T00:00:00Z' });
      expectEnvelope(empty, 200, 1000);
      expect(empty.json.data).toEqual([]);
      expect(Array.isArray((await get(version, 'locations/LOC1')).json.data)).toBe(false);
    },
  );

  it.each(OCPI_VERSIONS)(
    'CDR-07 (partial: bytes) [%s]: a CDR is printed once, later pulls return the bytes that were kept',
    async (version) => {
      const first = await list(version, 'cdrs', { limit: 1 });
      expect(ids(first)).toEqual(['C0']);
      const [row] = await api.dataSource.query<Json[]>(
        'SELECT r.body FROM cdr_rendition r JOIN cdr o ON o.id = r.cdr_id WHERE o.cdr_key = $1 AND r.view = $2',
        ['C0', version],
      );
      expect(JSON.parse(row.body)).toEqual(first.json.data[0]);
      await api.dataSource.query(
        "UPDATE cdr_rendition r SET body = replace(r.body, 'Gent', 'Kept') FROM cdr o WHERE o.id = r.cdr_id AND o.cdr_key = 'C0' AND r.view = $1",
        [version],
      );
      expect((await list(version, 'cdrs', { limit: 1 })).text).toContain('Kept');
    },
  );

  it('TAR-01: a withdrawn tariff is absent afterwards', async () => {
    const id = await storeTariff(api.dataSource, aTariff({ id: 'GONE', last_updated: minute(50) }));
    expect(ids(await list('2.2.1', 'tariffs', { date_from: minute(50) }))).toEqual(['GONE']);
    await api.dataSource.query('UPDATE tariff SET deleted_at = now() WHERE id = $1', [id]);
    expect(ids(await list('2.2.1', 'tariffs', { date_from: minute(50) }))).toEqual([]);
  });

  it.each(['2.2.1', '2.3.0'] as OcpiVersion[])(
    'CHG-06 (partial: our lists), VER-06 (partial: modules of this release, without hubclientinfo), CHG-01 [%s]: owners stand in every object, details name roles and plain versions',
    async (version) => {
      for (const module of LISTS) {
        for (const object of (await list(version, module)).json.data) {
          expect(object).toMatchObject({ country_code: 'NL', party_id: 'AAA' });
        }
      }
      const { data } = (await get(version, '')).json;
      expect(data.version).toBe(version);
      const entries = data.endpoints.map(({ identifier, role }: Json) => `${identifier}/${role}`);
      expect(entries).toEqual([
        'credentials/SENDER',
        'locations/SENDER',
        'sessions/SENDER',
        'cdrs/SENDER',
        'tariffs/SENDER',
        'tokens/RECEIVER',
        'commands/RECEIVER',
        'chargingprofiles/RECEIVER',
      ]);
    },
  );

  it('VER-13: a module beyond OCPI is listed for the partner who agreed to it, and for nobody else', async () => {
    const url = 'https://heat.example.com/nlaaa';
    const profile = { customModules: [`nlaaa-heat/SENDER=${url}`] };
    const agreed = await api.register('agreed', '2.2.1', [['NL*AGR', 'EMSP']], { profile });
    const other = await api.register('other', '2.2.1', [['NL*OTH', 'EMSP']]);
    const endpoints = async (version: string, token: string) =>
      (await api.call(`/ocpi/${version}`, { token, encoding: 'base64' })).json.data.endpoints;
    const [standard, theirs] = [await endpoints('2.2.1', other), await endpoints('2.2.1', agreed)];
    expect(theirs).toEqual([...standard, { identifier: 'nlaaa-heat', role: 'SENDER', url }]);
    expect(await endpoints('2.1.1', agreed)).toContainEqual({ identifier: 'nlaaa-heat', url });
    for (const bad of ['heat/SENDER=https://x', 'nlaaa-heat/SENDER', 'locations/SENDER=https://x'])
      await expect(api.invite('bad', { profile: { customModules: [bad] } })).rejects.toThrow(
        /customModules/,
      );
  });

  it('VER-07, CHG-06 [2.1.1]: details have no roles and no later modules, objects no owners', async () => {
    const { data } = (await get('2.1.1', '')).json;
    expect(data.endpoints.map(({ identifier }: Json) => identifier)).toEqual([
      'credentials',
      'locations',
      'sessions',
      'cdrs',
      'tariffs',
      'tokens',
      'commands',
    ]);
    for (const endpoint of data.endpoints) expect(endpoint).not.toHaveProperty('role');
    for (const module of LISTS) {
      for (const object of (await list('2.1.1', module)).json.data)
        expect(object).not.toHaveProperty('country_code');
    }
  });

  it('VER-01, VER-02, VER-03, VER-05: all versions are listed and lead to details; a connection may be offered fewer', async () => {
    const { json } = await api.call('/ocpi/versions', { token: tokens['2.1.1']! });
    expect(json.data.map(({ version }: Json) => version)).toEqual([...OCPI_VERSIONS]);
    for (const { version, url } of json.data) {
      expect(url.startsWith('https://')).toBe(true);
      const details = await api.call(new URL(url).pathname, { token: tokens['2.1.1']! });
      expectEnvelope(details, 200, 1000);
      expect(details.json.data.version).toBe(version);
      expect(details.json.data.endpoints.map(({ identifier }: Json) => identifier)).toContain(
        'credentials',
      );
    }
    const token = await api.register('few', '2.1.1', [['DE*FEW', 'EMSP']], {
      offeredVersions: ['2.1.1'],
    });
    const few = await api.call('/ocpi/versions', { token });
    expect(few.json.data.map(({ version }: Json) => version)).toEqual(['2.1.1']);
  });
});
