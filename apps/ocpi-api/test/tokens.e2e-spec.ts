import { OCPI_VERSIONS } from '#ocpi';
import { ConnectionObservations, findCard } from '#partners';
import {
  ApiHarness,
  expectEnvelope,
  type Json,
  wireToken,
} from '../../../test/harness/api-harness.js';

const LATER = '2026-02-02T00:00:00Z';
const LATER_WHEN = ['2.2.1', '2.3.0'];

describe('the Receiver interface of Tokens', () => {
  let api: ApiHarness;
  const shown: Record<string, string> = {};
  let uidCount = 0;

  beforeAll(async () => {
    api = await ApiHarness.start();
    await api.host('NL*AAA');
    for (const version of OCPI_VERSIONS) {
      // One party each, and a second one on later versions: tokens are keyed by owner.
      const digits = `${version[2]}${version[4]}`;
      const parties: [string, string][] = [[`NL*T${digits}`, 'EMSP']];
      if (version !== '2.1.1') parties.push([`NL*U${digits}`, 'EMSP']);
      shown[version] = await api.register(`t${digits}`, version, parties);
    }
  });
  afterAll(() => api.stop());

  const partyOf = (version: string) => `T${version[2]}${version[4]}`;
  const uid = () => `UID${(uidCount += 1)}`;
  const call = (version: string, method: string, path: string, body?: unknown) =>
    api.call(
      `/ocpi/${version}/tokens/NL/${path.includes('/') ? path : `${partyOf(version)}/${path}`}`,
      {
        method,
        token: shown[version]!,
        ...(body !== undefined && { body }),
      },
    );
  const token = (version: string, id: string, extra: object = {}) =>
    wireToken(version, id, {
      ...(version === '2.1.1' ? {} : { party_id: partyOf(version) }),
      ...extra,
    });
  const messagesOf = (id: string) =>
    api.dataSource.query<Json[]>(
      "SELECT type, key, data FROM csms_message WHERE data LIKE '%' || $1 || '%' ORDER BY seq",
      [`"uid":"${id}"`],
    );

  const deviationsOf = async (connectionId: string): Promise<Json> => {
    await api.app.get(ConnectionObservations).flush();
    const [row] = await api.dataSource.query<Json[]>(
      'SELECT deviations FROM connection WHERE id = $1',
      [connectionId],
    );
    return row.deviations;
  };

  it.each(OCPI_VERSIONS)(
    'TOK-01, STA-06 (partial: server side), TRN-49 (partial: server side), TOK-09 [%s]: PUT answers 201, then 200, without data; GET returns the copy in the version’s shape',
    async (version) => {
      const id = uid();
      const first = await call(version, 'PUT', id, token(version, id));
      expectEnvelope(first, 201, 1000);
      expect(first.json).not.toHaveProperty('data');
      expectEnvelope(await call(version, 'PUT', id, token(version, id)), 200, 1000);
      const { data } = (await call(version, 'GET', id)).json;
      expect(data).toEqual(token(version, id));
      expect('auth_id' in data).toBe(version === '2.1.1');
      const messages = await messagesOf(id);
      expect(messages.map(({ type }) => type)).toEqual(['ocpi.token.upserted.v1']);
      expect(JSON.parse(messages[0].data)).toMatchObject({
        uid: id,
        contract_id: 'DE8ACC12E46L89',
        party_id: partyOf(version),
      });
    },
  );

  it.each(LATER_WHEN)(
    'TOK-02, CHG-05 [%s]: the type query is part of the key, RFID without it',
    async (version) => {
      const id = uid();
      const app = token(version, id, { type: 'APP_USER' });
      expectEnvelope(await call(version, 'PUT', `${id}?type=APP_USER`, app), 201, 1000);
      expectEnvelope(await call(version, 'GET', id), 404, 2004);
      expect((await call(version, 'GET', `${id}?type=APP_USER`)).json.data.type).toBe('APP_USER');
      expectEnvelope(await call(version, 'PUT', id, token(version, id)), 201, 1000);
      expectEnvelope(
        await call(version, 'PATCH', `${id}?type=APP_USER`, { valid: false, last_updated: LATER }),
        200,
        1000,
      );
      expect((await call(version, 'GET', id)).json.data.valid).toBe(true);
    },
  );

  it('TOK-03, CHG-05, TOK-17 [2.1.1]: the body tells the type, GET prefers RFID; auth_id is the contract, the URL names the owner', async () => {
    const id = uid();
    expectEnvelope(
      await call('2.1.1', 'PUT', id, token('2.1.1', id, { type: 'OTHER' })),
      201,
      1000,
    );
    expect((await call('2.1.1', 'GET', id)).json.data.type).toBe('OTHER');
    expectEnvelope(await call('2.1.1', 'PUT', `${id}?type=OTHER`, token('2.1.1', id)), 201, 1000);
    expect((await call('2.1.1', 'GET', id)).json.data.type).toBe('RFID');
    const rows = await api.dataSource.query<Json[]>(
      'SELECT party_key, type, body FROM token WHERE uid_key = $1 ORDER BY type',
      [id],
    );
    expect(rows.map(({ party_key, type }) => [party_key, type])).toEqual([
      ['NL*T11', 'OTHER'],
      ['NL*T11', 'RFID'],
    ]);
    expect(JSON.parse(rows[0].body)).toMatchObject({
      contract_id: 'DE8ACC12E46L89',
      country_code: 'NL',
      party_id: 'T11',
    });
  });

  it.each(LATER_WHEN)(
    'TOK-04 [%s]: query and body that disagree are 2001; without a query the body wins and is reported',
    async (version) => {
      const id = uid();
      const app = token(version, id, { type: 'APP_USER' });
      expectEnvelope(await call(version, 'PUT', `${id}?type=RFID`, app), 200, 2001);
      expectEnvelope(await call(version, 'PUT', id, app), 201, 1000);
      expectEnvelope(await call(version, 'GET', `${id}?type=APP_USER`), 200, 1000);
      await api.app.get(ConnectionObservations).flush();
      const [row] = await api.dataSource.query<Json[]>(
        'SELECT deviations FROM connection WHERE id = $1',
        [`t${version[2]}${version[4]}`],
      );
      expect(row.deviations).toHaveProperty('token_type_not_in_url');
    },
  );

  it.each(OCPI_VERSIONS)(
    'TOK-05, TRN-42, TRN-43, P14 (partial: tokens) [%s]: URL and body name the same token of a party of the partner’s',
    async (version) => {
      const id = uid();
      expectEnvelope(await call(version, 'PUT', id, token(version, 'ANOTHER')), 200, 2001);
      for (const [method, body] of [
        ['PUT', wireToken(version, id, { party_id: 'XXX', country_code: 'DE' })],
        ['GET', undefined],
        ['PATCH', { valid: false, last_updated: LATER }],
      ] as const) {
        const foreign = await api.call(`/ocpi/${version}/tokens/DE/XXX/${id}`, {
          method,
          token: shown[version]!,
          ...(body && { body }),
        });
        expectEnvelope(foreign, 404, version === '2.1.1' ? 2000 : 2004);
      }
      if (version !== '2.1.1') {
        expectEnvelope(
          await call(version, 'PUT', id, token(version, id, { country_code: 'DE' })),
          200,
          2001,
        );
        expectEnvelope(
          await call(version, 'PUT', id, token(version, id, { party_id: 'XXX' })),
          200,
          2001,
        );
      }
      expect(await api.dataSource.query('SELECT 1 FROM token WHERE uid_key = $1', [id])).toEqual(
        [],
      );
      expectEnvelope(await call(version, 'PUT', id, token(version, id)), 201, 1000);
      expectEnvelope(
        await call(version, 'PATCH', id, { uid: 'OTHER', last_updated: LATER }),
        200,
        2001,
      );
      expect((await call(version, 'GET', id)).json.data.uid).toBe(id);
    },
  );

  it.each(OCPI_VERSIONS)(
    'TOK-06, TRN-32, TRN-33 [%s]: PUT replaces the whole, PATCH what it names',
    async (version) => {
      const id = uid();
      await call(
        version,
        'PUT',
        id,
        token(version, id, { visual_number: 'DF000', language: 'nl' }),
      );
      expectEnvelope(
        await call(version, 'PATCH', id, { valid: false, last_updated: LATER }),
        200,
        1000,
      );
      expect((await call(version, 'GET', id)).json.data).toEqual(
        token(version, id, {
          visual_number: 'DF000',
          language: 'nl',
          valid: false,
          last_updated: LATER,
        }),
      );
      await call(version, 'PUT', id, token(version, id, { last_updated: LATER }));
      expect((await call(version, 'GET', id)).json.data).not.toHaveProperty('visual_number');
      const { issuer: _issuer, ...incomplete } = token(version, id, { last_updated: LATER });
      expectEnvelope(await call(version, 'PUT', id, incomplete), 200, 2001);
      expect((await call(version, 'GET', id)).json.data.issuer).toBe('TheNewMotion');
    },
  );

  it.each(LATER_WHEN)(
    'TOK-07, TRN-34 [%s]: PATCH without last_updated is 2001 and changes nothing',
    async (version) => {
      const id = uid();
      await call(version, 'PUT', id, token(version, id));
      expectEnvelope(await call(version, 'PATCH', id, { valid: false }), 200, 2001);
      expect((await call(version, 'GET', id)).json.data.valid).toBe(true);
    },
  );

  it('TOK-07, TRN-35 [2.1.1]: PATCH without last_updated is fine and stamped by us', async () => {
    const id = uid();
    await call('2.1.1', 'PUT', id, token('2.1.1', id));
    expectEnvelope(await call('2.1.1', 'PATCH', id, { valid: false }), 200, 1000);
    const { data } = (await call('2.1.1', 'GET', id)).json;
    expect(data.valid).toBe(false);
    expect(Date.parse(data.last_updated)).toBeGreaterThan(Date.parse('2026-01-02T03:04:05Z'));
  });

  it.each(OCPI_VERSIONS)(
    'TOK-08, STA-05, STA-04, STA-11 [%s]: an unknown token is 404 on GET and PATCH, and no part of it is created',
    async (version) => {
      const id = uid();
      const code = version === '2.1.1' ? 2000 : 2004;
      expectEnvelope(await call(version, 'GET', id), 404, code);
      expectEnvelope(
        await call(version, 'PATCH', id, { valid: false, last_updated: LATER }),
        404,
        code,
      );
      expectEnvelope(await call(version, 'PUT', id, token(version, id)), 201, 1000);
    },
  );

  it.each(OCPI_VERSIONS)(
    'TRN-38 (partial: inbound) [%s]: null in a PATCH clears an optional field and is refused for a required one',
    async (version) => {
      const id = uid();
      await call(version, 'PUT', id, token(version, id, { visual_number: 'DF' }));
      expectEnvelope(
        await call(version, 'PATCH', id, { issuer: null, last_updated: LATER }),
        200,
        2001,
      );
      expectEnvelope(
        await call(version, 'PATCH', id, { visual_number: null, last_updated: LATER }),
        200,
        1000,
      );
      expect((await call(version, 'GET', id)).json.data).not.toHaveProperty('visual_number');
    },
  );

  it.each(OCPI_VERSIONS)(
    'TOK-10 [%s]: POST and DELETE are 405 and the token stays',
    async (version) => {
      const id = uid();
      await call(version, 'PUT', id, token(version, id));
      for (const method of ['POST', 'DELETE'])
        expectEnvelope(await call(version, method, id), 405, 2000);
      expectEnvelope(await call(version, 'GET', id), 200, 1000);
    },
  );

  it.each(OCPI_VERSIONS)(
    'TOK-11, TYP-01, CHG-07 (partial: comparing) [%s]: ids and parties compare without case, the spelling is kept',
    async (version) => {
      const base = `${uid()}ab`;
      expectEnvelope(await call(version, 'PUT', base, token(version, base)), 201, 1000);
      const upper = base.toUpperCase();
      expectEnvelope(await call(version, 'PUT', upper, token(version, upper)), 200, 1000);
      const party = partyOf(version).toLowerCase();
      const answer = await api.call(`/ocpi/${version}/tokens/nl/${party}/${base}`, {
        token: shown[version]!,
      });
      expectEnvelope(answer, 200, 1000);
      expect(answer.json.data.uid).toBe(upper);
      expect(
        await api.dataSource.query('SELECT 1 FROM token WHERE uid_key = $1', [upper]),
      ).toHaveLength(1);
    },
  );

  it('TOK-12: owner, uid and type are the key', async () => {
    const id = uid();
    await call('2.2.1', 'PUT', id, token('2.2.1', id));
    await call('2.2.1', 'PUT', `${id}?type=OTHER`, token('2.2.1', id, { type: 'OTHER' }));
    await call(
      '2.2.1',
      'PUT',
      `U21/${id}`,
      token('2.2.1', id, { party_id: 'U21', issuer: 'Second' }),
    );
    expect(await api.dataSource.query('SELECT 1 FROM token WHERE uid_key = $1', [id])).toHaveLength(
      3,
    );
    expect((await call('2.2.1', 'GET', id)).json.data.issuer).toBe('TheNewMotion');
  });

  it.each(OCPI_VERSIONS)(
    'TOK-14, TRN-44 [%s]: a repeat changes nothing, an older update overwrites nothing and is reported',
    async (version) => {
      const id = uid();
      const today = token(version, id, { last_updated: LATER, valid: false });
      await call(version, 'PUT', id, today);
      expectEnvelope(await call(version, 'PUT', id, today), 200, 1000);
      expectEnvelope(await call(version, 'PUT', id, token(version, id)), 200, 1000);
      expect((await call(version, 'GET', id)).json.data).toEqual(today);
      expect(await messagesOf(id)).toHaveLength(1);
      const deviations = await deviationsOf(`t${version[2]}${version[4]}`);
      expect(deviations).toHaveProperty('older_token_update');
    },
  );

  it.each(OCPI_VERSIONS)(
    'TOK-14 (partial: far ahead), TRN-44 (partial: far ahead) [%s]: what lies far ahead of its receipt is taken and reported, and gives way to what comes next, whenever that was',
    async (version) => {
      const id = uid();
      const far = token(version, id, { last_updated: '9999-12-31T23:59:59Z', valid: false });
      const sound = token(version, id);
      for (const statement of [sound, far, sound, far]) {
        expect((await call(version, 'PUT', id, statement)).json.status_code).toBe(1000);
        expect((await call(version, 'GET', id)).json.data).toEqual(statement);
      }
      expect(await messagesOf(id)).toHaveLength(4);
      expect(await deviationsOf(`t${version[2]}${version[4]}`)).toHaveProperty(
        'token_last_updated_far_ahead',
      );

      // A clock that is a little ahead keeps its order.
      const ahead = new Date(Date.now() + 3600_000).toISOString().slice(0, 19) + 'Z';
      const soon = token(version, id, { last_updated: ahead });
      await call(version, 'PUT', id, soon);
      await call(version, 'PUT', id, token(version, id, { valid: false }));
      expect((await call(version, 'GET', id)).json.data).toEqual(soon);
    },
  );

  it.each(OCPI_VERSIONS)(
    'TOK-15, TOK-46 (partial: tokens), TYP-02, TYP-04, TYP-05 (partial: tokens), TYP-11, TYP-14 (partial: push) [%s]: mandatory fields, lengths, types and enums are checked and the old copy stays',
    async (version) => {
      const id = uid();
      const sound = token(version, id);
      await call(version, 'PUT', id, sound);
      const required = [
        'uid',
        'type',
        version === '2.1.1' ? 'auth_id' : 'contract_id',
        'issuer',
        'valid',
        'whitelist',
        'last_updated',
        ...(version === '2.1.1' ? [] : ['country_code', 'party_id']),
      ];
      for (const field of required) {
        const body = Object.fromEntries(Object.entries(sound).filter(([name]) => name !== field));
        expectEnvelope(await call(version, 'PUT', id, body), 200, 2001);
      }
      const wrong = [
        { issuer: 'x'.repeat(65) },
        { visual_number: 'x'.repeat(65) },
        { language: 'nld' },
        { valid: 'true' },
        { whitelist: 'MAYBE' },
        { whitelist: 'always' },
        { last_updated: 'now' },
        { [version === '2.1.1' ? 'auth_id' : 'contract_id']: 'x'.repeat(37) },
      ];
      for (const extra of wrong)
        expectEnvelope(await call(version, 'PUT', id, { ...sound, ...extra }), 200, 2001);
      const long = 'L'.repeat(37);
      expectEnvelope(await call(version, 'PUT', long, token(version, long)), 200, 2001);
      for (const odd of ['a\tb', 'é']) {
        expectEnvelope(
          await call(version, 'PUT', encodeURIComponent(odd), token(version, odd)),
          200,
          2001,
        );
      }
      expect((await call(version, 'GET', id)).json.data).toEqual(sound);
      expectEnvelope(
        await call(version, 'PUT', id, { ...sound, issuer: 'x'.repeat(64) }),
        200,
        1000,
      );
    },
  );

  it('TYP-04, TYP-14 (partial: type) [2.2.1]: enum values have a case and unknown ones are refused', async () => {
    for (const version of ['2.1.1', '2.2.1']) {
      const id = uid();
      for (const type of ['rfid', 'PALM_VEIN', 'NFC_RING']) {
        expectEnvelope(await call(version, 'PUT', id, token(version, id, { type })), 200, 2001);
      }
    }
  });

  it('TOK-16, TYP-15 [2.3.0]: unknown types and fields are taken in and returned verbatim', async () => {
    const id = uid();
    const body = token('2.3.0', id, { type: 'NFC_RING', foo: { bar: 1 } });
    expectEnvelope(await call('2.3.0', 'PUT', `${id}?type=NFC_RING`, body), 201, 1000);
    const { data } = (await call('2.3.0', 'GET', `${id}?type=NFC_RING`)).json;
    expect(data.type).toBe('NFC_RING');
    expect(data).not.toHaveProperty('foo');
  });

  it.each(LATER_WHEN)(
    'TOK-41 (partial: storing), TOK-45 [%s]: profile, energy contract, group and language come back as they went in',
    async (version) => {
      const id = uid();
      const full = token(version, id, {
        visual_number: 'DF000-2001-8999-1',
        group_id: 'DF000-2001-8999',
        language: 'nl',
        default_profile_type: 'GREEN',
        energy_contract: { supplier_name: 'Greenpeace Energy eG', contract_id: '0123456789' },
      });
      expectEnvelope(await call(version, 'PUT', id, full), 201, 1000);
      expect((await call(version, 'GET', id)).json.data).toEqual(full);
      expectEnvelope(await call(version, 'PUT', id, { ...full, energy_contract: {} }), 200, 2001);
      expectEnvelope(
        await call(version, 'PUT', id, {
          ...full,
          energy_contract: { supplier_name: 'x'.repeat(65) },
        }),
        200,
        2001,
      );
    },
  );

  it.each(LATER_WHEN)(
    'TOK-40 (partial: the group is kept and told to the CSMS; stopping with another card of it comes with commands and real-time authorization) [%s]: cards of a group say so',
    async (version) => {
      const [cardId, fobId] = [uid(), uid()];
      const group = { group_id: 'DF000-2001-8999-1234567890' };
      for (const id of [cardId, fobId]) {
        await call(version, 'PUT', id, token(version, id, group));
        await call(version, 'PATCH', id, { valid: false, last_updated: LATER });
        expect((await call(version, 'GET', id)).json.data).toMatchObject(group);
        const told = (await messagesOf(id)).map(({ data }) => JSON.parse(data));
        expect(told).toEqual([expect.objectContaining(group), expect.objectContaining(group)]);
      }
    },
  );

  it.each(LATER_WHEN)(
    'TOK-48 [%s]: app and ad hoc users are taken in with any list type, and nothing is held against the partner',
    async (version) => {
      const seen = api.directory.get(`t${version[2]}${version[4]}`)!;
      const before = await deviationsOf(seen.id);
      for (const type of ['APP_USER', 'AD_HOC_USER']) {
        for (const whitelist of ['ALWAYS', 'ALLOWED', 'ALLOWED_OFFLINE', 'NEVER']) {
          const id = uid();
          const body = token(version, id, { type, whitelist });
          const put = await call(version, 'PUT', `${id}?type=${type}`, body);
          expectEnvelope(put, 201, 1000);
          expect(put.json.status_message ?? '').not.toMatch(/whitelist/i);
          expect((await call(version, 'GET', `${id}?type=${type}`)).json.data).toEqual(body);
        }
      }
      expect(await deviationsOf(seen.id)).toEqual(before);
    },
  );

  it('TOK-13, TOK-12: a card of two partners is one of them by a fixed rule, valid before newest', async () => {
    const id = uid();
    const owners = async () => {
      const found = await findCard(api.dataSource, id.toLowerCase());
      return found.map(({ connectionId, valid }) => [connectionId, valid]);
    };
    await call('2.2.1', 'PUT', id, token('2.2.1', id));
    await call('2.3.0', 'PUT', id, token('2.3.0', id, { last_updated: LATER }));
    const newestFirst = [
      ['t30', true],
      ['t21', true],
    ];
    expect(await owners()).toEqual(newestFirst);
    expect(await owners()).toEqual(newestFirst);

    const off = { valid: false, last_updated: '2026-02-03T00:00:00Z' };
    await call('2.3.0', 'PATCH', id, off);
    expect(await owners()).toEqual([
      ['t21', true],
      ['t30', false],
    ]);
    expect(await findCard(api.dataSource, 'nobody-knows-it')).toEqual([]);
  });

  it('TER-02 (partial: tokens), TER-05, TER-01 (partial: tokens): null is absence, free-form contract ids are fine, names are snake_case', async () => {
    for (const version of OCPI_VERSIONS) {
      const id = uid();
      const contract = version === '2.1.1' ? 'auth_id' : 'contract_id';
      const body = token(version, id, {
        visual_number: null,
        group_id: null,
        [contract]: 'free form 7',
      });
      expectEnvelope(await call(version, 'PUT', id, body), 201, 1000);
      const { data } = (await call(version, 'GET', id)).json;
      expect(Object.values(data)).not.toContain(null);
      for (const name of Object.keys(data)) expect(name).toMatch(/^[a-z]+(_[a-z]+)*$/);
    }
  });

  it('TYP-07: a time without designator is UTC, wherever the server stands', async () => {
    const id = uid();
    await call('2.2.1', 'PUT', id, token('2.2.1', id, { last_updated: '2026-03-04T12:00:00' }));
    expect((await call('2.2.1', 'GET', id)).json.data.last_updated).toBe('2026-03-04T12:00:00Z');
    const [row] = await api.dataSource.query<{ at: Date }[]>(
      'SELECT last_updated AS at FROM token WHERE uid_key = $1',
      [id],
    );
    expect(row!.at.toISOString()).toBe('2026-03-04T12:00:00.000Z');
  });

  it('TRN-41 (partial: inbound): encoded segments decode to the stored id', async () => {
    const id = 'A/1 #2';
    const path = encodeURIComponent(id);
    expectEnvelope(await call('2.2.1', 'PUT', path, token('2.2.1', id)), 201, 1000);
    expect((await call('2.2.1', 'GET', path)).json.data.uid).toBe(id);
  });

  it('P16 (partial: tokens pushed at once): what the database refuses fails alone with 3000, the others are stored', async () => {
    const ids = Array.from({ length: 12 }, uid);
    const refused = ids[5]!;
    await api.dataSource.query(
      `ALTER TABLE token ADD CONSTRAINT ck_test CHECK (uid_key <> '${refused}')`,
    );
    const answers = await Promise.all(
      ids.map((id) => call('2.2.1', 'PUT', id, token('2.2.1', id))),
    );
    await api.dataSource.query('ALTER TABLE token DROP CONSTRAINT ck_test');
    for (const [n, answer] of answers.entries()) {
      if (ids[n] === refused) expectEnvelope(answer, 200, 3000);
      else expectEnvelope(answer, 201, 1000);
    }
    expectEnvelope(await call('2.2.1', 'GET', refused), 404, 2004);
    expect(await messagesOf(refused)).toHaveLength(0);
    expect(await messagesOf(ids[6]!)).toHaveLength(1);
  });

  it('answers everybody 3000 when none can be stored, and takes them once it can again', async () => {
    const ids = Array.from({ length: 8 }, uid);
    const putAll = () => Promise.all(ids.map((id) => call('2.2.1', 'PUT', id, token('2.2.1', id))));
    await api.dataSource.query('ALTER TABLE token RENAME TO token_away');
    const failed = await putAll();
    await api.dataSource.query('ALTER TABLE token_away RENAME TO token');
    for (const answer of failed) expectEnvelope(answer, 200, 3000);
    for (const answer of await putAll()) expectEnvelope(answer, 201, 1000);
  });
});
