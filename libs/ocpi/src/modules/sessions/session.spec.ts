import { OCPI_VERSIONS, type OcpiVersion } from '../../types/ocpi-version.js';
import { type ChargingPeriod } from '../cdrs/charging-period.js';
import { type Location } from '../locations/location.js';
import { locationView, type WireObject } from '../locations/location-view.js';
import { chargingPreferencesChecker } from './charging-preferences.js';
import { encodeSession } from './encode-session.js';
import { checkSession } from './session-rules.js';
import { checkSessionTransition } from './session-transition.js';
import { sessionPatch } from './session-patch.js';
import { type Session, sessionChecker } from './session.js';
import { type SessionView } from './session-view.js';

const period = (start: string, ...dimensions: ChargingPeriod['dimensions']): ChargingPeriod => ({
  start_date_time: `2026-03-01T${start}Z`,
  dimensions,
  tariff_id: 'T1',
});
const periods = [
  period('10:00:00', { type: 'ENERGY', volume: 2.2 }, { type: 'MAX_POWER', volume: 11 }),
  period('10:15:00', { type: 'ENERGY', volume: 2.3 }, { type: 'STATE_OF_CHARGE', volume: 40 }),
  period('10:30:00', { type: 'ENERGY', volume: 0.50004 }),
];
const session = (changes: Partial<Session> = {}): Session => ({
  country_code: 'DE',
  party_id: 'SLB',
  id: 'S1',
  start_date_time: '2026-03-01T10:00:00Z',
  kwh: 5,
  cdr_token: {
    country_code: 'NL',
    party_id: 'TNM',
    uid: 'A1',
    type: 'EMAID',
    contract_id: 'NL8ACC1',
  },
  auth_method: 'COMMAND',
  authorization_reference: 'REF1',
  location_id: 'LOC1',
  evse_uid: '3256',
  connector_id: '1',
  meter_id: 'Z\u00e4hler 1',
  currency: 'EUR',
  charging_periods: periods,
  total_cost: { before_taxes: 1.5, taxes: [{ name: 'VAT', amount: 0.285 }] },
  status: 'ACTIVE',
  last_updated: '2026-03-01T10:31:00.700Z',
  ...changes,
});
const connector = (
  id: string,
  standard = 'IEC_62196_T2',
): NonNullable<Location['evses']>[0]['connectors'][0] => ({
  id,
  standard,
  format: 'SOCKET',
  power_type: 'AC_3_PHASE',
  max_voltage: 230,
  max_amperage: 32,
  tariff_ids: ['T1'],
  last_updated: '2026-01-01T00:00:00Z',
});
const location: Location = {
  country_code: 'DE',
  party_id: 'SLB',
  id: 'LOC1',
  publish: false,
  address: 'Marktplatz 1',
  city: 'K\u00f6ln',
  country: 'DEU',
  coordinates: { latitude: '48.89731', longitude: '9.19161' },
  time_zone: 'Europe/Berlin',
  evses: [
    {
      uid: '3255',
      status: 'AVAILABLE',
      connectors: [connector('1')],
      last_updated: '2026-01-01T00:00:00Z',
    },
    {
      uid: '3256',
      status: 'CHARGING',
      connectors: [connector('1'), connector('2')],
      last_updated: '2026-01-01T00:00:00Z',
    },
    {
      uid: '3257',
      status: 'AVAILABLE',
      connectors: [connector('1', 'MCS')],
      last_updated: '2026-01-01T00:00:00Z',
    },
  ],
  last_updated: '2026-01-01T00:00:00Z',
};
const view: SessionView = {
  location,
  locationView: locationView('2.1.1', {
    tariffs: { visible: () => true, regularAt: (ids) => ids[0] },
    at: new Date('2026-03-01T12:00:00Z'),
  }),
};
const wire = (
  version: OcpiVersion,
  given: Session,
  more: Partial<SessionView> = {},
): WireObject => {
  const encoded = encodeSession(version, given, { ...view, ...more });
  if ('withheld' in encoded) throw new Error(encoded.withheld);
  return encoded.wire;
};
const paths = (errors: { path: string }[]): string[] => errors.map(({ path }) => path);

