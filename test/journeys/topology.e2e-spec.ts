import {
  aCdr,
  aLocation,
  anEvse,
  aSession,
  aTariff,
} from '../../libs/partner-push/test/objects.js';
import { wireToken } from '../harness/api-harness.js';
import { eventually } from '../harness/wait-for.js';
import { event, LocationWorld, T1, T2, upserted } from './location-world.js';

const VERSIONS = ['2.2.1', '2.3.0'] as const;
const of = (party_id: string) => ({ country_code: 'DE', party_id });

describe('who stands on either side', () => {
  let world: LocationWorld;
  beforeAll(async () => {
    world = await LocationWorld.start();
    await world.say(event('tariff.upserted', aTariff()));
  });
  afterAll(() => (world as LocationWorld | undefined)?.stop());

  const routing = ({ headers }: { headers: Record<string, unknown> }) =>
    ['from', 'to'].map((side) =>
      [headers[`ocpi-${side}-country-code`], headers[`ocpi-${side}-party-id`]].join('*'),
    );
  const endedSession = (id: string, party_id: string) => {
    const cdr_token = { ...aSession().cdr_token, ...of(party_id) };
    return aSession({ id, cdr_token, status: 'COMPLETED', end_date_time: T2, last_updated: T2 });
  };
  const cdrOf = (id: string, session_id: string, party_id: string) =>
    aCdr({ id, session_id, cdr_token: { ...aCdr().cdr_token, ...of(party_id) }, last_updated: T2 });

  it.each(VERSIONS)(
    'TOP-01 [%s]: one party on each side works with routing headers and without, in both directions',
    async (version) => {
      const id = `single-${version.replaceAll('.', '')}`;
      const party = version === '2.2.1' ? 'S21' : 'S30';
      const peer = await world.connect(id, {
        version,
        hostedParties: ['NL*AAA'],
        parties: [[`DE*${party}`, 'EMSP']],
        profile: { routingHeaders: false },
      });
      await world.say(upserted(aLocation({ id: `${party}-SITE`, evses: [anEvse(`${party}1`)] })));
      const [push] = peer.server.pushes;
      expect(push!.path).toBe(`/locations/NL/AAA/${party}-SITE`);
      expect(routing(push!)).toEqual(['*', '*']);
      const withHeaders = world
        .peer(version)
        .server.pushes.find(({ path }) => path.endsWith(`${party}-SITE`));
      expect(routing(withHeaders!)).toEqual(['NL*AAA', 'DE*EMP']);

      const headers = {
        'OCPI-to-country-code': 'NL',
        'OCPI-to-party-id': 'AAA',
        'OCPI-from-country-code': 'DE',
        'OCPI-from-party-id': party,
      };
      for (const given of [{}, headers]) {
        const list = await world.get(peer, 'locations', given);
        expect([list.status, list.json.status_code]).toEqual([200, 1000]);
        expect(list.headers['ocpi-from-party-id']).toBe('AAA');
        const token = await world.api.call(`/ocpi/${version}/tokens/DE/${party}/1`, {
          method: 'PUT',
          token: peer.token,
          headers: given,
          body: wireToken(version, '1', of(party)),
        });
        expect(token.json.status_code).toBe(1000);
      }
    },
  );

  it.each(VERSIONS)(
    'TOP-02 (partial: Locations and Tariffs go once per connection, to its first eMSP) [%s]: with several parties on both sides each CDR and Session goes once, to the owner of its token',
    async (version) => {
      const tag = version === '2.2.1' ? '2' : '3';
      const [one, two] = [`A${tag}1`, `A${tag}2`];
      const peer = await world.connect(`several-${tag}`, {
        version,
        parties: [
          [`DE*${one}`, 'EMSP'],
          [`DE*${two}`, 'EMSP'],
        ],
      });
      const [a, b] = [`SITE-${tag}-A`, `SITE-${tag}-B`];
      await world.say(
        upserted(aLocation({ id: a, evses: [anEvse(`${tag}A`)] })),
        upserted(aLocation({ id: b, party_id: 'BBB', evses: [] })),
      );
      for (const [n, party] of [one, two].entries()) {
        const session = endedSession(`S-${tag}-${n}`, party);
        const started = {
          ...session,
          status: 'ACTIVE',
          end_date_time: undefined,
          last_updated: T1,
        };
        await world.say(
          event('session.started', { ...started, location_id: a, evse_uid: `${tag}A` }, T1),
        );
        await world.say(
          event('session.ended', { ...session, location_id: a, evse_uid: `${tag}A` }, T2),
        );
        await world.say(event('cdr.issued', cdrOf(`C-${tag}-${n}`, `S-${tag}-${n}`, party), T2));
      }
      const { pushes } = peer.server;
      const toOf = (module: string) =>
        pushes
          .filter(({ path }) => path.startsWith(`/${module}`))
          .map((push) => ({ id: (push.body as { id?: string }).id, routing: routing(push) }));
      expect(toOf('cdrs')).toEqual([
        { id: `C-${tag}-0`, routing: ['NL*AAA', `DE*${one}`] },
        { id: `C-${tag}-1`, routing: ['NL*AAA', `DE*${two}`] },
      ]);
      const sessions = pushes.filter(({ path }) => path.startsWith('/sessions'));
      for (const push of sessions) {
        expect(routing(push)).toEqual(['NL*AAA', `DE*${push.path.endsWith('0') ? one : two}`]);
      }
      const owners = toOf('locations').map((push) => push.routing[0]);
      expect(owners.sort()).toEqual(['NL*AAA', 'NL*BBB']);
    },
  );

  it.each(VERSIONS)(
    'TOP-03 [%s]: of a partner that is CPO and eMSP only the eMSP side is served: no pull but of tokens, no receiver of its data',
    async (version) => {
      const tag = version === '2.2.1' ? '2' : '3';
      const peer = await world.connect(`dual-${tag}`, {
        version,
        hostedParties: ['NL*AAA'],
        parties: [
          [`DE*C${tag}0`, 'CPO'],
          [`DE*D${tag}0`, 'EMSP'],
        ],
      });
      await world.api.dataSource.query(
        `INSERT INTO remote_endpoint (connection_id, identifier, role, url)
         SELECT $1, m, 'SENDER', $2 || '/sender/' || m FROM unnest($3::text[]) AS m`,
        [peer.id, peer.server.url, ['locations', 'tariffs', 'sessions', 'cdrs', 'tokens']],
      );
      await world.api.directory.changed();
      peer.server.script = ({ method }) => (method === 'GET' ? { data: [] } : undefined);
      await world.say(upserted(aLocation({ id: `DUAL-${tag}`, evses: [anEvse(`DUAL${tag}`)] })));
      const connection = world.api.directory.get(peer.id)!;
      await world.tokenPull.run({ ...connection, version });
      const [push] = peer.server.pushes;
      expect(routing(push!)).toEqual(['NL*AAA', `DE*D${tag}0`]);
      const gets = peer.server.requests.filter(({ method }) => method === 'GET');
      expect(gets.map(({ path }) => path.split('?')[0])).toEqual(['/sender/tokens']);
      expect(routing(gets[0]!)).toEqual(['NL*AAA', `DE*D${tag}0`]);
      const { data } = (await world.get(peer, '')).json;
      const receivers = data.endpoints.filter(({ role }: { role: string }) => role === 'RECEIVER');
      const identifiers = receivers.map(({ identifier }: { identifier: string }) => identifier);
      expect(identifiers).toEqual(['tokens', 'commands', 'chargingprofiles']);
    },
  );

  it('TER-06: after an upgrade the URL of a CDR in the old version may be dead; that is noted and nothing is lost', async () => {
    const peer = await world.connect('upgraded', {
      version: '2.2.1',
      hostedParties: ['NL*AAA'],
      parties: [['DE*UPG', 'EMSP']],
      profile: { minBackoffMs: 50, maxBackoffMs: 200 },
    });
    const { server } = peer;
    const old = `${server.url}/cdrs/stored-1`;
    server.script = ({ method, path }) => {
      if (path === '/cdrs') return { drop: true }; // stored, and the answer is lost
      if (path === '/v230/cdrs' && method === 'POST')
        return { ocpi: 2001, message: 'CDR already exists', headers: { Location: old } };
      return path === '/cdrs/stored-1' ? { status: 404, ocpi: 2003 } : undefined;
    };
    const site = { location_id: 'UPG', evse_uid: 'UPG1' };
    await world.say(upserted(aLocation({ id: 'UPG', evses: [anEvse('UPG1')] })));
    const session = { ...endedSession('S-UPG', 'UPG'), ...site };
    const started = { ...session, status: 'ACTIVE', end_date_time: undefined, last_updated: T1 };
    await world.say(event('session.started', started, T1), event('session.ended', session, T2));
    const [outcome] = await world.outcomes(event('cdr.issued', cdrOf('C-UPG', 'S-UPG', 'UPG'), T2));
    expect(outcome?.outcome).toBe('applied');
    await server.until(() => server.lines.includes('POST /cdrs'));
    await world.api.dataSource.query(
      `UPDATE connection SET version = '2.3.0' WHERE id = 'upgraded'`,
    );
    await world.api.dataSource.query(
      `UPDATE remote_endpoint SET url = replace(url, $1, $1 || '/v230') WHERE connection_id = 'upgraded'`,
      [server.url],
    );
    await world.api.directory.changed();
    await world.told();
    const about = server.lines.filter((line) => line.includes('cdrs'));
    expect(about.filter((line) => line === 'POST /v230/cdrs')).toHaveLength(1);
    expect(about.at(-1)).toBe('GET /cdrs/stored-1');
    await eventually(async () => {
      const rows = await world.api.dataSource.query(
        `SELECT r.state, r.location_url, e.http_status FROM cdr_receipt r, exchange e
          WHERE r.connection_id = 'upgraded' AND e.connection_id = r.connection_id AND e.kind = 'cdr'`,
      );
      expect(rows).toEqual([{ state: 'delivered', location_url: old, http_status: 404 }]);
    });
  });
});
