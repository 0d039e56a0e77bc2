import { jest } from '@jest/globals';
import { OCPI_VERSIONS } from '#ocpi';
import { exampleData, type Json } from './processor-harness.js';
import { at, bodyOf, NEWER, says, WireJourney } from './wire-journey.js';

/** Against hanging only. */
jest.setTimeout(120_000);

const ID = 'S-20260301-0001';
const URL_OF_SESSION = `/sessions/NL/AAA/${ID}`;
const SINCE = 'date_from=2020-01-01T00:00:00Z';
const period = (time: string, volume: number, extra = {}) => ({
  start_date_time: at(time),
  dimensions: [{ type: 'ENERGY', volume }],
  ...extra,
});

describe('from the session at the charger to the wire', () => {
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

  it('SES-12, SES-23, SES-24, SES-25, SES-27, SES-51, SES-15: PENDING, ACTIVE from the moment of activation, COMPLETED at the unplugging, then silence', async () => {
    const { cdr_token: _token, ...nobody } = exampleData('session.started');
    const [refused] = await journey.say(
      says.started(at('08:59'), { ...nobody, status: 'PENDING', cdr_token: undefined }),
    );
    expect(refused).toMatchObject({
      outcome: 'parked',
      reason: expect.stringMatching('cdr_token'),
    });
    for (const version of OCPI_VERSIONS) expect(journey.partners[version].lines).toEqual([]);

    await journey.say(says.started(at('09:00'), { status: 'PENDING' }));
    const active = { status: 'ACTIVE', start_date_time: at('09:02') };
    await journey.say(
      says.updated(at('09:02'), {
        ...active,
        kwh: 0,
        charging_periods: undefined,
        total_cost: undefined,
      }),
    );
    const energy = [period('09:02', 10.5)];
    await journey.say(
      says.ended(at('10:30'), {
        start_date_time: at('09:02'),
        end_date_time: at('10:30'),
        charging_periods: energy,
      }),
    );
    const [late] = await journey.say(says.updated(at('10:45'), { ...active, kwh: 11 }));
    expect(late).toMatchObject({ outcome: 'parked' });

    for (const version of OCPI_VERSIONS) {
      const isOld = version === '2.1.1';
      const sent = journey.pushed(version, 'sessions');
      expect(journey.statuses(version)).toEqual([
        'PUT PENDING',
        'PATCH ACTIVE',
        isOld ? 'PUT COMPLETED' : 'PATCH COMPLETED',
      ]);
      for (const { path } of sent) expect(path).toBe(URL_OF_SESSION);
      const [start, end] = isOld
        ? ['start_datetime', 'end_datetime']
        : ['start_date_time', 'end_date_time'];
      const owner = isOld
        ? ['auth_id', 'location']
        : ['country_code', 'party_id', 'cdr_token', 'location_id', 'evse_uid', 'connector_id'];
      const mandatory = ['id', start, 'kwh', 'auth_method', 'currency', 'status', 'last_updated'];
      expect(Object.keys(bodyOf(sent, 0))).toEqual(
        expect.arrayContaining([...mandatory, ...owner]),
      );
      expect(bodyOf(sent, 0)).toMatchObject({ [start]: at('09:00'), kwh: 0 });
      expect(bodyOf(sent, 1)).toEqual({
        status: 'ACTIVE',
        [start]: at('09:02'),
        last_updated: at('09:02'),
      });
      expect(bodyOf(sent, 2)).toMatchObject({ [end]: at('10:30'), kwh: 10.5 });
      expect(journey.partners[version].lines.filter((line) => line.startsWith('DELETE'))).toEqual(
        [],
      );
      const [kept] = await journey.list(version, `sessions?${SINCE}`);
      expect(kept).toMatchObject({ id: ID, status: 'COMPLETED', [end]: at('10:30'), kwh: 10.5 });
    }
  });

  it('SES-23, SES-26: a session that never came about ends as INVALID, and its CDR is not posted', async () => {
    await journey.say(says.started(at('09:00'), { status: 'PENDING' }));
    await journey.say(
      says.ended(at('09:05'), {
        status: 'INVALID',
        kwh: 0,
        charging_periods: undefined,
        total_cost: undefined,
        end_date_time: at('09:05'),
      }),
    );
    const [cdr] = await journey.say(says.cdr(at('10:00')));
    expect(cdr).toMatchObject({ outcome: 'parked', reason: expect.stringContaining('not billed') });
    for (const version of OCPI_VERSIONS) {
      expect(journey.statuses(version)).toEqual(['PUT PENDING', 'PATCH INVALID']);
      expect(journey.pushed(version, 'cdrs')).toEqual([]);
      expect(await journey.list(version, `cdrs?${SINCE}`)).toEqual([]);
    }
  });

  const reserved = {
    status: 'RESERVATION',
    auth_method: 'COMMAND',
    authorization_reference: 'REF-A',
    evse_uid: '#NA',
    connector_id: '#NA',
  };

  it('SES-31, SES-32, SES-33, SES-34, SES-35, SES-38, SES-39, SES-48: a reservation is used by the same Session, with the newest authorization', async () => {
    await journey.say(says.started(at('09:00'), reserved));
    await journey.say(
      says.updated(at('09:17'), {
        start_date_time: at('09:17'),
        auth_method: 'WHITELIST',
        authorization_reference: 'REF-B',
        kwh: 0,
        charging_periods: undefined,
        total_cost: undefined,
      }),
    );
    for (const version of NEWER) {
      const sent = journey.pushed(version, 'sessions');
      expect(journey.statuses(version)).toEqual(['PUT RESERVATION', 'PATCH ACTIVE']);
      expect(bodyOf(sent, 0)).toMatchObject({ ...reserved, start_date_time: at('09:00') });
      expect(bodyOf(sent, 1)).toEqual({
        status: 'ACTIVE',
        start_date_time: at('09:17'),
        auth_method: 'WHITELIST',
        authorization_reference: 'REF-B',
        evse_uid: 'HARBOUR-7-1',
        connector_id: '1',
        last_updated: at('09:17'),
      });
      expect(sent[1]?.path).toBe(sent[0]?.path);
    }
    const old = journey.pushed('2.1.1', 'sessions');
    expect(bodyOf(old, 0)).toMatchObject({ status: 'PENDING', auth_method: 'AUTH_REQUEST' });
    expect(bodyOf(old, 0).location).not.toHaveProperty('evses');
    expect(bodyOf(old, 0)).not.toHaveProperty('authorization_reference');
    const { location, ...rest } = bodyOf(old, 1);
    expect(rest).toMatchObject({ status: 'ACTIVE', auth_method: 'WHITELIST' });
    expect(location.evses).toHaveLength(1);
    expect(location.evses[0].connectors).toHaveLength(1);
    expect(new Set(old.map(({ path }) => path))).toEqual(new Set([URL_OF_SESSION]));
  });

  it('SES-40, SES-48: a reservation that nobody used is COMPLETED, and began when it was made', async () => {
    await journey.say(says.started(at('09:00'), reserved));
    await journey.say(
      says.ended(at('09:45'), {
        ...reserved,
        status: 'COMPLETED',
        kwh: 0,
        charging_periods: undefined,
        total_cost: undefined,
        end_date_time: at('09:45'),
      }),
    );
    for (const version of OCPI_VERSIONS) {
      const isOld = version === '2.1.1';
      expect(journey.statuses(version)).toEqual([
        isOld ? 'PUT PENDING' : 'PUT RESERVATION',
        'PATCH COMPLETED',
      ]);
      const [kept] = await journey.list(version, `sessions?${SINCE}`);
      expect(kept[isOld ? 'start_datetime' : 'start_date_time']).toBe(at('09:00'));
      expect(journey.pushed(version, 'cdrs')).toEqual([]);
    }
  });

  it('SES-30, SES-36, SES-37: the token is that of the start, the currency is always given, no cost is not a cost of zero', async () => {
    await journey.say(says.started(at('09:00')));
    const token = exampleData('session.started').cdr_token;
    const edited = {
      ...token,
      contract_id: 'DE-EMP-C00099999-Z',
      issuer: 'EMP',
      valid: true,
      whitelist: 'ALWAYS',
      last_updated: at('09:10'),
    };
    const answer = await journey.call('2.2.1', 'PUT', `tokens/DE/EMP/${token.uid}`, edited);
    expect(answer.status_code).toBe(1000);
    await journey.say(
      says.updated(at('09:30'), { total_cost: { before_taxes: 0 }, charging_periods: undefined }),
    );
    const free = {
      '2.1.1': 0,
      '2.2.1': { excl_vat: 0 },
      '2.3.0': { before_taxes: 0 },
    };
    for (const version of OCPI_VERSIONS) {
      const [put, patch] = journey.pushed(version, 'sessions');
      expect(put?.body).toMatchObject(
        version === '2.1.1' ? { auth_id: token.contract_id } : { cdr_token: token },
      );
      expect(put?.body).toMatchObject({ currency: 'EUR' });
      expect(put?.body).not.toHaveProperty(version === '2.1.1' ? 'cdr_token' : 'auth_id');
      expect(put?.body).not.toHaveProperty('total_cost');
      expect(patch?.body).toEqual({
        kwh: 5.5,
        total_cost: free[version],
        last_updated: at('09:30'),
      });
    }
  });

  it('SES-29, SES-42, SES-43, SES-44, SES-45, SES-47: periods arrive as the CSMS cut them, in kWh, with the tariff in force', async () => {
    const first = {
      ...period('09:00', 2.2, { tariff_id: 'T-REGULAR' }),
      dimensions: [
        { type: 'ENERGY', volume: 2.2 },
        { type: 'STATE_OF_CHARGE', volume: 40 },
      ],
    };
    const periods = [first, period('09:20', 3.3456), period('09:40', 1)];
    await journey.say(says.started(at('09:00')));
    const inWattHours = [{ ...first, dimensions: [{ type: 'ENERGY', volume: 2200 }] }];
    const refused = await journey.say(
      says.ended(at('09:10'), {
        kwh: 2.2,
        charging_periods: inWattHours,
        end_date_time: at('09:10'),
      }),
      says.updated(at('09:11'), { charging_periods: [period('09:20', 1), period('09:05', 1)] }),
    );
    expect(refused.map(({ outcome }) => outcome)).toEqual(['parked', 'parked']);
    await journey.say(
      says.ended(at('10:00'), { kwh: 6.5456, charging_periods: periods, total_cost: undefined }),
    );
    const wire: Record<string, Json> = {
      '2.1.1': periods.map(({ start_date_time, dimensions }) => ({
        start_date_time,
        dimensions: dimensions.filter(({ type }) => type === 'ENERGY'),
      })),
      '2.2.1': periods,
      '2.3.0': periods,
    };
    for (const version of OCPI_VERSIONS) {
      const sent = journey.pushed(version, 'sessions');
      expect(sent).toHaveLength(2);
      expect(bodyOf(sent, 1)).toMatchObject({ kwh: 6.5456 });
      expect(bodyOf(sent, 1).charging_periods).toEqual(wire[version]);
      const [kept] = await journey.list(version, `sessions?${SINCE}`);
      expect(kept).toMatchObject({ id: ID, charging_periods: wire[version] });
    }
  });

  it('SES-41: periods are cut by the CSMS; a boundary at a price change stays at that second, and none is added or dropped', async () => {
    await journey.say(says.started(at('09:00')));
    const periods = [
      period('09:00', 4, { tariff_id: 'T-REGULAR' }),
      {
        ...period('09:17', 1.5, { tariff_id: 'T-REGULAR' }),
        start_date_time: '2026-03-01T09:17:43Z',
      },
    ];
    await journey.say(says.ended(at('10:00'), { kwh: 5.5, charging_periods: periods }));
    for (const version of OCPI_VERSIONS) {
      const [, last] = journey.pushed(version, 'sessions');
      const starts = last?.body.charging_periods.map((sent: Json) => sent.start_date_time);
      expect(starts).toEqual([at('09:00'), '2026-03-01T09:17:43Z']);
      const [kept] = await journey.list(version, `sessions?${SINCE}`);
      expect(kept?.charging_periods).toEqual(last?.body.charging_periods);
    }
  });
});
