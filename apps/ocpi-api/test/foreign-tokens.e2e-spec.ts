import { OCPI_VERSIONS, type OcpiVersion } from '#ocpi';
import {
  ConnectionObservations,
  ConnectionsService,
  issueToken,
  RegistrationStore,
} from '#partners';
import { aCdr, aLocation, aSession, aTariff } from '../../../libs/partner-push/test/objects.js';
import {
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
import { createOcpiApi } from '../src/create-app.js';

/** Stands in everything that belongs to the owner, and in nothing else. */
const MARK = 'SECRET';

interface Row {
  /** Below `/ocpi`. */
  path: (version: OcpiVersion) => string;
  body?: (version: OcpiVersion) => unknown;
  /** Versions that have the route; all when left out. */
  versions?: readonly OcpiVersion[];
  /** A token A opens it. */
  bootstrap?: true;
  /** The thief is allowed to do this to itself. */
  ownGoal?: true;
}

const ANY_DATE = 'date_from=2020-01-01T00:00:00Z';
const NEWER: readonly OcpiVersion[] = ['2.2.1', '2.3.0'];
const RESPONSE_URL = 'https://emsp.example.com/cb';
const of = (path: string): Row => ({ path: (version) => `/${version}/${path}` });
const tokenRow = (body?: (version: OcpiVersion) => unknown): Row => ({
  ...of(`tokens/NL/OWN/${MARK}1`),
  ...(body && { body }),
});
const profileRow = (body?: (version: OcpiVersion) => unknown): Row => ({
  path: (version) =>
    `/${version}/chargingprofiles/SES-${MARK}?duration=600&response_url=${encodeURIComponent(RESPONSE_URL)}`,
  versions: NEWER,
  ...(body && { body }),
});
const stolen = (version: OcpiVersion) =>
  wireToken(version, `${MARK}1`, { party_id: 'OWN', valid: false });

/** Aims at what belongs to the owner, by every route of the public port. A route that is not here fails the suite. */
const ROWS: Record<string, Row> = {
  'GET /ocpi/versions': { path: () => '/versions', bootstrap: true },
  'GET /ocpi/:version': { path: (version) => `/${version}`, bootstrap: true },
  'GET /ocpi/:version/credentials': { ...of('credentials'), bootstrap: true },
  'POST /ocpi/:version/credentials': { ...of('credentials'), body: () => ({}), bootstrap: true },
  'PUT /ocpi/:version/credentials': { ...of('credentials'), body: () => ({}), bootstrap: true },
  'DELETE /ocpi/:version/credentials': { ...of('credentials'), bootstrap: true, ownGoal: true },
  'GET /ocpi/:version/locations': of('locations'),
  'GET /ocpi/:version/locations/:locationId': of(`locations/LOC-${MARK}`),
  'GET /ocpi/:version/locations/:locationId/:evseUid': of(`locations/LOC-${MARK}/3256`),
  'GET /ocpi/:version/locations/:locationId/:evseUid/:connectorId': of(
    `locations/LOC-${MARK}/3256/1`,
  ),
  'GET /ocpi/:version/tariffs': of('tariffs'),
  'GET /ocpi/:version/sessions': of(`sessions?${ANY_DATE}`),
  'PUT /ocpi/:version/sessions/:sessionId/charging_preferences': {
    ...of(`sessions/SES-${MARK}/charging_preferences`),
    versions: NEWER,
    body: () => ({ profile_type: 'CHEAP' }),
  },
  'GET /ocpi/:version/cdrs': of('cdrs'),
  'GET /ocpi/:version/tokens/:countryCode/:partyId/:uid': tokenRow(),
  'PUT /ocpi/:version/tokens/:countryCode/:partyId/:uid': tokenRow(stolen),
  'PATCH /ocpi/:version/tokens/:countryCode/:partyId/:uid': tokenRow(() => ({
    valid: false,
    last_updated: '2027-01-01T00:00:00Z',
  })),
  'POST /ocpi/:version/commands/:command': {
    ...of('commands/STOP_SESSION'),
    body: () => ({ response_url: RESPONSE_URL, session_id: `SES-${MARK}` }),
  },
  'GET /ocpi/:version/chargingprofiles/:sessionId': profileRow(),
  'PUT /ocpi/:version/chargingprofiles/:sessionId': profileRow(() => ({
    response_url: RESPONSE_URL,
    charging_profile: {
      charging_rate_unit: 'W',
      charging_profile_period: [{ start_period: 0, limit: 1 }],
    },
  })),
  'DELETE /ocpi/:version/chargingprofiles/:sessionId': profileRow(),
};

/** What nobody but the owner may see or change. */
const OWNED: Record<string, string> = {
  connection: "id LIKE 'owner-%'",
  connection_token: "connection_id LIKE 'owner-%'",
  remote_party: "connection_id LIKE 'owner-%'",
  remote_endpoint: "connection_id LIKE 'owner-%'",
  command: 'true',
  charging_profile: 'true',
  reservation: 'true',
  csms_message: "type NOT LIKE 'ocpi.partner.%'",
  token: "party_key = 'NL*OWN'",
  session: 'true',
  cdr: 'true',
  tariff: 'true',
  location: 'true',
  evse: 'true',
};

describe('every endpoint, asked with a token that is not the owner’s', () => {
  let api: ApiHarness;
  const routes: string[] = [];
  const internalRoutes: { method: string; url: string }[] = [];
  const owners: Record<string, string> = {};
  const strangers: Record<string, Record<string, string>> = {};

  beforeAll(async () => {
    api = await ApiHarness.start({
      OCPI_REQUESTS_PER_MINUTE: '0',
      OCPI_UNKNOWN_CALLS_PER_MINUTE: '0',
    });
    await api.host('NL*AAA', 'NL*BBB');
    await collectRoutes();
    const mine = { country_code: 'NL', party_id: 'BBB' };
    const cdr_token = {
      country_code: 'NL',
      party_id: 'OWN',
      uid: `${MARK}1`,
      type: 'RFID',
      contract_id: `C-${MARK}`,
    } as const;
    const location = aLocation({ ...mine, id: `LOC-${MARK}` });
    await storeLocation(api.dataSource, location);
    await storeTariff(api.dataSource, aTariff({ ...mine, id: `TAR-${MARK}` }));
    await storeSession(
      api.dataSource,
      aSession({ ...mine, id: `SES-${MARK}`, cdr_token }),
      location,
    );
    await storeCdr(api.dataSource, aCdr({ ...mine, id: `CDR-${MARK}`, cdr_token }), location);
    for (const version of OCPI_VERSIONS) {
      const short = version.replaceAll('.', '');
      // A party has one connection: the owner's objects belong to whichever version is at hand.
      owners[version] = await api.register(`owner-${short}`, version, [['NL*OWN', 'EMSP']], {
        hostedParties: ['NL*BBB'],
      });
      strangers[version] = await strangersOf(version, short);
    }
    const put = { method: 'PUT', token: owners['2.2.1']! };
    const body = wireToken('2.2.1', `${MARK}1`, { party_id: 'OWN' });
    expectEnvelope(
      await api.call(`/ocpi/2.2.1/tokens/NL/OWN/${MARK}1`, { ...put, body }),
      201,
      1000,
    );
  });
  afterAll(() => api.stop());

  async function collectRoutes(): Promise<void> {
    const app = await createOcpiApi({
      OCPI_ENVIRONMENT: 'test',
      OCPI_LOG_LEVEL: 'silent',
      DATABASE_URL: api.database.url,
      OCPI_ADMIN_KEY: 'test-admin-key-0123456789',
      OCPI_ENCRYPTION_KEY: Buffer.alloc(32, 7).toString('base64'),
    });
    const fastify = app.getHttpAdapter().getInstance();
    fastify.addHook('onRoute', ({ method, url }) => {
      for (const verb of [method].flat()) {
        if (verb === 'HEAD' || verb === 'OPTIONS') continue;
        if (/^\/ocpi(\/|$)/.test(url)) routes.push(`${verb} ${url}`);
        else internalRoutes.push({ method: verb, url });
      }
    });
    await app.init();
    await app.close();
  }

  /** Tokens that do not open the owner's things, by what they are. */
  async function strangersOf(version: OcpiVersion, short: string): Promise<Record<string, string>> {
    const pid = `T${short.slice(0, 2)}`;
    const party = (letter: string): [string, string][] => [[`NL*${letter}${pid.slice(1)}`, 'EMSP']];
    const meets = { hostedParties: ['NL*AAA'] };
    const other = await api.register(`thief-${short}`, version, party('T'), meets);
    const leaving = await api.register(`leaving-${short}`, version, party('L'), meets);
    const paused = await api.register(`paused-${short}`, version, party('P'), meets);
    await api.app.get(ConnectionsService).setPaused(`paused-${short}`, true);
    const gone = await api.register(`gone-${short}`, version, party('G'), meets);
    await api.app.get(RegistrationStore).end(`gone-${short}`, 'test');
    const replaced = await issueToken(api.dataSource, `owner-${short}`, 'full', {
      lifetimeSeconds: -1,
    });
    return {
      'another partner’s': other,
      'another partner’s, which is paused': paused,
      'the one it may end itself with': leaving,
      'an unregistered partner’s': gone,
      'the owner’s, replaced and run out': replaced,
      'a token A': await api.invite(`invited-${short}`, meets),
      'nobody’s': 'no-such-token-0123456789-0123456789',
    };
  }

  const state = async (): Promise<Record<string, string>> => {
    const digests = Object.entries(OWNED).map(async ([table, where]) => {
      const [row] = await api.dataSource.query<{ digest: string }[]>(
        `SELECT count(*) || ' ' || coalesce(md5(string_agg(t::text, '|' ORDER BY t::text)), '') AS digest
           FROM ${table} AS t WHERE ${where}`,
      );
      return [table, row!.digest] as const;
    });
    return Object.fromEntries(await Promise.all(digests));
  };
  const ask = (key: string, row: Row, version: OcpiVersion, token: string, headers = {}) =>
    api.call(`/ocpi${row.path(version)}`, {
      method: key.split(' ')[0]!,
      token,
      headers,
      ...(row.body && { body: row.body(version) }),
      encoding: version === '2.1.1' ? 'raw' : 'base64',
    });

  it('P14: the table has a row for every route of the public port, and none beside', () => {
    expect(routes.length).toBeGreaterThan(15);
    expect([...new Set(routes)].sort()).toEqual(Object.keys(ROWS).sort());
  });

  it('the owner itself sees what the others must not, so that the table can fail', async () => {
    const seen = await Promise.all(
      ['locations', `locations/LOC-${MARK}`, 'tariffs', `sessions?${ANY_DATE}`, 'cdrs'].map(
        (path) => api.call(`/ocpi/2.2.1/${path}`, { token: owners['2.2.1']! }),
      ),
    );
    for (const answer of seen) expect(answer.text).toContain(MARK);
    const own = await api.call(`/ocpi/2.2.1/tokens/NL/OWN/${MARK}1`, { token: owners['2.2.1']! });
    expectEnvelope(own, 200, 1000);
  });

  it.each(OCPI_VERSIONS)(
    'P14, TRN-13 [%s]: no route shows or changes anything of the owner',
    async (version) => {
      await api.app.get(ConnectionObservations).flush(); // when the owner last called
      const before = await state();
      for (const [key, row] of Object.entries(ROWS)) {
        if (!(row.versions ?? OCPI_VERSIONS).includes(version)) continue;
        for (const [whose, token] of Object.entries(strangers[version]!)) {
          const mayActOnItself =
            whose === 'the one it may end itself with' || whose === 'a token A';
          if (row.ownGoal && !mayActOnItself && !isDead(whose)) continue;
          if (whose === 'the one it may end itself with' && !row.ownGoal) continue;
          for (const headers of [{}, addressed('BBB', 'OWN'), addressed('AAA', 'OWN')]) {
            const answer = await ask(key, row, version, token, headers);
            const where = `${key} with ${whose} token`;
            expect([where, leakIn(answer)]).toEqual([where, undefined]);
            expect([where, answer.status < 500]).toEqual([where, true]);
            if (isDead(whose) || (whose === 'a token A' && !row.bootstrap)) {
              expect([where, answer.status]).toEqual([where, 401]);
              expect(answer.json).not.toHaveProperty('data');
            }
          }
        }
      }
      expect(await state()).toEqual(before);
    },
  );

  it('P14: on the public port there is nothing but OCPI, whoever asks', async () => {
    expect(internalRoutes.length).toBeGreaterThan(30);
    for (const { method, url } of internalRoutes) {
      const path = url.replace(/:\w+|\*/g, 'x');
      for (const headers of [{}, { authorization: 'Bearer test-admin-key-0123456789' }]) {
        const answer = await api.call(path, { method, headers, token: owners['2.2.1']! });
        expect([method, path, answer.status]).toEqual([method, path, 404]);
        expectEnvelope(answer, 404, 2000);
      }
    }
  });
});

const isDead = (whose: string): boolean =>
  ['an unregistered partner’s', 'the owner’s, replaced and run out', 'nobody’s'].includes(whose);

const addressed = (to: string, from: string): Record<string, string> => ({
  'OCPI-to-country-code': 'NL',
  'OCPI-to-party-id': to,
  'OCPI-from-country-code': 'NL',
  'OCPI-from-party-id': from,
});

function leakIn({ text, headers }: { text: string; headers: Json }): string | undefined {
  const all = `${text} ${JSON.stringify(headers)}`;
  const at = all.indexOf(MARK);
  return at === -1 ? undefined : all.slice(Math.max(0, at - 80), at + 40);
}