describe('Session at entry', () => {
  const mandatory = [
    'id',
    'start_date_time',
    'kwh',
    'auth_method',
    'currency',
    'status',
    'last_updated',
    'country_code',
    'party_id',
    'cdr_token',
    'location_id',
    'evse_uid',
    'connector_id',
  ];
  it.each(mandatory)('SES-51: a Session without %s is refused', (field) => {
    const decoded = sessionChecker.decode({ ...session(), [field]: null });
    expect(decoded.ok ? [] : paths(decoded.errors)).toEqual([field]);
  });

  it.each([
    ['SES-50', { id: 'A'.repeat(37) }, 'id'],
    ['SES-50', { authorization_reference: 'A'.repeat(37) }, 'authorization_reference'],
    ['SES-50', { meter_id: 'A'.repeat(256) }, 'meter_id'],
    ['SES-36, SES-50', { currency: 'EURO' }, 'currency'],
    [
      'SES-30',
      { cdr_token: { ...session().cdr_token, contract_id: undefined } },
      'cdr_token.contract_id',
    ],
    ['SES-38', { status: 'RESERVED' }, 'status'],
    ['SES-31', { auth_method: 'APP' }, 'auth_method'],
  ])('%s: %j is refused at %s', (_id, change, path) => {
    const decoded = sessionChecker.decode({ ...session(), ...change });
    expect(decoded.ok ? [] : paths(decoded.errors)).toEqual([path]);
  });

  it.each<[string, Partial<Session>, string[]]>([
    ['SES-36: a code that is no currency', { currency: 'QQQ' }, ['currency']],
    [
      'SES-27: an end before the start',
      { charging_periods: [], end_date_time: '2026-03-01T09:00:00Z' },
      ['end_date_time'],
    ],
    ['SES-28: negative kwh without discharge', { kwh: -1, charging_periods: [] }, ['kwh']],
    [
      'SES-28: negative kwh after discharge is accepted',
      { kwh: -1, charging_periods: [period('10:00:00', { type: 'ENERGY', volume: -1 })] },
      [],
    ],
    ['SES-29: kwh other than the periods at the end', { status: 'COMPLETED', kwh: 5.1 }, ['kwh']],
    ['SES-29: kwh equal to the periods at four decimals', { status: 'COMPLETED' }, []],
    ['SES-34: #NA while ACTIVE', { evse_uid: '#NA', connector_id: '#NA' }, ['evse_uid']],
    [
      'SES-34: #NA in a reservation is accepted',
      { evse_uid: '#NA', connector_id: '#NA', status: 'RESERVATION', charging_periods: [], kwh: 0 },
      [],
    ],
    [
      'SES-40, SES-34: #NA after an unused reservation is accepted',
      { evse_uid: '#NA', status: 'COMPLETED', charging_periods: [], kwh: 0 },
      [],
    ],
    [
      'SES-42: periods not ascending',
      { charging_periods: [periods[0]!, periods[2]!, periods[1]!] },
      ['charging_periods[2].start_date_time'],
    ],
    [
      'SES-42: a first period that starts later',
      { charging_periods: periods.slice(1) },
      ['charging_periods[0].start_date_time'],
    ],
    [
      'SES-43: a state of charge of 101',
      { charging_periods: [period('10:00:00', { type: 'STATE_OF_CHARGE', volume: 101 })] },
      ['charging_periods[0].dimensions[0].volume'],
    ],
    ['SES-37: no total_cost is accepted', {}, []],
  ])('%s', (_name, change, expected) => {
    expect(paths(checkSession(session(change)))).toEqual(expected);
  });
});

