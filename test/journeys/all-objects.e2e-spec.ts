import { type Cdr, type OcpiVersion, OCPI_VERSIONS, type Price } from '#ocpi';
import {
  aCdr,
  aLocation,
  anEvse,
  aSession,
  aTariff,
} from '../../libs/partner-push/test/objects.js';
import { type Json, wireToken } from '../harness/api-harness.js';
import {
  event,
  LocationWorld,
  type Peer,
  T0,
  T1,
  T2,
  upserted,
  wireTime,
} from './location-world.js';

const NET = 1.5;
const PRICE: Price = {
  before_taxes: NET,
  taxes: [{ name: 'VAT', account_number: 'DE123', percentage: 19, amount: 0.285 }],
};
const OWNER = { country_code: 'DE', party_id: 'EMP' };
const ADDRESS = 'Industriepark Zwijnaarde gebouw zeventien, achterzijde rechts';
const STATE = 'Provincie Oost-Vlaanderen, arrondissement';

/** Every pair of name and value in a body, at any depth. */
function* fieldsOf(value: Json): Generator<[string, Json]> {
  if (Array.isArray(value)) for (const item of value) yield* fieldsOf(item);
  else if (typeof value === 'object' && value !== null) {
    for (const [name, inner] of Object.entries(value)) {
      yield [name, inner];
      yield* fieldsOf(inner);
    }
  }
}

