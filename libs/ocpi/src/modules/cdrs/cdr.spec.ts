import { decodeToken } from '../tokens/decode-token.js';
import { type OcpiVersion } from '../../types/ocpi-version.js';
import { type Location } from '../locations/location.js';
import { locationView, type WireObject } from '../locations/location-view.js';
import { type Tariff } from '../tariffs/tariff.js';
import { type Cdr, cdrChecker } from './cdr.js';
import { lintCdr } from './cdr-lint.js';
import { checkCdr } from './cdr-rules.js';
import { type CdrView } from './cdr-view.js';
import { type CdrDimension, type ChargingPeriod } from './charging-period.js';
import { creditFaults } from './credit-faults.js';
import { encodeCdr } from './encode-cdr.js';

const tariff: Tariff = {
  country_code: 'DE',
  party_id: 'SLB',
  id: 'T1',
  currency: 'EUR',
  tax_included: 'NO',
  elements: [
    {
      price_components: [
        { type: 'FLAT', price: 0.35, vat: 20, step_size: 1 },
        { type: 'ENERGY', price: 0.3, vat: 20, step_size: 1 },
      ],
    },
  ],
  last_updated: '2026-01-01T00:00:00Z',
};
const period = (start: string, dimensions: CdrDimension[], tariff_id = 'T1'): ChargingPeriod => ({
  start_date_time: `2026-03-01T${start}Z`,
  dimensions,
  tariff_id,
});
const price = (before_taxes: number, amount: number) => ({
  before_taxes,
  taxes: [{ name: 'VAT', percentage: 20, amount }],
});
const charging: CdrDimension[] = [
  { type: 'ENERGY', volume: 8 },
  { type: 'TIME', volume: 0.7833 },
  { type: 'MAX_POWER', volume: 11 },
];
const parking: CdrDimension[] = [{ type: 'PARKING_TIME', volume: 0.2167 }];
const cdr = (changes: Partial<Cdr> = {}): Cdr => ({
  country_code: 'DE',
  party_id: 'SLB',
  id: 'C1',
  start_date_time: '2026-03-01T10:00:00Z',
  end_date_time: '2026-03-01T11:00:00Z',
  session_id: 'S1',
  cdr_token: {
    country_code: 'NL',
    party_id: 'TNM',
    uid: 'A1',
    type: 'APP_USER',
    contract_id: 'NL8ACC1',
  },
  auth_method: 'COMMAND',
  authorization_reference: 'REF1',
  cdr_location: {
    id: 'LOC1',
    name: 'Markt',
    address: 'Sankt-Bartholom\u00e4us-Platz vor dem Alten Rathaus 60',
    city: 'Stuttgart',
    postal_code: '70173',
    state: 'Baden-W\u00fcrttemberg am Neckar',
    country: 'DEU',
    coordinates: { latitude: '48.89731', longitude: '9.19161' },
    evse_uid: '3256',
    evse_id: 'DE*SLB*E3256',
    connector_id: '1',
    connector_standard: 'IEC_62196_T2',
    connector_format: 'SOCKET',
    connector_power_type: 'AC_3_PHASE',
  },
  meter_id: 'M1',
  currency: 'EUR',
  tariffs: [tariff],
  charging_periods: [period('10:00:00', charging), period('10:47:00', parking)],
  total_cost: price(2.75, 0.55),
  total_fixed_cost: price(0.35, 0.07),
  total_energy: 8,
  total_energy_cost: price(2.4, 0.48),
  total_time: 1,
  total_parking_time: 0.2167,
  remark: 'Stopped by K\u00f6nig',
  invoice_reference_id: 'I1',
  last_updated: '2026-03-01T11:00:05.500Z',
  ...changes,
});
const reservation = (changes: Partial<Cdr> = {}): Cdr => {
  const { total_energy_cost: _e, total_fixed_cost: _f, total_parking_time: _p, ...rest } = cdr();
  return {
    ...rest,
    cdr_location: {
      ...rest.cdr_location,
      evse_uid: '#NA',
      evse_id: '#NA',
      connector_id: '#NA',
      connector_standard: 'MCS',
    },
    charging_periods: [period('10:00:00', [{ type: 'RESERVATION_TIME', volume: 0.75 }])],
    total_cost: price(5, 1),
    total_reservation_cost: price(5, 1),
    total_energy: 0,
    total_time: 0,
    ...changes,
  };
};
const location: Location = {
  country_code: 'DE',
  party_id: 'SLB',
  id: 'LOC1',
  publish: false,
  address: 'Marktplatz 1',
  city: 'Stuttgart',
  country: 'DEU',
  coordinates: { latitude: '48.89731', longitude: '9.19161' },
  time_zone: 'Europe/Berlin',
  evses: ['3255', '3256'].map((uid) => ({
    uid,
    status: 'CHARGING' as const,
    last_updated: '2026-01-01T00:00:00Z',
    connectors: ['1', '2'].map((id) => ({
      id,
      standard: 'IEC_62196_T2',
      format: 'SOCKET' as const,
      power_type: 'AC_3_PHASE' as const,
      max_voltage: 230,
      max_amperage: 32,
      last_updated: '2026-01-01T00:00:00Z',
    })),
  })),
  last_updated: '2026-01-01T00:00:00Z',
};
const view = (more: Partial<CdrView> = {}): CdrView => ({
  location,
  locationView: locationView('2.1.1', {
    tariffs: { visible: () => true, regularAt: () => undefined },
    at: new Date(0),
  }),
  tariffView: () => ({ asciiOnly: true }),
  ...more,
});
const wire = (version: OcpiVersion, given: Cdr, more: Partial<CdrView> = {}): WireObject => {
  const encoded = encodeCdr(version, given, view(more));
  if ('withheld' in encoded) throw new Error(encoded.withheld);
  return encoded.wire;
};
const withheld = (version: OcpiVersion, given: Cdr): string | undefined => {
  const encoded = encodeCdr(version, given, view());
  return 'withheld' in encoded ? encoded.withheld : undefined;
};
const paths = (errors: { path: string }[]): string[] => errors.map(({ path }) => path);