describe('checkSessionTransition', () => {
  const pending = session({ status: 'PENDING', kwh: 0, charging_periods: [] });
  it.each<[string, Session, Session, string[]]>([
    ['SES-23: PENDING → ACTIVE', pending, session(), []],
    ['SES-23: PENDING → INVALID', pending, session({ status: 'INVALID' }), []],
    [
      'SES-23: PENDING → COMPLETED without ever being ACTIVE',
      pending,
      session({ status: 'COMPLETED' }),
      [],
    ],
    ['SES-23: ACTIVE never becomes PENDING', session(), session({ status: 'PENDING' }), ['status']],
    ['SES-39: RESERVATION → ACTIVE', session({ status: 'RESERVATION', kwh: 0 }), session(), []],
    [
      'SES-40: RESERVATION → COMPLETED',
      session({ status: 'RESERVATION' }),
      session({ status: 'COMPLETED' }),
      [],
    ],
    [
      'SES-25: COMPLETED is final',
      session({ status: 'COMPLETED' }),
      session({ status: 'COMPLETED', kwh: 6 }),
      ['status'],
    ],
    [
      'SES-25: the same COMPLETED again is harmless',
      session({ status: 'COMPLETED' }),
      session({ status: 'COMPLETED' }),
      [],
    ],
    ['SES-26: INVALID stays so', session({ status: 'INVALID' }), session(), ['status']],
    ['SES-28: kwh falls', session({ kwh: 6 }), session({ kwh: 5 }), ['kwh']],
    [
      'SES-28: kwh falls while the vehicle discharges',
      session({ kwh: 6 }),
      session({ charging_periods: [period('10:00:00', { type: 'ENERGY_EXPORT', volume: 1 })] }),
      [],
    ],
    [
      'SES-24, SES-48: the start moves on activation',
      session({ status: 'RESERVATION', start_date_time: '2026-03-01T09:40:00Z' }),
      session(),
      [],
    ],
    [
      'SES-24: the start is fixed once ACTIVE',
      session(),
      session({ start_date_time: '2026-03-01T10:05:00Z' }),
      ['start_date_time'],
    ],
    [
      'SES-30: the token is fixed once ACTIVE',
      session(),
      session({ cdr_token: { ...session().cdr_token, contract_id: 'X' } }),
      ['cdr_token'],
    ],
    ['SES-32: auth_method may change', session(), session({ auth_method: 'WHITELIST' }), []],
    [
      'SES-33: the newest reference is taken',
      session(),
      session({ authorization_reference: 'B' }),
      [],
    ],
    [
      'SES-34: an assigned EVSE is not taken away',
      pending,
      session({ status: 'RESERVATION', evse_uid: '#NA' }),
      ['evse_uid'],
    ],
    ['SES-47: another id is another session', session(), session({ id: 'S2' }), ['id']],
  ])('%s', (_name, before, after, expected) => {
    expect(paths(checkSessionTransition(before, after))).toEqual(expected);
  });
});

