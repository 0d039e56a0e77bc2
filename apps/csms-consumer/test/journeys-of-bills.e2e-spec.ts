import { jest } from '@jest/globals';
import { OCPI_VERSIONS } from '#ocpi';
import { exampleData, type Json, site } from './processor-harness.js';
import { at, bodyOf, NEWER, says, WireJourney } from './wire-journey.js';

/** Against hanging only. */
jest.setTimeout(120_000);

const SINCE = 'date_from=2020-01-01T00:00:00Z';
const dimensions = (given: Record<string, number>) =>
  Object.entries(given).map(([type, volume]) => ({ type, volume }));

describe('what a bill says reaches each partner in the words of its version', () => {
  let journey: WireJourney;
  beforeAll(async () => {
    journey = await WireJourney.open();
  });
  beforeEach(() => journey.begin());
  afterEach(() => journey.end());
  afterAll(() => journey.close());

  const atHome = { address: `${'Long Street '.repeat(5)}7`, publish: false };

  it('CDR-23, CDR-25, CDR-48, CDR-49 (partial: the reference is relayed; who invoices at a terminal comes with payments): home charging at a Location that was never published', async () => {
    const { country_code, party_id } = site();
    await journey.say(says.tariff(at('07:00')), says.location(at('08:00'), site(atHome)));
    await journey.say(says.started(at('09:00')), says.ended(at('10:00')));
    const { cdr_location } = exampleData('cdr.issued');
    const { evse_id: _none, ...place } = cdr_location;
    const [outcome] = await journey.say(
      says.cdr('2026-03-01T10:00:05Z', {
        cdr_location: { ...place, evse_id: '#NA', address: atHome.address.slice(0, 45) },
        home_charging_compensation: true,
        invoice_reference_id: 'INVOICE-2026-03-0000000000000000000039X',
      }),
    );
    expect(outcome).toEqual({ outcome: 'applied' });
    expect(journey.pushed('2.1.1', 'locations')).toEqual([]);
    for (const version of NEWER) {
      const cdr = bodyOf(journey.pushed(version, 'cdrs'), 0);
      expect(cdr).toMatchObject({
        country_code,
        party_id,
        home_charging_compensation: true,
        invoice_reference_id: 'INVOICE-2026-03-0000000000000000000039X',
      });
      expect(cdr.cdr_location).toMatchObject({
        address: atHome.address.slice(0, 45),
        evse_uid: 'HARBOUR-7-1',
        evse_id: '#NA',
        connector_id: '1',
        connector_standard: 'IEC_62196_T2',
        connector_format: 'SOCKET',
        connector_power_type: 'AC_3_PHASE',
      });
    }
    const old = bodyOf(journey.pushed('2.1.1', 'cdrs'), 0);
    expect(old.location).toMatchObject({ id: 'HARBOUR-7', evses: [{ uid: 'HARBOUR-7-1' }] });
    expect(old).not.toHaveProperty('home_charging_compensation');
    expect(old).not.toHaveProperty('invoice_reference_id');
  });

  const usual = async (): Promise<void> => {
    await journey.say(says.tariff(at('07:00')), says.location(at('08:00')));
    await journey.say(says.started(at('09:00')), says.ended(at('10:00')));
    journey.clear();
  };

  it('CDR-34, CDR-35, CDR-36, CDR-37, CDR-40: volumes keep unit and sign, parking time as the CSMS measured it is the same on every version, and what only Sessions may show is refused', async () => {
    await usual();
    const periods = (first: Record<string, number>) => [
      {
        start_date_time: at('09:00'),
        dimensions: dimensions({ ENERGY: 11, TIME: 0.7833, ...first }),
        tariff_id: 'T-REGULAR',
      },
      {
        start_date_time: at('09:47'),
        dimensions: dimensions({ ENERGY: -0.5, PARKING_TIME: 0.2167, MIN_POWER: -2 }),
        tariff_id: 'T-REGULAR',
      },
    ];
    const totals = { total_energy: 10.5, total_time: 1, total_parking_time: 0.2167 };
    const extremes = { MAX_CURRENT: 48, MIN_CURRENT: -6, MAX_POWER: 11 };
    const [refused, applied] = await journey.say(
      says.cdr(at('10:01'), { ...totals, charging_periods: periods({ STATE_OF_CHARGE: 80 }) }),
      says.cdr(at('10:02'), { ...totals, charging_periods: periods(extremes) }),
    );
    expect(refused).toMatchObject({
      outcome: 'parked',
      reason: expect.stringContaining('Sessions'),
    });
    expect(applied).toEqual({ outcome: 'applied' });
    for (const version of OCPI_VERSIONS) {
      const [cdr, ...more] = journey.pushed(version, 'cdrs').map(({ body }) => body);
      expect(more).toEqual([]);
      const sent = cdr.charging_periods.map(
        (period: Json) =>
          new Map(period.dimensions.map(({ type, volume }: Json) => [type, volume])),
      );
      const isOld = version === '2.1.1';
      expect(Object.fromEntries(sent[0])).toEqual({
        ENERGY: 11,
        TIME: 0.7833,
        MAX_CURRENT: 48,
        MIN_CURRENT: -6,
        ...(!isOld && { MAX_POWER: 11 }),
      });
      expect(Object.fromEntries(sent[1])).toEqual({
        ENERGY: -0.5,
        PARKING_TIME: 0.2167,
        ...(!isOld && { MIN_POWER: -2 }),
      });
      expect(cdr).toMatchObject(totals);
    }
  });

  it('CDR-43, CDR-45, TAR-41, TAR-46: taxes that no tariff states, and amounts to four decimals, leave as they came', async () => {
    const { id, country_code, party_id } = exampleData('tariff.upserted');
    const canadian = {
      country_code,
      party_id,
      id,
      currency: 'CAD',
      type: 'REGULAR',
      elements: [{ price_components: [{ type: 'ENERGY', price: 0.4339, step_size: 1 }] }],
      tax_included: 'NO',
      last_updated: at('07:00'),
    };
    await journey.say(says.tariff(at('07:00'), canadian), says.location(at('08:00')));
    const cost = {
      before_taxes: 4.5555,
      taxes: [
        { name: 'GST', percentage: 5, amount: 0.2278, account_number: '123456789 RT0001' },
        { name: 'QST', percentage: 9.975, amount: 0.4544 },
      ],
    };
    const inCanada = { currency: 'CAD', total_cost: cost };
    await journey.say(
      says.started(at('09:00'), { currency: 'CAD' }),
      says.ended(at('10:00'), inCanada),
    );
    const [outcome] = await journey.say(
      says.cdr(at('10:01'), {
        ...inCanada,
        tariffs: [canadian],
        total_energy_cost: { before_taxes: 4.5555 },
        total_fixed_cost: undefined,
      }),
    );
    expect(outcome).toEqual({ outcome: 'applied' });
    const wire = {
      '2.1.1': 4.5555,
      '2.2.1': { excl_vat: 4.5555, incl_vat: 5.2377 },
      '2.3.0': cost,
    };
    for (const version of OCPI_VERSIONS) {
      const [tariff] = journey.pushed(version, 'tariffs').map(({ body }) => body);
      const component = { type: 'ENERGY', price: 0.4339, step_size: 1 };
      expect(tariff.elements[0].price_components).toEqual([component]);
      expect(tariff.tax_included).toBe(version === '2.3.0' ? 'NO' : undefined);
      const session = journey.pushed(version, 'sessions').at(-1)?.body;
      const cdr = bodyOf(journey.pushed(version, 'cdrs'), 0);
      expect(session.total_cost).toEqual(wire[version]);
      expect(cdr.total_cost).toEqual(wire[version]);
      expect(cdr.tariffs[0].elements[0].price_components).toEqual([component]);
    }
  });

  it('CDR-46, CDR-47, CDR-55: signed meter values arrive byte for byte', async () => {
    await usual();
    const signed = {
      encoding_method: 'OCMF',
      encoding_method_version: 1,
      signed_values: ['Start', 'End'].map((nature) => ({
        nature,
        plain_data: `OCMF|{"PG":"T1"}|ü€ ${nature}`.padEnd(900, '.'),
        signed_data: 'QUJD'.repeat(50),
      })),
      url: 'https://cpo.example.com/verify',
    };
    const [outcome] = await journey.say(
      says.cdr(at('10:01'), { signed_data: signed, remark: 'r'.repeat(255) }),
    );
    expect(outcome).toEqual({ outcome: 'applied' });
    const cdrs = OCPI_VERSIONS.map((version) => bodyOf(journey.pushed(version, 'cdrs'), 0));
    expect(cdrs[2].signed_data).toEqual(signed);
    expect(cdrs[1]).not.toHaveProperty('signed_data');
    expect(cdrs[0]).not.toHaveProperty('signed_data');
    for (const { remark } of cdrs) expect(remark).toHaveLength(255);
  });

  it('CDR-51, CDR-08: what a hub could not pass on is posted again, to the owner of the token, under a new request id', async () => {
    await usual();
    const server = journey.partners['2.2.1'];
    let tries = 0;
    server.script = ({ method }) =>
      method === 'POST' && ++tries < 4 ? { ocpi: 4000 + tries, message: 'hub' } : undefined;
    await journey.say(says.cdr(at('10:01')));
    const posts = journey.pushed('2.2.1', 'cdrs');
    expect(posts).toHaveLength(4);
    for (const { headers } of posts) {
      expect(headers).toMatchObject({ 'ocpi-to-country-code': 'DE', 'ocpi-to-party-id': 'EMP' });
      expect(headers).toMatchObject({
        'ocpi-from-country-code': 'NL',
        'ocpi-from-party-id': 'AAA',
      });
    }
    expect(new Set(posts.map(({ headers }) => headers['x-request-id'])).size).toBe(4);
    expect(new Set(posts.map(({ body }) => JSON.stringify(body))).size).toBe(1);
    const { headers } = journey.pushed('2.3.0', 'cdrs')[0]!;
    expect(headers).toMatchObject({ 'ocpi-to-country-code': 'DE', 'ocpi-to-party-id': 'EMP' });
  });

  it('TAR-11: paid at the station, no partner hears of it, and the operator finds it', async () => {
    await journey.say(says.tariff(at('07:00')), says.location(at('08:00')));
    journey.clear();
    const token = {
      country_code: 'NL',
      party_id: 'AAA',
      uid: 'TERMINAL-1',
      type: 'AD_HOC_USER',
      contract_id: 'TERMINAL-1',
    };
    const outcomes = [
      ...(await journey.say(says.started(at('09:00'), { cdr_token: token }))),
      ...(await journey.say(says.ended(at('10:00'), { cdr_token: token }))),
      ...(await journey.say(says.cdr(at('10:01'), { cdr_token: token }))),
    ];
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(['applied', 'applied', 'applied']);
    for (const version of OCPI_VERSIONS) {
      expect(journey.partners[version].lines).toEqual([]);
      expect(await journey.list(version, `sessions?${SINCE}`)).toEqual([]);
      expect(await journey.list(version, `cdrs?${SINCE}`)).toEqual([]);
    }
    expect(await journey.world.source.query('SELECT 1 FROM cdr_receipt')).toEqual([]);
    const found = await journey.admin('objects/cdr/NL*AAA/C-20260301-0001/deliveries');
    expect(found).toMatchObject({ kind: 'cdr', tokenParty: 'NL*AAA' });
  });
});
