import { jest } from '@jest/globals';
import { type Session } from '#ocpi';
import { ChargingProfilePushes } from '#partner-push';
import { ConnectionDirectory, PartnerClient } from '#partners';
import { Metrics } from '#platform';
import { setTimeout as sleep } from 'node:timers/promises';
import { DataSource } from 'typeorm';
import { eventually } from '../../../test/harness/wait-for.js';
import {
  amperes,
  callbacks,
  plan,
  type ProfilePartner,
  ProfileWorld,
  pushes,
} from './profile-world.js';

/** Against hanging only. */
jest.setTimeout(120_000);

/** Longer than the push side sleeps. */
const QUIET_MS = 1300;

describe.each(['2.2.1', '2.3.0'] as const)('changes of charging profiles [%s]', (version) => {
  let world: ProfileWorld;
  let emsp: ProfilePartner;
  let scsp: ProfilePartner;
  beforeAll(async () => {
    world = await ProfileWorld.start();
    emsp = await world.partner('emsp', version);
    scsp = await world.partner('scsp', version, {
      party: 'DE*SMA',
      role: 'SCSP',
      profile: { chargingProfiles: 'all' },
    });
  });
  beforeEach(() => {
    for (const { server } of [emsp, scsp]) {
      server.script = undefined;
      server.clear();
    }
  });
  afterAll(() => world.stop());

  const pushed = async (partner: ProfilePartner, count = 1) => {
    await partner.server.until(() => pushes(partner).length >= count);
    return pushes(partner);
  };
  const end = (session: Session) =>
    world.say('session.ended', {
      ...session,
      status: 'COMPLETED',
      end_date_time: new Date().toISOString(),
      last_updated: new Date().toISOString(),
    });

  it('CHP-28, CHP-33, CHP-40, CHP-30 (partial: load management): after a successful PUT its sender is told of each change, by PUT to its own endpoint', async () => {
    const { id } = await world.session();
    await world.setProfile(emsp, id, amperes(32));
    expect(pushes(emsp)).toEqual([]);

    const active = plan(10);
    const course = [
      { start_period: 0, limit: 10 },
      { start_period: 600, limit: 16 },
    ];
    const start_date_time = '2026-11-21T10:00:05Z';
    const charging_profile = {
      ...active.charging_profile,
      start_date_time,
      charging_profile_period: course,
    };
    const [outcome] = await world.changed(id, { start_date_time, charging_profile });
    expect(outcome).toEqual({ outcome: 'applied' });
    const [push] = await pushed(emsp);
    expect(push).toMatchObject({ method: 'PUT', path: `/chargingprofiles/${id}` });
    expect(push!.body).toEqual({
      start_date_time,
      charging_profile: {
        charging_rate_unit: 'A',
        duration: 1800,
        charging_profile_period: course,
      },
    });
    expect(push!.headers).toMatchObject({
      'ocpi-from-country-code': 'NL',
      'ocpi-from-party-id': 'AAA',
      'ocpi-to-country-code': 'NL',
      'ocpi-to-party-id': 'EMP',
    });
    await world.settled();
    await sleep(QUIET_MS);
    expect(pushes(emsp)).toHaveLength(1);
  });

  it('CHP-29: a partner without a successful PUT on the Session is told nothing', async () => {
    const { id } = await world.session();
    await world.get(emsp, id);
    await world.finish(id, { status: 'Accepted', active_charging_profile: plan(32) });
    await world.put(emsp, id, amperes(16));
    await world.finish(id, { status: 'Rejected', active_charging_profile: plan(32) });
    await emsp.server.until(() => emsp.server.requests.length === 2);
    const [outcome] = await world.changed(id, plan(10));
    expect(outcome?.outcome).toBe('unchanged');
    const [nobody] = await world.changed('no-such-session', plan(10));
    expect(nobody?.outcome).toBe('unchanged');
    await sleep(QUIET_MS);
    expect(pushes(emsp)).toEqual([]);
  });

  it('CHP-30: a plan that differs from the PUT follows its result; one that does not is told by the result alone', async () => {
    const same = await world.session();
    await world.put(emsp, same.id, amperes(32));
    await world.finish(same.id, { status: 'Accepted', active_charging_profile: plan(32) });
    await emsp.server.until(() => callbacks(emsp, 'put').length === 1);

    const { id } = await world.session();
    emsp.server.script = ({ path }) => (path === '/put' ? { delayMs: 300 } : undefined);
    await world.put(emsp, id, amperes(32));
    const limited = plan(10);
    await world.finish(id, { status: 'Accepted', active_charging_profile: limited });
    const [push] = await pushed(emsp);
    expect(push).toMatchObject({ path: `/chargingprofiles/${id}`, body: limited });
    expect(emsp.server.lines).toEqual(['POST /put', 'POST /put', `PUT /chargingprofiles/${id}`]);
    expect(callbacks(emsp, 'put').map(({ body }) => body)).toEqual([
      { result: 'ACCEPTED' },
      { result: 'ACCEPTED' },
    ]);
  });

  it('CHP-38: what the sender asked for itself is no change; the duty outlives its DELETE', async () => {
    const { id } = await world.session();
    await world.setProfile(emsp, id, amperes(16));
    await world.clearProfile(emsp, id);
    await sleep(QUIET_MS);
    expect(pushes(emsp)).toEqual([]);

    await world.changed(id, plan(10));
    await pushed(emsp);
    await world.settled();
    expect(pushes(emsp)).toHaveLength(1);
  });

  it.each([
    [86_400, 3600],
    [60, 300],
    [undefined, 3600],
    [1800, 1800],
  ])('CHP-31: a plan for %p s is told for %p s', async (planned, told) => {
    const { id } = await world.session();
    await world.setProfile(emsp, id, amperes(16));
    const active = plan(10);
    const { duration: _, ...open } = active.charging_profile;
    const charging_profile = { ...open, ...(planned !== undefined && { duration: planned }) };
    await world.changed(id, { ...active, charging_profile });
    const [push] = await pushed(emsp);
    expect(push!.body.charging_profile.duration).toBe(told);
  });

  it.each([
    ['A', amperes(16), 32],
    ['W', { ...amperes(11_000), charging_rate_unit: 'W' }, 22_080],
  ])(
    'CHP-32: when nothing limits any more, the connector does, in %s',
    async (unit, asked, limit) => {
      const { id } = await world.session();
      await world.setProfile(emsp, id, asked);
      const now = new Date().toISOString();
      await world.changed(id, undefined, now);
      const [push] = await pushed(emsp);
      expect(push!.body).toEqual({
        start_date_time: now,
        charging_profile: {
          charging_rate_unit: unit,
          duration: 3600,
          charging_profile_period: [{ start_period: 0, limit }],
        },
      });
    },
  );

  it('CHP-27: phases of a plan are left out, its limits told as they are, and the CSMS hears of it', async () => {
    const { id } = await world.session();
    await world.setProfile(emsp, id, amperes(16));
    const active = plan(10);
    const charging_profile_period = [{ start_period: 0, limit: 10, number_phases: 1 }];
    const charging_profile = { ...active.charging_profile, charging_profile_period };
    const [outcome] = await world.changed(id, { ...active, charging_profile });
    expect(outcome?.warnings?.[0]).toMatch('number_phases: partners are not told of phases');
    const [push] = await pushed(emsp);
    expect(push!.body).toEqual(active);
  });

  it('CHP-34: with the end of the Session the duty ends, and its number is free', async () => {
    const session = await world.session();
    const { id } = session;
    await world.setProfile(emsp, id, amperes(16));
    await end(session);
    const rows = () =>
      world.api.dataSource.query('SELECT 1 FROM charging_profile WHERE session_id = $1', [id]);
    expect(await rows()).toEqual([]);
    const [outcome] = await world.changed(id, plan(10));
    expect(outcome?.outcome).toBe('unchanged');
    await sleep(QUIET_MS);
    expect(pushes(emsp)).toEqual([]);
  });

  it('CHP-39: a push without `data` in the answer is delivered, one that is refused is not repeated', async () => {
    const { id } = await world.session();
    await world.setProfile(emsp, id, amperes(16));
    emsp.server.script = () => ({ ocpi: 2001, message: 'not like this' });
    await world.changed(id, plan(10));
    await pushed(emsp);
    await world.settled();
    await sleep(QUIET_MS);
    expect(pushes(emsp)).toHaveLength(1);
    const rows = await world.api.dataSource.query(
      `SELECT outcome, kind FROM exchange WHERE object_name = $1 AND kind = 'chargingprofile'`,
      [`NL*AAA/${id}`],
    );
    expect(rows).toEqual([{ outcome: 'rejected', kind: 'chargingprofile' }]);
  });

  it('a partner that refuses our token is rejected, and told the latest plan once it is registered again', async () => {
    const strict = await world.partner('strict', version, { party: 'DE*STR' });
    const cdr_token = { ...(await world.session()).cdr_token, country_code: 'DE', party_id: 'STR' };
    const { id } = await world.session({ cdr_token });
    await world.setProfile(strict, id, amperes(16));
    strict.server.script = () => ({ status: 401 });
    const last = plan(10);
    await world.changed(id, last);
    const connection = async () => {
      const source = world.api.dataSource;
      const [row] = await source.query(`SELECT state FROM connection WHERE id = 'strict'`);
      return row;
    };
    await eventually(async () => (await connection()).state === 'rejected');
    await sleep(QUIET_MS);
    expect(pushes(strict)).toHaveLength(1);

    strict.server.script = undefined;
    strict.server.clear();
    await world.api.dataSource.query(
      `UPDATE connection SET state = 'registered' WHERE id = 'strict'`,
    );
    await world.api.dataSource.query(`SELECT pg_notify('ocpi_connection', 'strict')`);
    await world.settled();
    expect(pushes(strict).map(({ body }) => body)).toEqual([last]);
  });

  it('a partner that is away gets the latest plan alone, once it answers; an older event changes nothing', async () => {
    const { id } = await world.session();
    await world.setProfile(emsp, id, amperes(16));
    emsp.server.script = () => ({ status: 503 });
    await world.changed(id, plan(10));
    await pushed(emsp);
    const last = plan(7);
    await world.changed(id, plan(9));
    await world.changed(id, last);
    const [older] = await world.changed(id, plan(5), '2026-01-01T00:00:00Z');
    expect(older?.outcome).toBe('stale');
    emsp.server.script = undefined;
    await world.settled();
    expect(pushes(emsp).at(-1)!.body).toEqual(last);
    const told = pushes(emsp).map(
      ({ body }) => body.charging_profile.charging_profile_period[0].limit,
    );
    expect(told).not.toContain(5);
    expect(emsp.server.complaints).toEqual([]);
  });

  it('several processes send a change once', async () => {
    const sessions = [];
    for (let n = 0; n < 10; n += 1) sessions.push(await world.session());
    for (const { id } of sessions) await world.setProfile(emsp, id, amperes(16));
    const parts = {
      source: world.consumer.get(DataSource),
      directory: world.consumer.get(ConnectionDirectory),
      client: world.consumer.get(PartnerClient),
      metrics: new Metrics(),
    };
    const others = [new ChargingProfilePushes(parts), new ChargingProfilePushes(parts)];
    emsp.server.clear();
    for (const other of others) other.start();
    await Promise.all(sessions.map(({ id }) => world.changed(id, plan(10))));
    await Promise.all(others.map(async (other) => other.wake()));
    await world.settled();
    for (const other of others) await other.stop();
    const told = pushes(emsp).map(({ path }) => path);
    expect([...told].sort()).toEqual(sessions.map(({ id }) => `/chargingprofiles/${id}`).sort());
  });

  it('CHP-03: a partner without a SENDER endpoint gets its results, and no pushes', async () => {
    const deaf = await world.partner('deaf', version, { party: 'DE*DEA', listens: false });
    const cdr_token = { ...(await world.session()).cdr_token, country_code: 'DE', party_id: 'DEA' };
    const { id } = await world.session({ cdr_token });
    await world.setProfile(deaf, id, amperes(16));
    expect(callbacks(deaf, 'put')).toHaveLength(1);
    const [outcome] = await world.changed(id, plan(10));
    expect(outcome?.outcome).toBe('applied');
    await world.settled();
    expect(pushes(deaf)).toEqual([]);
  });

  it('CHP-09, CHP-35, SES-12 (partial: SCSP): an SCSP of ours gets the Sessions and may limit them; the partner behind it does not show', async () => {
    const session = await world.session();
    const { id } = session;
    await world.say('session.updated', {
      ...session,
      kwh: 1,
      last_updated: new Date().toISOString(),
    });
    const seen = () =>
      scsp.server.requests.find(({ path }) => path.endsWith(`/sessions/NL/AAA/${id}`));
    await scsp.server.until(() => seen() !== undefined);
    expect(seen()!.headers).toMatchObject({ 'ocpi-to-party-id': 'SMA' });
    const list = await world.call(scsp, 'GET', 'sessions?date_from=2020-01-01T00:00:00Z');
    expect(list.json.data.map((one: { id: string }) => one.id)).toContain(id);

    await world.setProfile(scsp, id, amperes(8));
    await world.changed(id, plan(6));
    const [push] = await pushed(scsp);
    expect(push!.headers).toMatchObject({
      'ocpi-to-country-code': 'DE',
      'ocpi-to-party-id': 'SMA',
    });
    await world.settled();
    expect(pushes(emsp)).toEqual([]);
  });

  it('CHP-36: a Session has one owner: the first that is successful, until it clears its profile', async () => {
    const { id } = await world.session();
    const limitOf = async () => {
      const [row] = await world.api.dataSource.query(
        'SELECT profile, connection_id AS owner FROM charging_profile WHERE session_id = $1',
        [id],
      );
      return [row.owner, row.profile === null ? null : JSON.parse(row.profile)];
    };
    const result = async (partner: ProfilePartner) =>
      (await world.put(partner, id, amperes(8))).json.data.result;

    await world.put(emsp, id, amperes(16));
    expect(await result(scsp)).toBe('REJECTED'); // the other is about to be
    await world.finish(id, { status: 'Rejected' });
    await world.setProfile(scsp, id, amperes(10));
    expect(await limitOf()).toEqual(['scsp', amperes(10)]);
    expect(await result(emsp)).toBe('REJECTED');

    await world.delete(emsp, id);
    await emsp.server.until(() => callbacks(emsp, 'delete').length === 1);
    expect(callbacks(emsp, 'delete')[0]!.body).toEqual({ result: 'UNKNOWN' });
    expect(await limitOf()).toEqual(['scsp', amperes(10)]);
    expect(await result(emsp)).toBe('REJECTED');
    await world.get(emsp, id);
    await world.finish(id, { status: 'Accepted', active_charging_profile: plan(10) });
    await emsp.server.until(() => callbacks(emsp, 'get').length === 1);

    await world.clearProfile(scsp, id);
    await world.setProfile(emsp, id, amperes(16));
    expect(await limitOf()).toEqual(['emsp', amperes(16)]);
    const numbers = (await world.asked(id, '%profile.requested%'))
      .filter(({ profile_number }) => profile_number !== undefined)
      .map(({ profile_number }) => profile_number);
    expect(new Set(numbers).size).toBe(1);
  });

  it('CHP-36 (partial: before the result): a stranger’s DELETE does not undo a PUT that is under way', async () => {
    const { id } = await world.session();
    await world.put(emsp, id, amperes(16));
    await world.finish(id, { status: 'Rejected' });
    await world.put(scsp, id, amperes(8));
    await world.delete(emsp, id);
    await emsp.server.until(() => callbacks(emsp, 'delete').length === 1);
    expect(callbacks(emsp, 'delete')[0]!.body).toEqual({ result: 'UNKNOWN' });
    await world.finish(id, { status: 'Accepted' });
    await scsp.server.until(() => callbacks(scsp, 'put').length === 1);
    expect((await world.put(emsp, id, amperes(16))).json.data.result).toBe('REJECTED');
  });

  it('CHP-36 (partial: at once): of two that ask at the same moment one is refused', async () => {
    const { id } = await world.session();
    const answers = await Promise.all([
      world.put(emsp, id, amperes(16)),
      world.put(scsp, id, amperes(8)),
    ]);
    const results = answers.map(({ json }) => json.data.result).sort();
    expect(results).toEqual(['ACCEPTED', 'REJECTED']);
    await eventually(async () => (await world.asked(id)).length === 1);
  });
});