describe('CDR at entry', () => {
  const mandatory = [
    'country_code',
    'party_id',
    'id',
    'start_date_time',
    'end_date_time',
    'cdr_token',
    'auth_method',
    'cdr_location',
    'currency',
    'charging_periods',
    'total_cost',
    'total_energy',
    'total_time',
    'last_updated',
  ];
  it.each(mandatory)('CDR-57: a CDR without %s is refused', (field) => {
    const decoded = cdrChecker.decode({ ...cdr(), [field]: undefined });
    expect(decoded.ok ? [] : paths(decoded.errors)).toEqual([field]);
  });

  it('CDR-57, CDR-18: tariffs, session_id and the partial costs are optional', () => {
    const {
      tariffs: _t,
      session_id: _s,
      total_fixed_cost: _f,
      total_energy_cost: _e,
      ...rest
    } = cdr();
    const decoded = cdrChecker.decode({
      ...rest,
      charging_periods: [{ ...period('10:00:00', [...charging]), tariff_id: undefined }],
    });
    expect(decoded.ok).toBe(true);
  });

  it.each([
    ['CDR-10, CDR-55', { id: 'A'.repeat(40) }, 'id'],
    ['CDR-55', { remark: 'x'.repeat(256) }, 'remark'],
    ['CDR-55', { meter_id: 'x'.repeat(256) }, 'meter_id'],
    ['CDR-55', { invoice_reference_id: 'x'.repeat(40) }, 'invoice_reference_id'],
    ['CDR-55', { credit_reference_id: 'x'.repeat(40) }, 'credit_reference_id'],
    ['CDR-55', { session_id: 'x'.repeat(37) }, 'session_id'],
    ['CDR-55', { authorization_reference: 'x'.repeat(37) }, 'authorization_reference'],
    [
      'CDR-55',
      { cdr_location: { ...cdr().cdr_location, evse_id: 'x'.repeat(49) } },
      'cdr_location.evse_id',
    ],
    ['CDR-23', { cdr_location: { ...cdr().cdr_location, evse_id: '' } }, 'cdr_location.evse_id'],
    ['CDR-28', { charging_periods: [] }, 'charging_periods'],
    ['CDR-28', { charging_periods: [period('10:00:00', [])] }, 'charging_periods[0].dimensions'],
    [
      'CDR-36',
      { charging_periods: [period('10:00:00', [{ type: 'FLAT' as never, volume: 1 }])] },
      'charging_periods[0].dimensions[0].type',
    ],
    ['CDR-45', { total_energy: '8.0' }, 'total_energy'],
    [
      'CDR-43',
      { total_cost: { before_taxes: 1, taxes: [{ name: 'VAT' }] } },
      'total_cost.taxes[0].amount',
    ],
    [
      'CDR-46',
      { signed_data: { encoding_method: 'OCMF', signed_values: [] } },
      'signed_data.signed_values',
    ],
    [
      'CDR-46',
      {
        signed_data: {
          encoding_method: 'OCMF',
          signed_values: [{ nature: 'Start', plain_data: 'x'.repeat(5001), signed_data: 'x' }],
        },
      },
      'signed_data.signed_values[0].plain_data',
    ],
    [
      'CDR-27, TAR-38',
      { tariffs: [{ ...tariff, tax_included: undefined }] },
      'tariffs[0].tax_included',
    ],
  ])('%s: %j is refused', (_id, change, path) => {
    const decoded = cdrChecker.decode({ ...cdr(), ...change });
    expect(decoded.ok ? [] : paths(decoded.errors)).toEqual([path]);
  });

  const two = { ...tariff, id: 'T2' };
  const profile: Cdr['charging_periods'] = [
    period('10:00:00', charging),
    period('10:47:00', parking, 'T2'),
  ];
  it.each<[string, Cdr, string[]]>([
    ['CDR-39, CDR-40, CDR-41: example P2 is sound', cdr(), []],
    [
      'CDR-24, CDR-28: a reservation without EVSE and with reserved time alone is sound',
      reservation(),
      [],
    ],
    ['CDR-10: 37 characters', cdr({ id: 'A'.repeat(37) }), ['id']],
    [
      'CDR-10: 37 characters in a credit CDR',
      cdr({
        id: 'A'.repeat(37),
        credit: true,
        credit_reference_id: 'C1',
        total_cost: price(-2.75, -0.55),
      }),
      [],
    ],
    [
      'CDR-11: a credit CDR without reference',
      cdr({ credit: true, total_cost: price(-2.75, -0.55) }),
      ['credit_reference_id'],
    ],
    [
      'CDR-11: a credit CDR under the id of the original',
      cdr({ credit: true, credit_reference_id: 'c1', total_cost: price(-2.75, -0.55) }),
      ['id'],
    ],
    [
      'CDR-14: a reference in a CDR that is no credit',
      cdr({ credit_reference_id: 'C0' }),
      ['credit_reference_id'],
    ],
    [
      'CDR-13: a tax of the other sign',
      cdr({ total_fixed_cost: price(0.35, 0.07), total_cost: price(2.75, -0.55) }),
      ['total_cost.taxes[0].amount', 'total_cost.taxes'],
    ],
    [
      'CDR-20: an end before the start',
      cdr({ end_date_time: '2026-03-01T09:00:00Z' }),
      [
        'end_date_time',
        'charging_periods[0].start_date_time',
        'charging_periods[1].start_date_time',
      ],
    ],
    [
      'CDR-21: the epoch stands for an unknown time',
      cdr({ start_date_time: '1970-01-01T00:00:00Z' }),
      [],
    ],
    [
      'CDR-24: #NA where something charged',
      cdr({ cdr_location: { ...cdr().cdr_location, evse_uid: '#NA' } }),
      ['cdr_location.evse_uid'],
    ],
    [
      'CDR-23: #NA for a missing evse_id is sound',
      cdr({ cdr_location: { ...cdr().cdr_location, evse_id: '#NA' } }),
      [],
    ],
    [
      'CDR-27: one tariff twice',
      cdr({ tariffs: [tariff, { ...tariff, id: 't1' }] }),
      ['tariffs[1].id'],
    ],
    [
      'CDR-27: a profile switch has two tariffs',
      cdr({ tariffs: [tariff, two], charging_periods: profile }),
      [],
    ],
    [
      'CDR-30: a first period after the start',
      cdr({ start_date_time: '2026-03-01T09:59:00Z' }),
      ['charging_periods[0].start_date_time'],
    ],
    [
      'CDR-30: starts that do not ascend',
      cdr({ charging_periods: [period('10:00:00', charging), period('10:00:00', parking)] }),
      ['charging_periods[0].dimensions', 'charging_periods[1].start_date_time'],
    ],
    [
      'CDR-30: a last period at the end',
      cdr({
        charging_periods: [
          period('10:00:00', charging),
          period('10:47:00', parking),
          period('11:00:00', [{ type: 'TIME', volume: 0 }]),
        ],
      }),
      ['charging_periods[2].start_date_time'],
    ],
    [
      'CDR-31: an unknown tariff',
      cdr({ tariffs: [two] }),
      ['charging_periods[0].tariff_id', 'charging_periods[1].tariff_id'],
    ],
    [
      'CDR-31: no tariff named where there are two',
      cdr({
        tariffs: [tariff, two],
        charging_periods: profile.map(({ start_date_time, dimensions }) => ({
          start_date_time,
          dimensions,
        })),
      }),
      ['charging_periods[0].tariff_id', 'charging_periods[1].tariff_id'],
    ],
    [
      'CDR-32: energy other than that of the periods',
      cdr({ total_energy: 8.0001 }),
      ['total_energy'],
    ],
    ['CDR-32: noise below four decimals is sound', cdr({ total_energy: 8.00001 }), []],
    [
      'CDR-33: more hours than the period lasts',
      cdr({
        charging_periods: [
          period('10:00:00', [
            { type: 'ENERGY', volume: 8 },
            { type: 'TIME', volume: 1 },
          ]),
          period('10:47:00', parking),
        ],
        total_time: 1.2167,
      }),
      ['charging_periods[0].dimensions'],
    ],
    [
      'CDR-36: a dimension for Sessions only',
      cdr({
        charging_periods: [
          period('10:00:00', [...charging, { type: 'POWER', volume: 9 }]),
          period('10:47:00', parking),
        ],
      }),
      ['charging_periods[0].dimensions[3].type'],
    ],
    [
      'CDR-39: parking other than that of the periods',
      cdr({ total_parking_time: 0.25 }),
      ['total_parking_time'],
    ],
    ['CDR-40: within the tolerance of rounding', cdr({ total_time: 1.0001 }), []],
    ['CDR-40: beyond the tolerance of rounding', cdr({ total_time: 1.0002 }), ['total_time']],
    ['CDR-40: reserved time does not count', reservation({ total_time: 0.75 }), ['total_time']],
    [
      'CDR-45, CDR-42: parts that do not add up',
      cdr({ total_cost: price(2.76, 0.55) }),
      ['total_cost.before_taxes'],
    ],
    [
      'CDR-42: with a price limit they need not',
      cdr({ total_cost: price(2, 0.4), tariffs: [{ ...tariff, max_price: { before_taxes: 2 } }] }),
      [],
    ],
    ['CDR-52: older than its end', cdr({ last_updated: '2026-03-01T10:59:00Z' }), ['last_updated']],
    [
      'CDR-52: a tariff in another currency',
      cdr({ tariffs: [{ ...tariff, currency: 'CHF' }] }),
      ['tariffs[0].currency'],
    ],
  ])('%s', (_name, given, expected) => {
    expect(paths(checkCdr(given))).toEqual(expected);
  });

  it('CDR-15, CDR-27 (partial: the warnings): ids too long to credit, tariffs no period was rated by', () => {
    expect(paths(lintCdr(cdr({ id: 'A'.repeat(35), tariffs: [tariff, two] })))).toEqual([
      'id',
      'tariffs[1]',
    ]);
    expect(lintCdr(cdr())).toEqual([]);
  });
});

