import { jest } from '@jest/globals';
import { OCPI_VERSIONS } from '#ocpi';
import { exampleData, type Json, site } from './processor-harness.js';
import { at, bodyOf, NEWER, says, WireJourney } from './wire-journey.js';

/** Against hanging only. */
jest.setTimeout(120_000);

const SINCE = 'date_from=2020-01-01T00:00:00Z';
const dimensions = (given: Record<string, number>) =>
  Object.entries(given).map(([type, volume]) => ({ type, volume }));
const period = (
  time: string,
  given: Record<string, number>,
  extra = { tariff_id: 'T-REGULAR' },
) => ({
  start_date_time: at(time),
  dimensions: dimensions(given),
  ...extra,
});

describe('from the CDR the CSMS issues to the wire', () => {
  let journey: WireJourney;
  beforeAll(async () => {
    journey = await WireJourney.open();
  });
  beforeEach(async () => {
    await journey.begin();
    await journey.say(says.tariff(at('07:00')), says.location(at('08:00')));
    journey.clear();
  });
  afterEach(() => journey.end());
  afterAll(() => journey.close());

  const receipts = (): Promise<Json[]> =>
    journey.world.source.query(
      `SELECT r.state, r.reason, r.attempts, k.version, c.body::json->>'id' AS id
         FROM cdr_receipt r JOIN cdr c ON c.id = r.cdr_id JOIN connection k ON k.id = r.connection_id
        ORDER BY c.id, k.version`,
    );

  it('CDR-09, CDR-17, CDR-20, CDR-22, CDR-26, CDR-27, CDR-31, CDR-39, CDR-53, CDR-57, TAR-44 (partial: what the CSMS sealed is left alone; choosing the tariff comes with price calculation): as at the start of the session, whatever changed since', async () => {
    await journey.say(
      says.started(at('09:00'), { auth_method: 'COMMAND', authorization_reference: 'START-1' }),
    );
    await journey.say(
      says.location(at('09:10'), site({ address: 'Renamed Street 1', last_updated: at('09:10') })),
      says.tariff(at('09:11'), {
        elements: [{ price_components: [{ type: 'ENERGY', price: 0.99, step_size: 1 }] }],
        last_updated: at('09:11'),
      }),
    );
    journey.clear();
    const authorized = { auth_method: 'COMMAND', authorization_reference: 'START-1' };
    await journey.say(says.ended(at('10:00'), authorized));
    const issued = { ...exampleData('cdr.issued'), ...authorized };
    await journey.say(says.cdr('2026-03-01T10:00:05Z', issued));

    for (const version of OCPI_VERSIONS) {
      const isOld = version === '2.1.1';
      const told = journey.partners[version].pushes;
      expect(told.map(({ method, path }) => `${method} ${path}`)).toEqual([
        `${isOld ? 'PUT' : 'PATCH'} /sessions/NL/AAA/S-20260301-0001`,
        'POST /cdrs',
      ]);
      expect(told[0]?.body).toMatchObject({ status: 'COMPLETED' });
      const cdr = told[1]?.body;
      const place = isOld ? cdr.location : cdr.cdr_location;
      expect(place).toMatchObject({ id: 'HARBOUR-7', address: 'Quay Street 7' });
      expect(cdr.tariffs).toHaveLength(1);
      expect(cdr.tariffs[0].elements[0].price_components[0]).toMatchObject({ price: 0.45 });
      expect(cdr).toMatchObject({
        total_energy: 10.5,
        total_time: 1,
        currency: 'EUR',
        last_updated: '2026-03-01T10:00:05Z',
      });
      const [page] = await journey.list(version, `cdrs?${SINCE}`);
      expect(JSON.stringify(page)).toBe(JSON.stringify(cdr));
      const [first] = cdr.charging_periods;
      if (isOld) {
        expect(cdr).toMatchObject({
          stop_date_time: at('10:00'),
          auth_id: issued.cdr_token.contract_id,
          auth_method: 'AUTH_REQUEST',
          total_cost: 5.225,
        });
        expect(cdr).not.toHaveProperty('end_date_time');
        expect(first).not.toHaveProperty('tariff_id');
        expect(place.evses).toHaveLength(1);
        expect(place.evses[0].connectors).toHaveLength(1);
        expect(place).toMatchObject({ type: 'PARKING_LOT', last_updated: at('08:00') });
        expect(place.evses[0]).toMatchObject({ uid: 'HARBOUR-7-1', status: 'AVAILABLE' });
        expect(place.evses[0].connectors[0]).toMatchObject({ voltage: 230, amperage: 32 });
      } else {
        expect(cdr).toMatchObject({
          ...authorized,
          end_date_time: at('10:00'),
          session_id: 'S-20260301-0001',
          cdr_token: issued.cdr_token,
        });
        expect(cdr).not.toHaveProperty('stop_date_time');
        expect(first.tariff_id).toBe(cdr.tariffs[0].id);
        expect(Object.keys(place)).toEqual(
          expect.arrayContaining(['evse_uid', 'evse_id', 'connector_id', 'connector_standard']),
        );
        expect(bodyOf([told[1]!], 0).total_cost).toEqual(
          version === '2.2.1' ? { excl_vat: 5.225, incl_vat: 6.3223 } : issued.total_cost,
        );
      }
    }
    expect(await receipts()).toMatchObject(
      OCPI_VERSIONS.map((version) => ({ version, state: 'delivered', attempts: 1 })),
    );
  });

  it('CDR-19, CDR-33, CDR-40, CDR-41, CDR-42: after a reservation the CDR begins with it, and its time and cost stand apart', async () => {
    await journey.say(says.started(at('09:00'), { status: 'RESERVATION' }));
    const charging = [period('09:17', { ENERGY: 10.5, TIME: 0.7167 })];
    await journey.say(
      says.ended(at('10:00'), { start_date_time: at('09:17'), charging_periods: charging }),
    );
    const costs = {
      total_cost: { before_taxes: 6.225 },
      total_fixed_cost: { before_taxes: 0.5 },
      total_energy_cost: { before_taxes: 4.725 },
      total_reservation_cost: { before_taxes: 1 },
    };
    const [outcome] = await journey.say(
      says.cdr(at('10:01'), {
        ...costs,
        charging_periods: [period('09:00', { RESERVATION_TIME: 0.2833 }), ...charging],
        total_time: 0.7167,
        last_updated: at('10:01'),
      }),
    );
    expect(outcome).toEqual({ outcome: 'applied' });
    for (const version of NEWER) {
      const cdr = bodyOf(journey.pushed(version, 'cdrs'), 0);
      expect(cdr).toMatchObject({ start_date_time: at('09:00'), total_time: 0.7167 });
      expect(cdr.charging_periods[0].dimensions).toEqual(dimensions({ RESERVATION_TIME: 0.2833 }));
      const amount = version === '2.2.1' ? 'excl_vat' : 'before_taxes';
      for (const [name, { before_taxes }] of Object.entries(costs)) {
        expect(cdr[name]).toMatchObject({ [amount]: before_taxes });
      }
      const [session] = await journey.list(version, `sessions?${SINCE}`);
      expect(session.start_date_time).toBe(at('09:17'));
    }
    const old = bodyOf(journey.pushed('2.1.1', 'cdrs'), 0);
    expect(old).toMatchObject({ start_date_time: at('09:17'), total_cost: 6.225 });
    expect(old.charging_periods).toHaveLength(1);
    expect(old).not.toHaveProperty('total_reservation_cost');
  });

  it('CDR-24, CDR-28, CDR-56, CDR-16, SES-40: a lapsed reservation that costs something is billed from 2.2.1 on, and settled by hand before', async () => {
    const nowhere = { evse_uid: '#NA', connector_id: '#NA' };
    await journey.say(says.started(at('09:00'), { status: 'RESERVATION', ...nowhere }));
    await journey.say(
      says.ended(at('09:45'), {
        ...nowhere,
        kwh: 0,
        charging_periods: undefined,
        end_date_time: at('09:45'),
      }),
    );
    const {
      total_energy_cost: _none,
      total_fixed_cost: _either,
      ...given
    } = exampleData('cdr.issued');
    const [outcome] = await journey.say(
      says.cdr(at('09:46'), {
        ...given,
        cdr_location: { ...given.cdr_location, ...nowhere, evse_id: '#NA' },
        end_date_time: at('09:45'),
        charging_periods: [period('09:00', { RESERVATION_TIME: 0.75 })],
        total_cost: { before_taxes: 2 },
        total_reservation_cost: { before_taxes: 2 },
        total_energy: 0,
        total_energy_cost: undefined,
        total_fixed_cost: undefined,
        total_time: 0,
        last_updated: at('09:46'),
      }),
    );
    expect(outcome).toEqual({ outcome: 'applied' });
    for (const version of NEWER) {
      const cdr = bodyOf(journey.pushed(version, 'cdrs'), 0);
      expect(cdr.cdr_location).toMatchObject({ ...nowhere, evse_id: '#NA' });
      expect(cdr.cdr_location.connector_standard).toBe('IEC_62196_T2');
      expect(cdr.charging_periods).toHaveLength(1);
      expect(cdr.session_id).toBe('S-20260301-0001');
    }
    expect(journey.pushed('2.1.1', 'cdrs')).toEqual([]);
    expect(await journey.list('2.1.1', `cdrs?${SINCE}`)).toEqual([]);
    expect(await receipts()).toMatchObject([
      { version: '2.1.1', state: 'withheld', reason: expect.stringContaining('reservations') },
      { state: 'delivered' },
      { state: 'delivered' },
    ]);
    const task = await journey.admin('objects/cdr/NL*AAA/C-20260301-0001/deliveries');
    expect(task.deliveries).toContainEqual(
      expect.objectContaining({ connectionId: 'emsp-2.1.1', state: 'withheld' }),
    );
  });

  it('CDR-11, CDR-12, CDR-13, CDR-14, CDR-16, CDR-44: a correction is a credit of the whole, then a new CDR; 2.1.1 is settled by hand', async () => {
    await journey.say(says.started(at('09:00')), says.ended(at('10:00')), says.cdr(at('10:01')));
    const original = exampleData('cdr.issued');
    const credit = {
      ...original,
      id: `${original.id}-C`,
      credit: true,
      credit_reference_id: original.id,
      total_cost: {
        before_taxes: -5.225,
        taxes: [{ name: 'VAT', percentage: 21, amount: -1.0973 }],
      },
      last_updated: at('11:00'),
    };
    const outcomes = [
      ...(await journey.say(says.cdr(at('11:00'), credit))),
      ...(await journey.say(
        says.cdr(at('11:01'), { id: 'C-20260301-0002', last_updated: at('11:01') }),
      )),
    ];
    expect(outcomes).toEqual([{ outcome: 'applied' }, { outcome: 'applied' }]);
    for (const version of NEWER) {
      const [first, second, third] = journey.pushed(version, 'cdrs').map(({ body }) => body);
      const { id, total_cost, last_updated, ...same } = first;
      expect(second).toEqual({
        ...same,
        id: `${id}-C`,
        credit: true,
        credit_reference_id: id,
        total_cost:
          version === '2.2.1' ? { excl_vat: -5.225, incl_vat: -6.3223 } : credit.total_cost,
        last_updated: at('11:00'),
      });
      expect(second.total_energy_cost).toEqual(first.total_energy_cost);
      expect(third).toEqual({
        ...same,
        id: 'C-20260301-0002',
        total_cost,
        last_updated: at('11:01'),
      });
      expect(last_updated).toBe('2026-03-01T10:00:05Z');
    }
    const old = journey.pushed('2.1.1', 'cdrs').map(({ body }) => body.id);
    expect(old).toEqual([original.id, 'C-20260301-0002']);
    expect((await receipts()).filter(({ state }) => state === 'withheld')).toMatchObject([
      { version: '2.1.1', id: credit.id },
    ]);
  });
});
