import { jest } from '@jest/globals';
import { createLogger } from '#platform';
import { expectEnvelope } from '../../../test/harness/api-harness.js';
import { anEvse } from '../../../libs/partner-push/test/objects.js';
import { amperes, callbacks, plan, type ProfilePartner, ProfileWorld } from './profile-world.js';

/** Against hanging only. */
jest.setTimeout(120_000);

const SCHEDULE = amperes(16);

describe.each(['2.2.1', '2.3.0'] as const)('charging profiles [%s]', (version) => {
  let world: ProfileWorld;
  let emsp: ProfilePartner;
  let other: ProfilePartner;
  beforeAll(async () => {
    world = await ProfileWorld.start();
    emsp = await world.partner('emsp', version);
    other = await world.partner('other', version, { party: 'DE*OTH' });
  });
  beforeEach(() => {
    emsp.server.clear();
    other.server.clear();
    emsp.server.script = undefined;
  });
  afterAll(() => world.stop());

  /** Stored of a Session's requests, oldest first. */
  const outcomes = async (session: string): Promise<string[]> => {
    const rows: { outcome: string }[] = await world.api.dataSource.query(
      'SELECT outcome FROM command WHERE session_key = $1 ORDER BY received_at, id',
      [session.toUpperCase()],
    );
    return rows.map(({ outcome }) => outcome);
  };

  const silent = async (session: string): Promise<void> => {
    expect(await world.asked(session)).toEqual([]);
    const rows = await world.api.dataSource.query('SELECT 1 FROM command WHERE session_key = $1', [
      session.toUpperCase(),
    ]);
    expect(rows).toEqual([]);
  };

  it('CHP-02, VER-06 (partial: charging profiles): the details list a RECEIVER, both joins lead to it, and POST and PATCH do not exist', async () => {
    const { id } = await world.session();
    const details = await world.call(emsp, 'GET', '');
    const listed = details.json.data.endpoints.find(
      (one: { identifier: string }) => one.identifier === 'chargingprofiles',
    );
    expect(listed.role).toBe('RECEIVER');
    const base = new URL(listed.url).pathname;
    const body = { charging_profile: SCHEDULE, response_url: `${emsp.server.url}/join` };
    for (const path of [`${base}${id}`, `${base}/${id}`]) {
      const answer = await world.api.call(path, { token: emsp.token, method: 'PUT', body });
      expectEnvelope(answer, 200, 1000);
      expect(answer.json.data.result).toBe('ACCEPTED');
    }
    expect(await world.asked(id)).toHaveLength(1);

    for (const method of ['POST', 'PATCH']) {
      const answer = await world.call(emsp, method, `chargingprofiles/${id}`, body);
      expect(answer.status).toBe(405);
      expect(answer.headers['allow']).toBe('GET, PUT, DELETE');
    }
    expect(await world.asked(id)).toHaveLength(1);
  });

  it('CHP-04, CHP-05, CMD-24 (partial: charging profiles): what lacks a field or makes no sense is 2001 and goes no further', async () => {
    const { id } = await world.session();
    const path = `chargingprofiles/${id}`;
    const url = `response_url=${encodeURIComponent(`${emsp.server.url}/x`)}`;
    const response_url = `${emsp.server.url}/x`;
    const answers = [
      await world.call(emsp, 'PUT', path, { charging_profile: SCHEDULE }),
      await world.call(emsp, 'PUT', path, { response_url }),
      await world.call(emsp, 'PUT', path, {
        charging_profile: SCHEDULE,
        response_url: 'ftp://emsp.example/x',
      }),
      await world.call(emsp, 'GET', `${path}?${url}`),
      await world.call(emsp, 'GET', `${path}?duration=0&${url}`),
      await world.call(emsp, 'GET', `${path}?duration=abc&${url}`),
      await world.call(emsp, 'GET', `${path}?duration=900`),
      await world.call(emsp, 'DELETE', path),
    ];
    for (const answer of answers) expectEnvelope(answer, 200, 2001);

    const foreign = { charging_profile: SCHEDULE, response_url: 'https://elsewhere.example/x' };
    const refused = await world.call(emsp, 'PUT', path, foreign);
    expectEnvelope(refused, 200, 1000);
    expect(refused.json.data.result).toBe('REJECTED');
    await silent(id);
  });

  it('the log says why a request is REJECTED, which the answer cannot', async () => {
    const { id } = await world.session();
    const over = await world.session({ status: 'COMPLETED' });
    const offline = await world.session({}, { status: 'UNKNOWN' });
    const limited = await world.session();
    await world.setProfile(emsp, limited.id, SCHEDULE);
    const all = { party: 'DE*ALL', profile: { chargingProfiles: 'all' } } as const;
    const scsp = await world.partner('all', version, all);
    const info = jest.spyOn(createLogger('commands'), 'info');
    const response_url = 'https://elsewhere.example/x';
    const foreign = { charging_profile: SCHEDULE, response_url };
    const answers = [
      await world.call(emsp, 'PUT', `chargingprofiles/${id}`, foreign),
      await world.put(other, id, SCHEDULE),
      await world.put(emsp, over.id, SCHEDULE),
      await world.put(emsp, offline.id, SCHEDULE),
      await world.put(scsp, limited.id, SCHEDULE),
    ];
    for (const { json } of answers) expect(json.data.result).toBe('REJECTED');
    const kind = 'SET_CHARGING_PROFILE';
    const line = (connection: string, session: string, why: string) => [
      { connection, session, kind, why },
      'charging profile request rejected',
    ];
    expect(info.mock.calls).toEqual([
      line('emsp', id, 'response_url: its host is none of yours'),
      line('other', id, 'the session is not theirs to limit'),
      line('emsp', over.id, 'the session is COMPLETED'),
      line('emsp', offline.id, 'the station is offline'),
      line('all', limited.id, 'another party limits the session'),
    ]);
    info.mockRestore();
  });

  it.each([
    ['escaped', (url: string) => encodeURIComponent(url), '/r?a=1&b=%2F'],
    ['not escaped, as the specification prints it', (url: string) => url, '/r?id=5678'],
  ])('CHP-06: a response_url that is %s gets the result byte by byte', async (_how, write, at) => {
    const { id } = await world.session();
    const query = `duration=900&response_url=${write(`${emsp.server.url}${at}`)}`;
    const answer = await world.call(emsp, 'GET', `chargingprofiles/${id}?${query}`);
    expect(answer.json.data.result).toBe('ACCEPTED');
    await world.finish(id, { status: 'Rejected' });
    await emsp.server.until(() => emsp.server.lines.includes(`POST ${at}`));
  });

  it('CHP-07, CHP-08, CHP-09, CHP-10, CHP-11, CHP-12, CMD-15 (partial: charging profiles): each refusal is a word with a timeout, before anything is asked of the CSMS', async () => {
    const own = await world.session();
    const incapable = await world.session({}, { capabilities: [] });
    const offline = await world.session({}, { status: 'UNKNOWN' });
    const results: Record<string, unknown>[] = [];
    const expected: string[] = [];
    const expectAll = async (partner: ProfilePartner, session: string, result: string) => {
      for (const answer of [
        await world.put(partner, session, SCHEDULE),
        await world.get(partner, session),
        await world.delete(partner, session),
      ]) {
        expectEnvelope(answer, 200, 1000);
        results.push(answer.json.data);
        expected.push(result);
      }
    };
    await expectAll(emsp, 'nope', 'UNKNOWN_SESSION');
    await expectAll(other, own.id, 'REJECTED');
    await expectAll(emsp, incapable.id, 'NOT_SUPPORTED');
    await expectAll(emsp, offline.id, 'REJECTED');
    for (const status of ['PENDING', 'RESERVATION', 'COMPLETED', 'INVALID'] as const) {
      const session = await world.session({ status });
      await expectAll(emsp, session.id, 'REJECTED');
      await silent(session.id);
    }
    for (const { id } of [own, incapable, offline]) await silent(id);

    const eager = await world.partner('eager', version, {
      party: 'DE*EAG',
      profile: { profileRequestsPerMinute: 2 },
    });
    const cdr_token = { ...own.cdr_token, country_code: 'DE', party_id: 'EAG' };
    const theirs = await world.session({ cdr_token });
    const urls = ['a', 'b', 'c'];
    const answers = [];
    for (const at of urls) answers.push(await world.get(eager, theirs.id, 900, at));
    for (const { status } of answers) expect(status).toBe(200);
    const words = answers.map(({ json }) => json.data);
    expect(words.map(({ result }) => result)).toEqual(['ACCEPTED', 'ACCEPTED', 'TOO_OFTEN']);
    expect(await world.asked(theirs.id)).toHaveLength(1);

    expect(results.map(({ result }) => result)).toEqual(expected);
    for (const data of [...results, ...words]) {
      expect(Object.keys(data).sort()).toEqual(['result', 'timeout']);
      expect(data['timeout']).toBe(30);
    }
  });

  it('CHP-13, CHP-14, CHP-25, CHP-39, CMD-20 (partial: charging profiles): each kind of request gets its one bare result on its URL', async () => {
    const { id } = await world.session();
    const start = '2026-11-21T10:00:05Z';
    const active = {
      start_date_time: start,
      charging_profile: {
        ...amperes(16),
        charging_profile_period: [
          { start_period: 0, limit: 16 },
          { start_period: 600, limit: 8 },
          { start_period: 1200, limit: 6 },
        ],
      },
    };
    const told = [];
    await world.put(emsp, id, SCHEDULE, 'result?of=1');
    await world.finish(id, { status: 'Accepted' });
    await emsp.server.until(() => emsp.server.requests.length === 1);
    told.push(emsp.server.requests[0]!);
    await world.get(emsp, id, 900);
    const [, request] = await world.asked(id);
    expect(request).toMatchObject({
      type: 'ocpi.get-charging-profile.requested.v1',
      duration: 900,
      evse_uid: expect.stringMatching(/^E/),
    });
    await world.finish(id, { status: 'Accepted', active_charging_profile: active });
    await emsp.server.until(() => emsp.server.requests.length === 2);
    told.push(emsp.server.requests[1]!);
    await world.get(emsp, id, 60);
    await world.finish(id, { status: 'Rejected', active_charging_profile: active });
    await emsp.server.until(() => emsp.server.requests.length === 3);
    told.push(emsp.server.requests[2]!);
    await world.delete(emsp, id);
    await world.finish(id, { status: 'Accepted' });
    await emsp.server.until(() => emsp.server.requests.length === 4);
    told.push(emsp.server.requests[3]!);

    expect(told.map(({ method, path }) => `${method} ${path}`)).toEqual([
      'POST /result?of=1',
      'POST /get',
      'POST /get',
      'POST /delete',
    ]);
    expect(told.map(({ body }) => body)).toEqual([
      { result: 'ACCEPTED' },
      {
        result: 'ACCEPTED',
        profile: {
          start_date_time: start,
          charging_profile: {
            charging_rate_unit: 'A',
            duration: 900,
            charging_profile_period: [
              { start_period: 0, limit: 16 },
              { start_period: 600, limit: 8 },
            ],
          },
        },
      },
      { result: 'REJECTED' },
      { result: 'ACCEPTED' },
    ]);
    for (const { headers } of told) {
      expect(headers).toMatchObject({
        'ocpi-from-country-code': 'NL',
        'ocpi-from-party-id': 'AAA',
        'ocpi-to-country-code': 'NL',
        'ocpi-to-party-id': 'EMP',
        authorization: `Token ${Buffer.from('outbound-emsp').toString('base64')}`,
      });
    }
    await world.settled();
    const rows = await world.api.dataSource.query(
      'SELECT DISTINCT state FROM command_callback b JOIN command c ON c.id = b.command_id WHERE c.session_key = $1',
      [id.toUpperCase()],
    );
    expect(rows).toEqual([{ state: 'delivered' }]);
  });

  it('CHP-15, CHP-26: silence, errors and a plan that is missing are REJECTED, before the timeout is over', async () => {
    const { id } = await world.session();
    const results: object[] = [
      { error: 'NotSupported' },
      { error: 'NotImplemented' },
      { error: 'InternalError' },
      { error: 'Timeout' },
      { status: 'NotSupported' },
      { status: 'Rejected' },
    ];
    for (const [index, result] of results.entries()) {
      await world.put(emsp, id, SCHEDULE, `put${index}`);
      await world.finish(id, result);
    }
    await world.get(emsp, id, 900, 'none');
    await world.finish(id, { status: 'Accepted' });
    await world.put(emsp, id, SCHEDULE, 'silence');
    const [{ deadline }] = (await world.asked(id)).slice(-1);
    expect(Date.parse(deadline)).toBeLessThan(Date.now() + 30_000);
    await world.api.dataSource.query(
      `UPDATE command SET deadline = now() WHERE session_key = $1 AND outcome IS NULL`,
      [id.toUpperCase()],
    );
    await emsp.server.until(() => emsp.server.requests.length === results.length + 2);
    for (const { body } of emsp.server.requests) expect(body).toEqual({ result: 'REJECTED' });
    expect(await outcomes(id)).toEqual([...Array(results.length + 1).fill('REJECTED'), 'TIMEOUT']);
    const late = await world.finish(id, { status: 'Accepted' });
    expect(late[0]?.outcome).toBe('stale');
  });

  it('CHP-15 (partial: GET and DELETE): silence is told as REJECTED, and takes nothing away', async () => {
    const { id } = await world.session();
    await world.setProfile(emsp, id, SCHEDULE);
    emsp.server.clear();
    await world.get(emsp, id);
    await world.delete(emsp, id);
    await world.api.dataSource.query(
      `UPDATE command SET deadline = now() WHERE session_key = $1 AND outcome IS NULL`,
      [id.toUpperCase()],
    );
    await emsp.server.until(() => emsp.server.requests.length === 2);
    for (const { body } of emsp.server.requests) expect(body).toEqual({ result: 'REJECTED' });
    expect(await outcomes(id)).toEqual(['ACCEPTED', 'TIMEOUT', 'TIMEOUT']);
    const [kept] = await world.api.dataSource.query(
      'SELECT profile IS NOT NULL AS kept FROM charging_profile WHERE session_id = $1',
      [id],
    );
    expect(kept).toEqual({ kept: true });
  });

  it('CHP-16, CHP-17: limits are rounded down to one decimal, zero is a pause, and periods must make a course', async () => {
    const { id } = await world.session();
    const periods = (...list: [number, number][]) => ({
      charging_rate_unit: 'A',
      charging_profile_period: list.map(([start_period, limit]) => ({ start_period, limit })),
    });
    for (const bad of [
      periods([0, -5]),
      periods(),
      periods([60, 5]),
      periods([0, 5], [60, 6], [60, 7]),
    ]) {
      expectEnvelope(await world.put(emsp, id, bad), 200, 2001);
    }
    await silent(id);

    const answer = await world.put(emsp, id, periods([0, 8.12], [600, 0]));
    expect(answer.json.data.result).toBe('ACCEPTED');
    const [request] = await world.asked(id);
    expect(request.charging_profile).toEqual(periods([0, 8.1], [600, 0]));
  });

  it('CHP-18, CHP-19, CHP-22, CHP-41: the CSMS gets the profile as it was asked, for the EVSE and transaction of the Session', async () => {
    const session = await world.session();
    const relative = amperes(10, { min_charging_rate: 6 });
    await world.put(emsp, session.id, relative);
    const absolute = amperes(12, { start_date_time: '2026-11-21T10:00:00Z', duration: 3600 });
    await world.put(emsp, session.id, absolute);

    const [first, second] = await world.asked(session.id);
    for (const request of [first, second]) {
      expect(request).toMatchObject({
        type: 'ocpi.set-charging-profile.requested.v1',
        country_code: 'NL',
        party_id: 'AAA',
        session_id: session.id,
        location_id: session.location_id,
        evse_uid: session.evse_uid,
      });
    }
    expect(first.charging_profile).toEqual(relative);
    expect(first.charging_profile).not.toHaveProperty('start_date_time');
    expect(first.charging_profile).not.toHaveProperty('duration');
    expect(first.converted.min_charging_rate).toBe(4140);
    expect(second.charging_profile).toEqual(absolute);
  });

  it.each([
    ['AC_3_PHASE', 32, 15.9],
    ['AC_1_PHASE', 63, 47.8],
    ['AC_1_PHASE', 32, 32],
  ] as const)(
    'CHP-20: 11 kW at %s with %p A is %p A per phase for a station that knows no watts',
    async (power_type, max_amperage, expected) => {
      const [connector] = anEvse('x').connectors;
      const connectors = [{ ...connector!, power_type, max_amperage, max_voltage: 230 }];
      const { id } = await world.session({}, { connectors });
      const asked = {
        charging_rate_unit: 'W',
        charging_profile_period: [{ start_period: 0, limit: 11_000 }],
      };
      await world.put(emsp, id, asked);
      const [request] = await world.asked(id);
      expect(request.charging_profile).toEqual(asked);
      expect(request.converted).toEqual({
        charging_rate_unit: 'A',
        charging_profile_period: [{ start_period: 0, limit: expected }],
      });
    },
  );

  it('CHP-21, CHP-23: a Session has one profile number, which the next PUT replaces and a DELETE names', async () => {
    const { id } = await world.session();
    const one = await world.session();
    await world.setProfile(emsp, one.id, amperes(20));
    await world.setProfile(emsp, id, amperes(20));
    await world.setProfile(emsp, id, amperes(16));
    await world.clearProfile(emsp, id);
    await world.setProfile(emsp, id, amperes(10));

    const requests = await world.asked(id);
    expect(requests.map(({ type }) => type)).toEqual([
      'ocpi.set-charging-profile.requested.v1',
      'ocpi.set-charging-profile.requested.v1',
      'ocpi.clear-charging-profile.requested.v1',
      'ocpi.set-charging-profile.requested.v1',
    ]);
    const numbers = new Set(requests.map(({ profile_number }) => profile_number));
    expect(numbers.size).toBe(1);
    const [elsewhere] = await world.asked(one.id);
    expect(numbers).not.toContain(elsewhere.profile_number);
  });

  it('CHP-21, CMD-28 (partial: charging profiles): a repeat acts once, and A, B, A ends with A', async () => {
    const { id } = await world.session();
    await world.put(emsp, id, amperes(20), 'a1');
    await world.put(emsp, id, amperes(20), 'a2');
    await world.put(emsp, id, amperes(10), 'b');
    await world.put(emsp, id, amperes(20), 'a3');
    const requests = await world.asked(id);
    expect(requests.map((one) => one.charging_profile.charging_profile_period[0].limit)).toEqual([
      20, 10, 20,
    ]);
    for (const { command_id } of requests) await world.finishOf(command_id, { status: 'Accepted' });
    await emsp.server.until(() => emsp.server.requests.length === 4);
    expect(emsp.server.requests.map(({ path }) => path).sort()).toEqual([
      '/a1',
      '/a2',
      '/a3',
      '/b',
    ]);
    const [row] = await world.api.dataSource.query(
      'SELECT profile FROM charging_profile WHERE session_id = $1',
      [id],
    );
    expect(JSON.parse(row.profile)).toEqual(amperes(20));
  });

  it('CHP-24: a DELETE of nothing is accepted, and its result is UNKNOWN, of the gateway or of the station', async () => {
    const { id } = await world.session();
    const answer = await world.delete(emsp, id);
    expect(answer.json.data.result).toBe('ACCEPTED');
    await emsp.server.until(() => callbacks(emsp, 'delete').length === 1);
    expect(callbacks(emsp, 'delete')[0]!.body).toEqual({ result: 'UNKNOWN' });
    await expect(world.asked(id)).resolves.toEqual([]);

    await world.setProfile(emsp, id, SCHEDULE);
    await world.delete(emsp, id, 'again');
    await world.finish(id, { status: 'Unknown' });
    await emsp.server.until(() => callbacks(emsp, 'again').length === 1);
    expect(callbacks(emsp, 'again')[0]!.body).toEqual({ result: 'UNKNOWN' });
  });

  it('CHP-37: results in any order, and twice, reach the right URL in the right form, once each', async () => {
    const { id } = await world.session();
    await world.setProfile(emsp, id, amperes(12));
    await world.put(emsp, id, SCHEDULE, 'p');
    await world.get(emsp, id, 900, 'g');
    await world.delete(emsp, id, 'd');
    const [put, get, remove] = (await world.asked(id)).slice(1);
    const active = plan(12, 900);
    const results: [string, object][] = [
      [remove.command_id, { status: 'Unknown' }],
      [put.command_id, { status: 'Rejected' }],
      [get.command_id, { status: 'Accepted', active_charging_profile: active }],
    ];
    for (const [command, result] of [...results, ...results]) await world.finishOf(command, result);
    await emsp.server.until(() => emsp.server.requests.length >= 4);
    await world.settled();
    expect(callbacks(emsp, 'p').map(({ body }) => body)).toEqual([{ result: 'REJECTED' }]);
    expect(callbacks(emsp, 'd').map(({ body }) => body)).toEqual([{ result: 'UNKNOWN' }]);
    expect(callbacks(emsp, 'g').map(({ body }) => body)).toEqual([
      { result: 'ACCEPTED', profile: active },
    ]);
  });
});

describe('charging profiles on 2.1.1', () => {
  it('CHP-01: there is no such module', async () => {
    const world = await ProfileWorld.start();
    try {
      const old = await world.partner('old', '2.1.1');
      const { id } = await world.session();
      const details = await world.call(old, 'GET', '');
      const names = details.json.data.endpoints.map(
        (one: { identifier: string }) => one.identifier,
      );
      expect(names).toContain('sessions');
      expect(names).not.toContain('chargingprofiles');
      const answers = [
        await world.put(old, id, SCHEDULE),
        await world.get(old, id),
        await world.delete(old, id),
        await world.call(old, 'POST', `chargingprofiles/${id}`, {}),
        await world.call(old, 'GET', 'chargingprofiles'),
      ];
      for (const { status } of answers) expect(status).toBe(404);
      expect(await world.asked(id)).toEqual([]);
    } finally {
      await world.stop();
    }
  });
});