describe('encodeSession', () => {
  const closed = [
    {
      ...periods[0],
      dimensions: [
        { type: 'ENERGY', volume: 2.2 },
        { type: 'MAX_POWER', volume: 11 },
      ],
    },
    periods[1],
  ];

  it('SES-51, SES-13, SES-19, TRN-51 [2.3.0]: the canonical fields, and no running period', () => {
    expect(wire('2.3.0', { ...session(), extra: 1 } as Session)).toEqual(
      session({ charging_periods: closed as ChargingPeriod[] }),
    );
  });

  it('SES-51, SES-30, SES-37, TYP-17 [2.2.1]: older Price and token type', () => {
    expect(wire('2.2.1', session())).toEqual({
      ...session({ charging_periods: closed as ChargingPeriod[] }),
      cdr_token: { ...session().cdr_token, type: 'OTHER' },
      total_cost: { excl_vat: 1.5, incl_vat: 1.785 },
    });
  });

  it('SES-35, SES-20, SES-30, SES-51, TRN-51 [2.1.1]: older names, one EVSE with one connector, all periods', () => {
    expect(wire('2.1.1', session({ end_date_time: '2026-03-01T11:00:00.999Z' }))).toEqual({
      id: 'S1',
      start_datetime: '2026-03-01T10:00:00Z',
      end_datetime: '2026-03-01T11:00:00Z',
      kwh: 5,
      auth_id: 'NL8ACC1',
      auth_method: 'AUTH_REQUEST',
      location: {
        id: 'LOC1',
        type: 'UNKNOWN',
        address: 'Marktplatz 1',
        city: 'Koln',
        postal_code: '-',
        country: 'DEU',
        coordinates: { latitude: '48.897310', longitude: '9.191610' },
        time_zone: 'Europe/Berlin',
        evses: [
          {
            uid: '3256',
            status: 'CHARGING',
            connectors: [
              {
                id: '1',
                standard: 'IEC_62196_T2',
                format: 'SOCKET',
                power_type: 'AC_3_PHASE',
                voltage: 230,
                amperage: 32,
                tariff_id: 'T1',
                last_updated: '2026-01-01T00:00:00Z',
              },
            ],
            last_updated: '2026-01-01T00:00:00Z',
          },
        ],
        last_updated: '2026-01-01T00:00:00Z',
      },
      meter_id: 'Zahler 1',
      currency: 'EUR',
      charging_periods: [
        { start_date_time: '2026-03-01T10:00:00Z', dimensions: [{ type: 'ENERGY', volume: 2.2 }] },
        { start_date_time: '2026-03-01T10:15:00Z', dimensions: [{ type: 'ENERGY', volume: 2.3 }] },
        { start_date_time: '2026-03-01T10:30:00Z', dimensions: [{ type: 'ENERGY', volume: 0.5 }] },
      ],
      total_cost: 1.5,
      status: 'ACTIVE',
      last_updated: '2026-03-01T10:31:00Z',
    });
  });

  it.each([
    ['#NA', '#NA'],
    ['3257', '1'],
  ])(
    'SES-35 [2.1.1]: EVSE %s is unassigned or of a type unknown there, so there are no evses',
    (evse_uid, connector_id) => {
      const body = wire('2.1.1', session({ evse_uid, connector_id }));
      expect(body.location).toMatchObject({ id: 'LOC1' });
      expect(body.location).not.toHaveProperty('evses');
    },
  );

  it('SES-35 [2.1.1]: without a snapshot nothing is sent', () => {
    const { location: _location, ...rest } = view;
    expect(encodeSession('2.1.1', session(), rest)).toHaveProperty('withheld');
    expect(encodeSession('2.2.1', session(), rest)).toHaveProperty('wire');
  });

  it.each([
    ['2.1.1', 'PENDING', 0],
    ['2.2.1', 'RESERVATION', { excl_vat: 0 }],
    ['2.3.0', 'RESERVATION', { before_taxes: 0 }],
  ] as const)(
    'SES-38, SES-37 [%s]: a reservation is %s, and free is %j',
    (version, status, total_cost) => {
      expect(
        wire(version, session({ status: 'RESERVATION', total_cost: { before_taxes: 0 } })),
      ).toMatchObject({ status, total_cost });
    },
  );

  it.each(OCPI_VERSIONS)('SES-37 [%s]: an unknown cost is absent', (version) => {
    const { total_cost: _cost, ...rest } = session();
    expect(wire(version, rest)).not.toHaveProperty('total_cost');
  });

  it('SES-43 [2.2.1]: what only Sessions may show stays there', () => {
    const all = wire('2.2.1', session({ status: 'COMPLETED' }))
      .charging_periods as ChargingPeriod[];
    expect(all).toHaveLength(3);
    expect(all[1]?.dimensions).toContainEqual({ type: 'STATE_OF_CHARGE', volume: 40 });
  });
});

