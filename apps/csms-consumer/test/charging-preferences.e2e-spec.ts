import { jest } from '@jest/globals';
import { OutcomeWaiter } from '#commands';
import { anEvse, aTariff } from '../../../libs/partner-push/test/objects.js';
import { type Answer, expectEnvelope } from '../../../test/harness/api-harness.js';
import { storeTariff } from '../../../test/harness/stored-objects.js';
import { eventually } from '../../../test/harness/wait-for.js';
import { type ProfilePartner, ProfileWorld } from './profile-world.js';

/** Against hanging only. */
jest.setTimeout(120_000);

const RESPONSES = [
  'ACCEPTED',
  'DEPARTURE_REQUIRED',
  'ENERGY_NEED_REQUIRED',
  'NOT_POSSIBLE',
  'PROFILE_TYPE_NOT_SUPPORTED',
];

describe.each(['2.2.1', '2.3.0'] as const)('charging preferences [%s]', (version) => {
  let world: ProfileWorld;
  let emsp: ProfilePartner;
  let other: ProfilePartner;
  beforeAll(async () => {
    world = await ProfileWorld.start();
    emsp = await world.partner('emsp', version);
    other = await world.partner('other', version, { party: 'DE*OTH' });
    const source = world.api.dataSource;
    await storeTariff(source, aTariff({ id: '14', type: 'REGULAR' }));
    for (const type of ['PROFILE_CHEAP', 'PROFILE_FAST'] as const) {
      await storeTariff(source, aTariff({ id: type, type }));
    }
  });
  afterAll(() => world.stop());

  const sessionWith = (...tariff_ids: string[]) => {
    const [connector] = anEvse('x').connectors;
    return world.session({}, { connectors: [{ ...connector!, tariff_ids }] });
  };
  const wish = (session: string, body: unknown, partner = emsp): Promise<Answer> =>
    world.call(partner, 'PUT', `sessions/${session}/charging_preferences`, body);
  /** Wishes and lets the CSMS answer what it is asked. */
  const answered = async (session: string, body: object, result: object): Promise<Answer> => {
    const before = (await world.asked(session)).length;
    const answer = wish(session, body);
    await eventually(async () => (await world.asked(session)).length > before);
    await world.finish(session, result);
    return answer;
  };

  it.each(RESPONSES)(
    'SES-05, SES-06, SES-07: the CSMS is asked, and its %s is the answer, as a string',
    async (preferences_response) => {
      const { id, location_id, evse_uid } = await sessionWith('14', 'PROFILE_CHEAP');
      const wishes = {
        profile_type: 'CHEAP',
        departure_time: '2026-12-01T07:00:00Z',
        energy_need: 20.5,
      };
      const answer = await answered(id, wishes, { preferences_response });
      expectEnvelope(answer, 200, 1000);
      expect(answer.json.data).toBe(preferences_response);
      const [request] = await world.asked(id);
      expect(request).toMatchObject({
        type: 'ocpi.set-charging-preferences.requested.v1',
        session_id: id,
        location_id,
        evse_uid,
        preferences: { ...wishes, discharge_allowed: false },
      });
    },
  );

  it('SES-10: the car is not discharged unless the driver says so', async () => {
    const { id } = await sessionWith('14');
    const accepted = { preferences_response: 'ACCEPTED' };
    await answered(id, { profile_type: 'REGULAR' }, accepted);
    await answered(id, { profile_type: 'REGULAR', discharge_allowed: true }, accepted);
    const said = (await world.asked(id)).map(({ preferences }) => preferences.discharge_allowed);
    expect(said).toEqual([false, true]);
  });

  it('SES-49: the profile type is needed, and a later PUT replaces the one before', async () => {
    const { id } = await sessionWith('14', 'PROFILE_CHEAP');
    expectEnvelope(await wish(id, { departure_time: '2026-12-01T07:00:00Z' }), 200, 2001);
    expectEnvelope(await wish(id, { profile_type: 'SLOW' }), 200, 2001);
    expect(await world.asked(id)).toEqual([]);
    const accepted = { preferences_response: 'ACCEPTED' };
    await answered(id, { profile_type: 'CHEAP', departure_time: '2026-12-01T07:00:00Z' }, accepted);
    await answered(id, { profile_type: 'REGULAR' }, accepted);
    const [, second] = await world.asked(id);
    expect(second.preferences).toEqual({ profile_type: 'REGULAR', discharge_allowed: false });
  });

  it('SES-07: a profile type without a tariff at the connector is not supported; the CSMS is not asked', async () => {
    const { id } = await sessionWith('14', 'PROFILE_FAST');
    for (const profile_type of ['GREEN', 'CHEAP']) {
      const answer = await wish(id, { profile_type });
      expectEnvelope(answer, 200, 1000);
      expect(answer.json.data).toBe('PROFILE_TYPE_NOT_SUPPORTED');
    }
    expect(await world.asked(id)).toEqual([]);
  });

  it('SES-08, STA-18: an EVSE that takes no preferences is 404 with 2001', async () => {
    const { id } = await world.session({}, { capabilities: ['CHARGING_PROFILE_CAPABLE'] });
    expectEnvelope(await wish(id, { profile_type: 'REGULAR' }), 404, 2001);
    expect(await world.asked(id)).toEqual([]);
  });

  it('SES-09, P14: unknown and foreign Sessions are 404, ended ones 2001; the CSMS hears of none', async () => {
    const own = await world.session();
    const foreign = await wish(own.id, { profile_type: 'REGULAR' }, other);
    const unknown = await wish('nope', { profile_type: 'REGULAR' });
    for (const answer of [foreign, unknown]) {
      expect(answer.status).toBe(404);
      expect(answer.json.status_code).toBe(2000);
    }
    expect(foreign.json.status_message).toBe(unknown.json.status_message);
    for (const status of ['COMPLETED', 'INVALID'] as const) {
      const { id } = await world.session({ status });
      expectEnvelope(await wish(id, { profile_type: 'REGULAR' }), 200, 2001);
      expect(await world.asked(id)).toEqual([]);
    }
    expect(await world.asked(own.id)).toEqual([]);
  });

  it('STA-14 (partial: charging preferences): a CSMS that fails or says nothing is 3000, within seconds', async () => {
    const { id } = await sessionWith('14');
    const failed = await answered(id, { profile_type: 'REGULAR' }, { error: 'Offline' });
    expectEnvelope(failed, 200, 3000);
    const startedAt = performance.now();
    const silent = await wish(id, { profile_type: 'REGULAR' });
    expectEnvelope(silent, 200, 3000);
    expect(performance.now() - startedAt).toBeLessThan(10_000);
    const late = await world.finish(id, { preferences_response: 'ACCEPTED' });
    expect(late[0]?.outcome).toBe('stale');
  });

  it('a repeat while the CSMS is thinking gets the same answer, and the CSMS is asked once', async () => {
    const { id } = await sessionWith('14');
    const answers = [1, 2, 3].map(() => wish(id, { profile_type: 'REGULAR' }));
    const waiting = world.api.app.get(OutcomeWaiter)['waiting'];
    await eventually(() => [...waiting.values()].some(({ size }) => size === answers.length));
    expect(await world.asked(id)).toHaveLength(1);
    await world.finish(id, { preferences_response: 'NOT_POSSIBLE' });
    const words = (await Promise.all(answers)).map(({ json }) => json.data);
    expect(new Set(words)).toEqual(new Set(['NOT_POSSIBLE']));
  });

  it('SES-05 (partial: methods), SES-04 [2.2.1+]: there is no other method, and no Session by its id', async () => {
    const { id } = await world.session();
    const answer = await world.call(emsp, 'GET', `sessions/${id}/charging_preferences`);
    expect(answer.status).toBe(405);
    expect(answer.headers['allow']).toBe('PUT');
    expect((await world.call(emsp, 'GET', `sessions/${id}`)).status).toBe(404);
  });

  it('SES-11, SES-46 (partial: the CSMS chooses the tariff, the gateway carries it): the period that the CSMS begins with the other tariff reaches the partner', async () => {
    const session = await sessionWith('14', 'PROFILE_CHEAP');
    const { id } = session;
    const start = session.start_date_time;
    const at = new Date().toISOString();
    const accepted = { preferences_response: 'ACCEPTED' };
    const state = async (charging_periods: object[]) => {
      const last_updated = new Date().toISOString();
      const now = { ...session, charging_periods, last_updated };
      const [outcome] = await world.say('session.updated', now);
      expect(outcome).toEqual({ outcome: 'applied' });
    };
    const regular = {
      start_date_time: start,
      dimensions: [{ type: 'ENERGY', volume: 1 }],
      tariff_id: '14',
    };
    await state([regular]);
    const pushed = () =>
      emsp.server.requests.filter(({ path }) => path.endsWith(`/sessions/NL/AAA/${id}`));
    await emsp.server.until(() => pushed().length === 1);
    await answered(id, { profile_type: 'CHEAP' }, accepted);
    const cheap = { start_date_time: at, dimensions: [], tariff_id: 'PROFILE_CHEAP' };
    const running = { ...cheap, dimensions: [{ type: 'ENERGY', volume: 0.1 }] };
    await state([regular, running]);
    const later = {
      start_date_time: new Date().toISOString(),
      dimensions: [{ type: 'ENERGY', volume: 0.1 }],
      tariff_id: 'PROFILE_CHEAP',
    };
    await state([regular, running, later]);
    const told = () =>
      pushed().flatMap(
        ({ body }) =>
          (body.charging_periods ?? []) as { tariff_id: string; start_date_time: string }[],
      );
    await emsp.server.until(() => told().some(({ tariff_id }) => tariff_id === 'PROFILE_CHEAP'));
    const period = told().find(({ tariff_id }) => tariff_id === 'PROFILE_CHEAP');
    expect(Date.parse(period!.start_date_time)).toBe(Date.parse(at));
  });
});

describe('charging preferences on 2.1.1', () => {
  it('SES-05 [2.1.1]: there are none', async () => {
    const world = await ProfileWorld.start();
    try {
      const old = await world.partner('old', '2.1.1');
      const { id } = await world.session();
      const path = `sessions/${id}/charging_preferences`;
      const answer = await world.call(old, 'PUT', path, { profile_type: 'FAST' });
      expect(answer.status).toBe(404);
      expect(await world.asked(id)).toEqual([]);
    } finally {
      await world.stop();
    }
  });
});