describe('all that partners are sent and may read', () => {
  let world: LocationWorld;
  const bodies = new Map<OcpiVersion, Json[]>();
  beforeAll(async () => {
    world = await LocationWorld.start();
    const cdr_token = { ...aSession().cdr_token, ...OWNER, type: 'RFID' };
    const location = aLocation({
      address: ADDRESS,
      state: STATE,
      operator: { name: 'Operator', website: 'https://operator.example' },
      opening_times: {
        twentyfourseven: false,
        regular_hours: [{ weekday: 1, period_begin: '08:00', period_end: '18:00' }],
        exceptional_closings: [{ period_begin: T0, period_end: T1 }],
      },
      energy_mix: {
        is_green_energy: false,
        environ_impact: [{ category: 'CARBON_DIOXIDE', amount: 1 }],
      },
      evses: [anEvse('3256', { status_schedule: [{ period_begin: T1, status: 'INOPERATIVE' }] })],
      last_updated: T0,
    });
    const tariff = aTariff({ last_updated: T0, start_date_time: '2026-01-01T00:00:00.250Z' });
    const session = aSession({
      cdr_token,
      status: 'ACTIVE',
      start_date_time: T0,
      last_updated: T0,
      kwh: 1,
      total_cost: PRICE,
      charging_periods: [{ start_date_time: T0, dimensions: [{ type: 'ENERGY', volume: 1 }] }],
    });
    await world.say(event('tariff.upserted', tariff), upserted(location));
    await world.say(event('tariff.upserted', { ...tariff, currency: 'USD', last_updated: T1 }, T1));
    await world.say(event('session.started', session));
    const ended = { ...session, status: 'COMPLETED', end_date_time: T2, last_updated: T2 };
    await world.say(event('session.ended', ended, T2));
    const cdr = aCdr({
      cdr_token,
      start_date_time: T0,
      end_date_time: T2,
      charging_periods: [
        {
          start_date_time: T0,
          dimensions: [
            { type: 'ENERGY', volume: 10 },
            { type: 'TIME', volume: 1 },
          ],
        },
      ],
      cdr_location: { ...aCdr().cdr_location, address: ADDRESS, state: STATE },
      total_cost: PRICE,
      tariffs: [tariff],
      last_updated: T2,
    });
    await world.say(event('cdr.issued', cdr, T2));
    for (const version of OCPI_VERSIONS) bodies.set(version, await bodiesOf(world.peer(version)));
  });
  afterAll(() => (world as LocationWorld | undefined)?.stop());

  /** Everything one partner is sent, and everything it can read. */
  async function bodiesOf(peer: Peer): Promise<Json[]> {
    const { version, token } = peer;
    const owner = version === '2.1.1' ? {} : OWNER;
    const body = { ...wireToken(version, 'T1', owner), group_id: null, visual_number: null };
    const path = `tokens/DE/EMP/T1`;
    const put = await world.api.call(`/ocpi/${version}/${path}`, { method: 'PUT', token, body });
    expect(put.json.status_code).toBe(1000);
    const read = [put.json];
    const paths = [
      path,
      'locations',
      'locations/LOC1/3256',
      'locations/LOC1/3256/1',
      'tariffs',
      `sessions?date_from=2020-01-01T00:00:00Z`,
      'cdrs',
      'credentials',
      '',
    ];
    for (const each of paths) {
      const answer = await world.get(peer, each);
      expect([each, answer.status, answer.json.status_code]).toEqual([each, 200, 1000]);
      read.push(answer.json);
    }
    const list = (await world.api.call('/ocpi/versions', { token })).json;
    return [...read, list, ...peer.server.pushes.map((push) => push.body)];
  }
  const pushesOf = (version: OcpiVersion, module: string): Json[] =>
    world
      .peer(version)
      .server.pushes.filter(({ path }) => path.startsWith(`/${module}`))
      .map((push) => push.body);

  it.each(OCPI_VERSIONS)(
    'TER-01, TER-02 [%s]: names are lower snake_case, null in is absence, null never goes out',
    (version) => {
      const all = [...fieldsOf(bodies.get(version))];
      expect(all.length).toBeGreaterThan(150);
      for (const [name, value] of all) {
        expect(name).toMatch(/^[a-z0-9]+(_[a-z0-9]+)*$/);
        expect([name, value]).not.toEqual([name, null]);
      }
      const [token] = bodies.get(version)!.slice(1);
      expect(token.data).toMatchObject({ uid: 'T1' });
      expect(Object.keys(token.data)).not.toEqual(expect.arrayContaining(['group_id']));
      expect(Object.keys(token.data)).not.toEqual(expect.arrayContaining(['visual_number']));
    },
  );

  it.each(OCPI_VERSIONS)(
    'TYP-06 [%s]: every instant is UTC with Z, in the precision of the version',
    (version) => {
      const instants = [...fieldsOf(bodies.get(version))].filter(
        ([, value]) => typeof value === 'string' && /^\d{4}-\d\d-\d\dT/.test(value),
      );
      const names = new Set(instants.map(([name]) => name));
      for (const name of ['last_updated', 'timestamp', 'period_begin'])
        expect(names).toContain(name);
      expect(instants.length).toBeGreaterThan(30);
      const form =
        version === '2.1.1'
          ? /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/
          : /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,3})?Z$/;
      for (const [name, value] of instants)
        expect([name, value]).toEqual([name, expect.stringMatching(form)]);
      expect(pushesOf(version, 'sessions')[0].last_updated).toBe(wireTime(version, T0));
    },
  );

  it.each(OCPI_VERSIONS)(
    'CHG-06 [%s]: owners stand in objects and CDR tokens from 2.2.1 on only',
    (version) => {
      const objects = ['locations', 'tariffs', 'sessions', 'cdrs'].flatMap((module) => {
        const [first] = pushesOf(version, module);
        return [first];
      });
      expect(objects).toHaveLength(4);
      for (const object of objects) {
        const owner = { country_code: object.country_code, party_id: object.party_id };
        expect(owner).toEqual(
          version === '2.1.1'
            ? { country_code: undefined, party_id: undefined }
            : { country_code: 'NL', party_id: 'AAA' },
        );
      }
      for (const object of objects.slice(2)) {
        if (version === '2.1.1') expect(object).not.toHaveProperty('cdr_token');
        else expect(object.cdr_token).toMatchObject(OWNER);
      }
    },
  );

  it('CHG-08: an address of 61 is whole in a 2.3.0 Location, and 45 in its CDR and in older versions', () => {
    const [location] = pushesOf('2.3.0', 'locations');
    expect(location).toMatchObject({ address: ADDRESS, state: STATE });
    const short = [
      pushesOf('2.3.0', 'cdrs')[0].cdr_location,
      ...(['2.1.1', '2.2.1'] as const).flatMap((version) => {
        const [cdr] = pushesOf(version, 'cdrs');
        return [pushesOf(version, 'locations')[0], cdr.cdr_location ?? cdr.location];
      }),
    ];
    expect(short).toHaveLength(5);
    for (const { address, state } of short) {
      expect(address.length).toBeLessThanOrEqual(45);
      expect(address.length).toBeGreaterThan(22);
      expect(ADDRESS.startsWith(address)).toBe(true);
      if (state !== undefined) expect(state.length).toBeLessThanOrEqual(20);
    }
  });

  it.each([
    ['2.1.1', NET],
    ['2.2.1', { excl_vat: NET, incl_vat: 1.785 }],
    ['2.3.0', PRICE],
  ] as const)('TYP-17 [%s]: money of a Session and a CDR is %p', (version, price) => {
    const [session] = pushesOf(version, 'sessions');
    const [cdr] = pushesOf(version, 'cdrs');
    expect([session.total_cost, cdr.total_cost]).toEqual([price, price]);
  });

  it('TYP-18: a tax has a name and an amount; net and taxes make the gross of 2.2.1', async () => {
    const [session] = pushesOf('2.3.0', 'sessions');
    const { before_taxes, taxes } = session.total_cost;
    for (const tax of taxes) {
      expect(tax).toMatchObject({ name: expect.any(String), amount: expect.any(Number) });
    }
    const gross = taxes.reduce(
      (sum: number, { amount }: Json) => sum + Number(amount),
      before_taxes,
    );
    expect(pushesOf('2.2.1', 'sessions')[0].total_cost.incl_vat).toBeCloseTo(gross, 4);
    for (const missing of ['name', 'amount']) {
      const tax = { ...PRICE.taxes![0]!, [missing]: undefined };
      const data = aSession({ id: `NO-${missing}`, total_cost: { before_taxes: 1, taxes: [tax] } });
      const [outcome] = await world.outcomes(event('session.started', data));
      expect(outcome).toMatchObject({
        outcome: 'parked',
        reason: expect.stringContaining(missing),
      });
    }
  });

  it.each(OCPI_VERSIONS)('CHG-04 [%s]: a changed tariff goes by PUT, never by PATCH', (version) => {
    const { pushes } = world.peer(version).server;
    const tariffs = pushes.filter(({ path }) => path.startsWith('/tariffs'));
    expect(tariffs.map(({ method }) => method)).toEqual(['PUT', 'PUT']);
    expect(tariffs.map(({ body }) => body.currency)).toEqual(['EUR', 'USD']);
  });

  it('CHG-07 [all], CHG-10: ids are taken up to 36 characters and fit every version; a credit CDR id that is longer comes with advice', async () => {
    const long = 'I'.repeat(37);
    const fits = long.slice(1);
    const site = (id: string, uid: string) =>
      aLocation({ id, evses: [anEvse(uid, { evse_id: 'NL*AAA*E9' })] });
    const refused = await world.outcomes(
      upserted(site(long, 'a')),
      upserted(site('b', long)),
      event('tariff.upserted', aTariff({ id: long })),
      event('session.started', aSession({ id: long })),
      event('cdr.issued', aCdr({ id: long })),
    );
    expect(refused.map(({ outcome }) => outcome)).toEqual(refused.map(() => 'parked'));
    await world.say(upserted(site(fits, fits)), event('tariff.upserted', aTariff({ id: fits })));
    for (const version of OCPI_VERSIONS) {
      const [location] = pushesOf(version, 'locations').slice(-1);
      expect([location.id, location.evses[0].uid]).toEqual([fits, fits]);
      expect(pushesOf(version, 'tariffs').at(-1).id).toBe(fits);
      const peer = world.peer(version);
      expect((await world.read(peer, fits.toLowerCase())).id).toBe(fits);
    }
    const [original] = await world.api.dataSource.query<{ body: string }[]>(
      `SELECT body FROM cdr WHERE cdr_key = 'CDR1'`,
    );
    const body = JSON.parse(original!.body) as Cdr;
    const { before_taxes, taxes } = body.total_cost;
    const of = (length: number): Cdr => ({
      ...body,
      id: 'C'.repeat(length),
      credit: true,
      credit_reference_id: body.id,
      total_cost: {
        before_taxes: -before_taxes,
        ...(taxes && { taxes: taxes.map((tax) => ({ ...tax, amount: -tax.amount })) }),
      },
      last_updated: T2,
    });
    const [fitting] = await world.outcomes(event('cdr.issued', of(36), T2));
    expect(fitting).toEqual({ outcome: 'applied' });
    const [longer] = await world.outcomes(event('cdr.issued', of(37), T2));
    expect(longer?.warnings?.join()).toContain('above 36 characters');
    const twin = await world.outcomes(upserted(site(fits.toLowerCase(), 'z'), T1));
    expect(twin).toMatchObject([{ outcome: 'parked' }]);
  });
});