describe('sessionPatch', () => {
  const later = '2026-03-01T11:00:00Z';
  const after = (change: Partial<Session>) => session({ last_updated: later, ...change });
  const steps = (version: OcpiVersion, ...all: Session[]) => {
    const [before, now] = all.slice(-2).map((each) => wire(version, each));
    return sessionPatch(version, before, now!);
  };

  it.each(OCPI_VERSIONS)(
    'SES-12 (partial: the verb), TRN-40 (partial: Sessions) [%s]: first sight is a PUT of it all',
    (version) => {
      const body = wire(version, session());
      expect(sessionPatch(version, undefined, body)).toEqual({ verb: 'put', body });
    },
  );

  it.each(['2.2.1', '2.3.0'] as const)(
    'SES-14, SES-17, TRN-36 [%s]: a meter value is a PATCH of what changed',
    (version) => {
      const patch = steps(
        version,
        session(),
        after({ kwh: 6, total_cost: { before_taxes: 2, taxes: [{ name: 'VAT', amount: 0.38 }] } }),
      );
      expect(patch).toMatchObject({ verb: 'patch', body: { kwh: 6, last_updated: later } });
      expect(Object.keys(patch.verb === 'none' ? {} : patch.body)).toEqual([
        'kwh',
        'total_cost',
        'last_updated',
      ]);
    },
  );

  it('SES-24: activation moves the start', () => {
    const pending = session({
      status: 'PENDING',
      charging_periods: [],
      start_date_time: '2026-03-01T09:58:00Z',
    });
    expect(steps('2.2.1', pending, after({ charging_periods: [] }))).toEqual({
      verb: 'patch',
      body: { start_date_time: '2026-03-01T10:00:00Z', status: 'ACTIVE', last_updated: later },
    });
  });

  it.each(['2.2.1', '2.3.0'] as const)(
    'SES-16, SES-19 [%s]: each period is sent once, when it is closed',
    (version) => {
      const [one, two, three] = periods as [ChargingPeriod, ChargingPeriod, ChargingPeriod];
      const first = session({ charging_periods: [one] });
      const growing = after({
        charging_periods: [{ ...one, dimensions: [{ type: 'ENERGY', volume: 2.1 }] }],
      });
      expect(steps(version, first, growing)).toEqual({ verb: 'none' });
      const sentTwice = [
        steps(version, first, after({ charging_periods: [one, two] })),
        steps(
          version,
          session({ charging_periods: [one, two] }),
          after({ charging_periods: [one, two, three] }),
        ),
      ];
      expect(sentTwice).toEqual(
        [one, two].map((each) => ({
          verb: 'patch',
          body: { charging_periods: [each], last_updated: later },
        })),
      );
      const done = steps(version, session(), after({ status: 'COMPLETED', end_date_time: later }));
      expect(done).toMatchObject({
        verb: 'patch',
        body: {
          status: 'COMPLETED',
          charging_periods: [{ start_date_time: three.start_date_time }],
        },
      });
    },
  );

  it.each(['2.2.1', '2.3.0'] as const)(
    'SES-18, SES-17 [%s]: a corrected or removed period is a PUT of them all',
    (version) => {
      const corrected = after({
        charging_periods: [
          { ...periods[0]!, dimensions: [{ type: 'ENERGY', volume: 9 }] },
          ...periods.slice(1),
        ],
      });
      expect(steps(version, session(), corrected)).toEqual({
        verb: 'put',
        body: wire(version, corrected),
      });
      const removed = after({ charging_periods: [] });
      expect(steps(version, session(), removed)).toEqual({
        verb: 'put',
        body: wire(version, removed),
      });
    },
  );

  it('SES-20, TRN-39 (partial: Sessions) [2.1.1]: a new period is a PUT with all of them', () => {
    const patch = steps('2.1.1', session({ charging_periods: periods.slice(0, 2) }), after({}));
    expect(patch).toMatchObject({ verb: 'put' });
    expect(patch.verb === 'none' ? [] : patch.body.charging_periods).toHaveLength(3);
    expect(steps('2.1.1', session(), after({ kwh: 6 }))).toEqual({
      verb: 'patch',
      body: { kwh: 6, last_updated: later },
    });
  });

  it.each(OCPI_VERSIONS)(
    'TRN-38 (partial: Sessions) [%s]: what is taken away needs a PUT',
    (version) => {
      const { meter_id: _meter, ...rest } = after({});
      expect(steps(version, session(), rest).verb).toBe('put');
    },
  );

  it('TRN-38 (partial: Sessions) [2.2.1]: so does what is taken away inside a field', () => {
    expect(steps('2.2.1', session(), after({ total_cost: { before_taxes: 2 } })).verb).toBe('put');
  });

  it('SES-32, SES-39: a reservation that is used turns ACTIVE by PATCH', () => {
    const reserved = session({ status: 'RESERVATION', charging_periods: [] });
    expect(
      steps('2.2.1', reserved, after({ auth_method: 'WHITELIST', charging_periods: [] })),
    ).toEqual({
      verb: 'patch',
      body: { auth_method: 'WHITELIST', status: 'ACTIVE', last_updated: later },
    });
  });

  it('SES-14: a change that the version does not show is not sent', () => {
    expect(steps('2.1.1', session(), after({ authorization_reference: 'B' }))).toEqual({
      verb: 'none',
    });
  });
});

describe('ChargingPreferences', () => {
  it.each([
    [{ profile_type: 'FAST' }, true],
    [
      {
        profile_type: 'CHEAP',
        departure_time: '2026-03-01T18:00:00Z',
        energy_need: 20,
        discharge_allowed: true,
      },
      true,
    ],
    [{ departure_time: '2026-03-01T18:00:00Z' }, false],
    [{ profile_type: 'SLOW' }, false],
    [{ profile_type: 'FAST', energy_need: '20' }, false],
  ])('SES-49 (partial: the body): %j → accepted %p', (body, ok) => {
    expect(chargingPreferencesChecker.decode(body).ok).toBe(ok);
  });
});