describe('credit CDRs', () => {
  const credit = cdr({
    id: 'C1-C',
    credit: true,
    credit_reference_id: 'C1',
    total_cost: price(-2.75, -0.55),
    last_updated: '2026-04-01T00:00:00Z',
  });

  it('CDR-11, CDR-12, CDR-13: only ids, total_cost and last_updated differ', () => {
    expect(checkCdr(credit)).toEqual([]);
    expect(creditFaults(credit, cdr())).toEqual([]);
    expect(paths(creditFaults({ ...credit, total_energy: -8 }, cdr()))).toEqual(['total_energy']);
    const { total_cost } = cdr();
    expect(paths(creditFaults({ ...credit, total_cost }, cdr()))).toEqual(['total_cost']);
  });

  it('CDR-14: a CDR that is no credit has neither key', () => {
    for (const version of ['2.2.1', '2.3.0'] as const) {
      expect(wire(version, cdr({ credit: false }))).not.toHaveProperty('credit');
      expect(wire(version, credit)).toMatchObject({ credit: true, credit_reference_id: 'C1' });
    }
  });

  it('CDR-16, CDR-10 [2.1.1]: a credit CDR is withheld', () => {
    expect(withheld('2.1.1', credit)).toMatch(/credit/);
  });
});

describe('encodeCdr', () => {
  const cdr_location = {
    ...cdr().cdr_location,
    address: 'Sankt-Bartholom\u00e4us-Platz vor dem Alten Rathaus',
    state: 'Baden-W\u00fcrttemberg am',
  };

  it('CDR-25, CDR-57, TRN-51 [2.3.0]: the canonical fields, with a shorter address and state', () => {
    const sent = wire('2.3.0', { ...cdr(), extra: 1 } as Cdr);
    expect(sent).toEqual({
      ...cdr(),
      cdr_location: { ...cdr_location, address: expect.any(String), state: expect.any(String) },
    });
    const { address, state } = sent.cdr_location as { address: string; state: string };
    expect(address.length).toBeLessThanOrEqual(45);
    expect(state.length).toBeLessThanOrEqual(20);
    expect(cdr().cdr_location.address.startsWith(address)).toBe(true);
  });

  it('CDR-44, CDR-57, TYP-17 [2.2.1]: older Price and tariffs', () => {
    const { tax_included: _tax, ...older } = tariff;
    expect(wire('2.2.1', cdr())).toEqual({
      ...cdr(),
      cdr_location: expect.objectContaining({
        evse_uid: '3256',
        connector_standard: 'IEC_62196_T2',
      }),
      tariffs: [older],
      total_cost: { excl_vat: 2.75, incl_vat: 3.3 },
      total_fixed_cost: { excl_vat: 0.35, incl_vat: 0.42 },
      total_energy_cost: { excl_vat: 2.4, incl_vat: 2.88 },
    });
  });

  it('CDR-44 [2.2.1]: incl_vat is absent when taxes are unknown and equal when none apply', () => {
    expect(wire('2.2.1', cdr({ total_cost: { before_taxes: 2.75 } })).total_cost).toEqual({
      excl_vat: 2.75,
    });
    expect(
      wire('2.2.1', cdr({ total_cost: { before_taxes: 2.75, taxes: [] } })).total_cost,
    ).toEqual({ excl_vat: 2.75, incl_vat: 2.75 });
  });

  it('CDR-20, CDR-22, CDR-26, CDR-31, CDR-37, CDR-57, TRN-51 [2.1.1]: older names, the snapshot, one net amount', () => {
    expect(wire('2.1.1', cdr())).toEqual({
      id: 'C1',
      start_date_time: '2026-03-01T10:00:00Z',
      stop_date_time: '2026-03-01T11:00:00Z',
      auth_id: 'NL8ACC1',
      auth_method: 'AUTH_REQUEST',
      location: expect.objectContaining({
        id: 'LOC1',
        type: 'UNKNOWN',
        evses: [
          expect.objectContaining({
            uid: '3256',
            status: 'CHARGING',
            connectors: [expect.objectContaining({ id: '1', voltage: 230, amperage: 32 })],
          }),
        ],
      }),
      meter_id: 'M1',
      currency: 'EUR',
      tariffs: [
        {
          id: 'T1',
          currency: 'EUR',
          elements: [
            {
              price_components: [
                { type: 'FLAT', price: 0.35, step_size: 1 },
                { type: 'ENERGY', price: 0.3, step_size: 1 },
              ],
            },
          ],
          last_updated: '2026-01-01T00:00:00Z',
        },
      ],
      charging_periods: [
        {
          start_date_time: '2026-03-01T10:00:00Z',
          dimensions: [
            { type: 'ENERGY', volume: 8 },
            { type: 'TIME', volume: 0.7833 },
          ],
        },
        { start_date_time: '2026-03-01T10:47:00Z', dimensions: parking },
      ],
      total_cost: 2.75,
      total_energy: 8,
      total_time: 1,
      total_parking_time: 0.2167,
      remark: 'Stopped by Konig',
      last_updated: '2026-03-01T11:00:05Z',
    });
  });

  it('CDR-37 [2.1.1]: FLAT in the first period only for partners who want it', () => {
    const [first] = wire('2.1.1', cdr(), { flatDimension: true })
      .charging_periods as ChargingPeriod[];
    expect(first?.dimensions).toContainEqual({ type: 'FLAT', volume: 1 });
  });

  const reserved = [
    period('10:00:00', [{ type: 'RESERVATION_TIME', volume: 0.2833 }]),
    period('10:17:00', charging),
  ];

  it('CDR-19, CDR-37: after a reservation later versions start with it, 2.1.1 with the charging', () => {
    const given = cdr({ charging_periods: reserved });
    expect(wire('2.2.1', given)).toMatchObject({
      start_date_time: '2026-03-01T10:00:00Z',
      charging_periods: reserved,
    });
    const older = wire('2.1.1', given);
    expect(older.start_date_time).toBe('2026-03-01T10:17:00Z');
    expect(older.charging_periods).toHaveLength(1);
  });

  it('CDR-37 [2.1.1]: a period left empty goes, and the one before lasts on', () => {
    const given = cdr({
      charging_periods: [
        period('10:00:00', charging),
        period('10:30:00', [{ type: 'MIN_POWER', volume: 1 }]),
        period('10:47:00', parking),
      ],
    });
    const starts = (wire('2.1.1', given).charging_periods as ChargingPeriod[]).map(
      (each) => each.start_date_time,
    );
    expect(starts).toEqual(['2026-03-01T10:00:00Z', '2026-03-01T10:47:00Z']);
  });

  it('CDR-56 [2.1.1]: a reservation that never charged is withheld', () => {
    expect(withheld('2.1.1', reservation())).toMatch(/reservation/);
  });

  it.each(['2.2.1', '2.3.0'] as const)(
    'TRN-69 [%s]: only the three required names of an EVSE that never was are #NA; in what partners send it is a text like others',
    (version) => {
      const places: string[] = [];
      JSON.stringify(wire(version, reservation()), function (this: object, key, value: unknown) {
        if (value === '#NA') places.push(key);
        return value;
      });
      expect(places.sort()).toEqual(['connector_id', 'evse_id', 'evse_uid']);
      const token = {
        country_code: 'NL',
        party_id: 'TNM',
        uid: '1',
        type: 'OTHER',
        contract_id: '#NA',
        issuer: '#NA',
        valid: true,
        whitelist: 'NEVER',
        last_updated: '2026-01-02T03:04:05Z',
      };
      const owner = { country_code: 'NL', party_id: 'TNM' };
      const read = decodeToken(version, token, { urlParty: owner, urlUid: '1', urlType: 'OTHER' });
      expect(read).toMatchObject({ ok: true, value: { issuer: '#NA', contract_id: '#NA' } });
    },
  );

  it('CDR-24 [2.2.1]: such a CDR names a connector type that exists; any other of an unknown type is withheld', () => {
    expect(wire('2.2.1', reservation()).cdr_location).toMatchObject({
      evse_uid: '#NA',
      evse_id: '#NA',
      connector_id: '#NA',
      connector_standard: 'IEC_62196_T2',
    });
    expect(
      withheld(
        '2.2.1',
        cdr({ cdr_location: { ...cdr().cdr_location, connector_standard: 'MCS' } }),
      ),
    ).toMatch(/MCS/);
  });

  it.each<[CdrDimension[], CdrDimension[]]>([
    [[{ type: 'RESERVATION_EXPIRES', volume: 0.5 }], [{ type: 'RESERVATION_TIME', volume: 0.5 }]],
    [
      [
        { type: 'RESERVATION_EXPIRES', volume: 0.5 },
        { type: 'RESERVATION_TIME', volume: 0.5 },
      ],
      [{ type: 'RESERVATION_TIME', volume: 0.5 }],
    ],
    [[{ type: 'RESERVATION_OVERTIME', volume: 0.2 }], [{ type: 'PARKING_TIME', volume: 0.2 }]],
    [
      [
        { type: 'RESERVATION_OVERTIME', volume: 0.2 },
        { type: 'ENERGY', volume: 1 },
      ],
      [
        { type: 'TIME', volume: 0.2 },
        { type: 'ENERGY', volume: 1 },
      ],
    ],
  ])('CDR-38: %j is %j for partners without bookings', (dimensions, expected) => {
    const given = cdr({ charging_periods: [period('10:00:00', dimensions)], booking_id: 'B1' });
    const sent = (version: OcpiVersion, bookings: boolean) => wire(version, given, { bookings });
    const inside = (body: WireObject) => (body.charging_periods as ChargingPeriod[])[0]?.dimensions;
    expect(inside(sent('2.3.0', true))).toEqual(dimensions);
    expect(sent('2.3.0', true).booking_id).toBe('B1');
    for (const body of [sent('2.3.0', false), sent('2.2.1', true)]) {
      expect(inside(body)).toEqual(expected);
      expect(body).not.toHaveProperty('booking_id');
    }
  });

  describe('signed data', () => {
    const data = (length: number) => ({
      encoding_method: 'OCMF',
      encoding_method_version: 1,
      signed_values: [
        { nature: 'Start', plain_data: `a\r\n${'x'.repeat(length - 3)}`, signed_data: 'QUJD' },
      ],
    });
    const signed = (version: OcpiVersion, length: number, more: Partial<CdrView> = {}) =>
      wire(version, cdr({ signed_data: data(length) }), more).signed_data;
    const firstEdition = { locationView: { ...view().locationView, firstEdition: true } };

    it.each<[string, OcpiVersion, number, Partial<CdrView>, boolean]>([
      ['ed2', '2.3.0', 900, {}, true],
      ['first edition', '2.3.0', 900, firstEdition, false],
      [
        'first edition, with the flag',
        '2.3.0',
        900,
        { ...firstEdition, longPlainData: true },
        true,
      ],
      ['at the limit', '2.2.1', 512, {}, true],
      ['above it', '2.2.1', 513, {}, false],
      ['above it, with the flag', '2.2.1', 513, { longPlainData: true }, true],
    ])('CDR-46, CDR-47: %s [%s], %p characters', (_name, version, length, more, sent) => {
      expect(signed(version, length, more)).toEqual(sent ? data(length) : undefined);
      const encoded = encodeCdr(version, cdr({ signed_data: data(length) }), view(more));
      expect('losses' in encoded).toBe(!sent);
    });

    it('CDR-46 [2.1.1]: there is none', () => {
      expect(signed('2.1.1', 10)).toBeUndefined();
    });
  });

  it('CDR-27, TAR-40: a tariff that a version cannot express is left out and named as a loss', () => {
    const given = cdr({
      tariffs: [
        {
          ...tariff,
          tax_included: 'YES',
          elements: [{ price_components: [{ type: 'ENERGY', price: 1, step_size: 1 }] }],
        },
      ],
    });
    const encoded = encodeCdr('2.2.1', given, view());
    expect(encoded).toMatchObject({ losses: [expect.stringMatching(/^tariff T1 left out/)] });
    expect('wire' in encoded && encoded.wire).not.toHaveProperty('tariffs');
  });

  it('CDR-45, TYP-10: at most four decimals on the wire', () => {
    const sent = wire('2.3.0', cdr({ total_energy: 0.1 + 0.2, total_time: 1.23456 }));
    expect(sent).toMatchObject({ total_energy: 0.3, total_time: 1.2346 });
  });
});
