import { existsSync, readFileSync } from 'node:fs';
import { OCPI_VERSIONS, type OcpiVersion } from '../../types/ocpi-version.js';
import { encodeTariff } from './encode-tariff.js';
import { type Tariff, type TariffElement, tariffChecker } from './tariff.js';
import { lintTariff } from './tariff-lint.js';
import { checkTariff } from './tariff-rules.js';
import { tariffShelf } from './tariff-shelf.js';
import { regularTariffAt, tariffVisible } from './tariff-validity.js';
import { type TariffView } from './tariff-view.js';

const energy: TariffElement = {
  price_components: [{ type: 'ENERGY', price: 0.3, vat: 19, step_size: 1 }],
};
const tariff = (changes: Partial<Tariff> = {}): Tariff => ({
  country_code: 'DE',
  party_id: 'SLB',
  id: 'T1',
  currency: 'EUR',
  elements: [energy],
  tax_included: 'NO',
  last_updated: '2026-03-01T10:00:00.700Z',
  ...changes,
});
const restricted = (restrictions: TariffElement['restrictions']): Tariff =>
  tariff({ elements: [{ ...energy, ...(restrictions && { restrictions }) }, energy] });

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- a body of the wire
const sent = (version: OcpiVersion, given: Tariff, view: Partial<TariffView> = {}): any => {
  const encoded = encodeTariff(version, given, { asciiOnly: true, ...view });
  if ('withheld' in encoded) throw new Error(encoded.withheld);
  return encoded.wire;
};
const withheld = (
  version: OcpiVersion,
  given: Tariff,
  view: Partial<TariffView> = {},
): string | undefined => {
  const encoded = encodeTariff(version, given, { asciiOnly: true, ...view });
  return 'withheld' in encoded ? encoded.withheld : undefined;
};
const paths = (errors: { path: string }[]): string[] => errors.map(({ path }) => path);
const refusedAt = (input: object): string[] => {
  const decoded = tariffChecker.decode({ ...tariff(), ...input });
  return decoded.ok ? paths(checkTariff(decoded.value)) : paths(decoded.errors);
};

describe('Tariff at entry', () => {
  it.each([
    ['TAR-08', { id: 'A'.repeat(37) }, 'id'],
    ['TAR-08', { currency: 'EURO' }, 'currency'],
    ['TAR-08', { currency: 'QQQ' }, 'currency'],
    ['TAR-08', { elements: [] }, 'elements'],
    ['TAR-08', { elements: [{ price_components: [] }] }, 'elements[0].price_components'],
    ['TAR-09', { type: 'NIGHT' }, 'type'],
    [
      'TAR-12',
      { tariff_alt_text: [{ language: 'en', text: '<b>2 EUR</b>' }] },
      'tariff_alt_text[0].text',
    ],
    [
      'TAR-12',
      { tariff_alt_text: [{ language: 'en', text: 'x'.repeat(513) }] },
      'tariff_alt_text[0].text',
    ],
    ['TAR-12', { tariff_alt_url: `https://x/${'y'.repeat(250)}` }, 'tariff_alt_url'],
    ['TAR-38', { tax_included: undefined }, 'tax_included'],
    ['TAR-38', { tax_included: true }, 'tax_included'],
    ['TAR-52', { max_price: { after_taxes: 10 } }, 'max_price.before_taxes'],
    [
      'TAR-49',
      { elements: [{ price_components: [{ type: 'FLAT', price: 1 }] }] },
      'elements[0].price_components[0].step_size',
    ],
    [
      'TAR-42',
      { start_date_time: '2026-02-01T00:00:00Z', end_date_time: '2026-01-01T00:00:00Z' },
      'end_date_time',
    ],
    [
      'LOC-65',
      {
        energy_mix: {
          is_green_energy: true,
          energy_sources: [{ source: 'SOLAR', percentage: 60 }],
        },
      },
      'energy_mix.energy_sources',
    ],
  ])('%s: %j is refused at %s', (_id, input, path) => {
    expect(refusedAt(input)).toEqual([path]);
  });

  it.each([
    ['TAR-50', { start_time: '24:00' }, 'start_time'],
    ['TAR-50', { end_time: '9:00' }, 'end_time'],
    ['TAR-50', { start_date: '2026-2-1' }, 'start_date'],
    ['TAR-50', { start_date: '2026-02-30' }, 'start_date'],
    ['TAR-50', { min_duration: 90.5 }, 'min_duration'],
    ['TAR-50', { day_of_week: ['Monday'] }, 'day_of_week[0]'],
    ['TAR-20', { start_time: '08:00', end_time: '08:00' }, 'end_time'],
    ['TAR-51', { reservation: 'RESERVATION_OVERTIME' }, 'reservation'],
  ])('%s: the restriction %j is refused', (_id, restrictions, field) => {
    const input = { elements: [{ ...energy, restrictions }] };
    expect(refusedAt(input)).toEqual([`elements[0].restrictions.${field}`]);
  });

  it.each([
    ['TAR-27', { reservation: 'RESERVATION' }],
    ['TAR-27', { reservation: 'RESERVATION_EXPIRES' }],
    ['TAR-51', { booking: 'BOOKING' }],
  ])('%s: an element with %j prices no ENERGY', (_id, restrictions) => {
    const input = { elements: [{ ...energy, restrictions }] };
    expect(refusedAt(input)).toEqual(['elements[0].price_components[0].type']);
  });

  it('TAR-20, TAR-50: 00:00 as end, a window over midnight and 00:00 to 00:00 are accepted', () => {
    for (const restrictions of [
      { start_time: '22:00', end_time: '06:00' },
      { start_time: '22:00', end_time: '00:00' },
      { start_time: '00:00', end_time: '00:00' },
    ]) {
      expect(refusedAt({ elements: [{ ...energy, restrictions }] })).toEqual([]);
    }
  });
});

describe('lintTariff', () => {
  const warned = (given: Tariff) => lintTariff(given).map(({ message }) => message.slice(0, 6));

  it('TAR-12: amounts in the text are flagged, other numbers are not', () => {
    const text = (t: string) => warned(tariff({ tariff_alt_text: [{ language: 'en', text: t }] }));
    expect(text('0,59 EUR per kWh')).toEqual(['TAR-12']);
    expect(text('Blocking fee after 4 hours')).toEqual([]);
  });

  it.each([
    ['no bound after tax', { max_price: { before_taxes: 10 } }],
    ['after below before', { max_price: { before_taxes: 10, after_taxes: 9 } }],
    [
      'min above max',
      {
        min_price: { before_taxes: 11, after_taxes: 12 },
        max_price: { before_taxes: 10, after_taxes: 12 },
      },
    ],
  ])(
    'TAR-13 (partial: stated, and checked against each other; applying them comes with price calculation): %s',
    (_name, limits) => {
      expect(warned(tariff(limits))).toEqual(['TAR-13']);
    },
  );

  it('TAR-17: a stepped dimension without an unrestricted last component', () => {
    const time = (restrictions?: TariffElement['restrictions']): TariffElement => ({
      price_components: [{ type: 'TIME', price: 1, step_size: 60 }],
      ...(restrictions && { restrictions }),
    });
    const night = { start_time: '22:00', end_time: '06:00' };
    expect(warned(tariff({ elements: [time(night)] }))).toEqual(['TAR-17', 'TAR-37']);
    expect(warned(tariff({ elements: [time(night), time()] }))).toEqual(['TAR-37', 'TAR-37']);
  });

  it('TAR-26: a duration limit beside reservation prices', () => {
    const reserved: TariffElement = {
      price_components: [{ type: 'TIME', price: 1, step_size: 1 }],
      restrictions: { reservation: 'RESERVATION' },
    };
    const given = restricted({ min_duration: 60 });
    expect(warned(given)).toEqual([]);
    expect(warned({ ...given, elements: [reserved, ...given.elements] })).toEqual(['TAR-26']);
  });

  it('TAR-40 (partial: the warning): a price whose net has more than 4 decimals', () => {
    const price = (amount: number, vat: number) =>
      warned(
        tariff({
          tax_included: 'YES',
          elements: [{ price_components: [{ type: 'ENERGY', price: amount, vat, step_size: 1 }] }],
        }),
      );
    expect(price(0.59, 19)).toEqual(['TAR-40']);
    expect(price(0.605, 21)).toEqual([]);
  });
});

describe('encodeTariff', () => {
  const full = tariff({
    type: 'REGULAR',
    tariff_alt_text: [{ language: 'de', text: 'Parken in Köln' }],
    tariff_alt_url: 'https://slb.example/t1',
    min_price: { before_taxes: 0.5, after_taxes: 0.595 },
    max_price: { before_taxes: 10 },
    preauthorize_amount: 50,
    start_date_time: '2026-01-01T00:00:00Z',
    end_date_time: '2027-01-01T00:00:00Z',
    energy_mix: {
      is_green_energy: true,
      environ_impact: [
        { category: 'CARBON_DIOXIDE', amount: 0 },
        { category: 'NOISE', amount: 1 },
      ],
    },
  });

  it('TAR-38, TYP-17, TRN-51 [2.3.0]: everything stays, what only payment partners know does not', () => {
    const { preauthorize_amount: _amount, ...rest } = full;
    expect(sent('2.3.0', { ...full, extra: 1 } as Tariff)).toEqual({
      ...rest,
    });
  });

  it('TAR-47: preauthorize_amount is for payment partners', () => {
    expect(sent('2.3.0', full, { payments: true }).preauthorize_amount).toBe(50);
    expect(sent('2.2.1', full, { payments: true })).not.toHaveProperty('preauthorize_amount');
  });

  it('TAR-13 (partial: stated, and checked against each other; applying them comes with price calculation), TAR-52, TRN-51 [2.2.1]: excl_vat and incl_vat, no tax_included', () => {
    expect(sent('2.2.1', full)).toEqual({
      country_code: 'DE',
      party_id: 'SLB',
      id: 'T1',
      currency: 'EUR',
      type: 'REGULAR',
      tariff_alt_text: full.tariff_alt_text,
      tariff_alt_url: full.tariff_alt_url,
      min_price: { excl_vat: 0.5, incl_vat: 0.595 },
      max_price: { excl_vat: 10 },
      elements: full.elements,
      start_date_time: '2026-01-01T00:00:00Z',
      end_date_time: '2027-01-01T00:00:00Z',
      energy_mix: {
        is_green_energy: true,
        environ_impact: [{ category: 'CARBON_DIOXIDE', amount: 0 }],
      },
      last_updated: '2026-03-01T10:00:00.700Z',
    });
  });

  it('TAR-14, TYP-09, TRN-51 [2.1.1]: no owner, type, limits, validity or VAT, and a note on the limits', () => {
    expect(sent('2.1.1', full)).toEqual({
      id: 'T1',
      currency: 'EUR',
      tariff_alt_text: [
        { language: 'de', text: 'Parken in Koln' },
        {
          language: 'en',
          text: 'A minimum price per session applies. A maximum price per session applies.',
        },
      ],
      tariff_alt_url: full.tariff_alt_url,
      elements: [{ price_components: [{ type: 'ENERGY', price: 0.3, step_size: 1 }] }],
      energy_mix: {
        is_green_energy: true,
        environ_impact: [{ source: 'CARBON_DIOXIDE', amount: 0 }],
      },
      last_updated: '2026-03-01T10:00:00Z',
    });
  });

  const priced = (tax_included: Tariff['tax_included'], price: number, vat?: number): Tariff =>
    tariff({
      tax_included,
      elements: [
        {
          price_components: [
            { type: 'ENERGY', price, step_size: 1, ...(vat !== undefined && { vat }) },
          ],
        },
      ],
    });

  it.each([
    ['TAR-40', 'YES', 0.59, 19, undefined, 0.4958, 19],
    ['TAR-39, TAR-40', 'YES', 0.605, 21, undefined, 0.5, 21],
    ['TAR-40', 'NO', 0.3, 0, undefined, 0.3, 0],
    ['TAR-40', 'NO', 0.3, undefined, undefined, 0.3, undefined],
    ['TAR-40', 'N/A', 0.3, 19, undefined, 0.3, undefined],
    ['TAR-40', 'YES', 1.19, undefined, 19, 1, undefined],
    ['TAR-40', 'YES', 0, undefined, undefined, 0, undefined],
  ] as const)(
    '%s: tax %s, price %p, vat %p, configured rate %p → net %p, vat %p',
    (_id, tax, price, vat, taxRate, net, sentVat) => {
      const view = taxRate === undefined ? {} : { taxRate };
      const [component] = sent('2.2.1', priced(tax, price, vat), view).elements[0].price_components;
      expect(component).toEqual({
        type: 'ENERGY',
        price: net,
        step_size: 1,
        ...(sentVat !== undefined && { vat: sentVat }),
      });
      const [older] = sent('2.1.1', priced(tax, price, vat), view).elements[0].price_components;
      expect(older).toEqual({ type: 'ENERGY', price: net, step_size: 1 });
      const [same] = sent('2.3.0', priced(tax, price, vat)).elements[0].price_components;
      expect(same.price).toBe(price);
    },
  );

  it('TAR-40, G7: a price that includes an unknown tax cannot be shown before 2.3.0', () => {
    const given = priced('YES', 0.59);
    expect(withheld('2.2.1', given)).toMatch(/taxes/);
    expect(withheld('2.1.1', given)).toMatch(/taxes/);
    expect(withheld('2.3.0', given)).toBeUndefined();
  });

  it('TAR-41 (partial: the note) [2.2.1]: taxes that no vat states are mentioned in the text', () => {
    const [text] = sent('2.2.1', priced('NO', 0.3)).tariff_alt_text;
    expect(text).toEqual({ language: 'en', text: 'Taxes are added to the prices.' });
    expect(sent('2.2.1', priced('N/A', 0.3))).not.toHaveProperty('tariff_alt_text');
  });

  it.each([
    [{ start_time: '00:00' }, undefined],
    [{ end_time: '00:00' }, undefined],
    [{ start_time: '00:00', end_time: '00:00' }, undefined],
    [
      { start_time: '22:00', end_time: '00:00' },
      { start_time: '22:00', end_time: '00:00' },
    ],
    [
      { start_time: '00:00', end_time: '06:00' },
      { start_time: '00:00', end_time: '06:00' },
    ],
    [{ start_time: '00:00', min_kwh: 2 }, { min_kwh: 2 }],
  ])('TAR-20: the restriction %j is sent as %j', (restrictions, expected) => {
    for (const version of OCPI_VERSIONS) {
      expect(sent(version, restricted(restrictions)).elements[0].restrictions).toEqual(expected);
    }
  });

  it('TAR-50, TAR-23 (partial: stated in the words of every version; applying it comes with price calculation): restrictions that every version has are kept', () => {
    const restrictions: TariffElement['restrictions'] = {
      start_date: '2026-01-01',
      end_date: '2026-12-31',
      min_kwh: 1,
      max_kwh: 20,
      min_power: 3,
      max_power: 22,
      min_duration: 60,
      max_duration: 3600,
      day_of_week: ['MONDAY', 'SUNDAY'],
    };
    for (const version of OCPI_VERSIONS) {
      expect(sent(version, restricted(restrictions)).elements[0].restrictions).toEqual(
        restrictions,
      );
    }
  });

  it('TAR-24 (partial: stated in the words of every version; applying it comes with price calculation): current limits stay, on 2.1.1 as kW of the voltage all connectors share', () => {
    const given = restricted({ min_current: 16, max_current: 96, max_power: 11 });
    expect(sent('2.2.1', given).elements[0].restrictions).toEqual({
      min_current: 16,
      max_current: 96,
      max_power: 11,
    });
    expect(sent('2.1.1', given, { acVoltage: 230 }).elements[0].restrictions).toEqual({
      min_power: 3.68,
      max_power: 11,
    });
    expect(withheld('2.1.1', given)).toMatch(/voltage/);
  });

  it('TAR-27 (partial: what leaves): on 2.1.1 a reservation element goes as a whole, not just its restriction', () => {
    const reserved: TariffElement = {
      price_components: [{ type: 'TIME', price: 2, vat: 19, step_size: 60 }],
      restrictions: { reservation: 'RESERVATION_EXPIRES' },
    };
    const given = tariff({ elements: [reserved, energy] });
    expect(sent('2.2.1', given).elements[0].restrictions).toEqual({
      reservation: 'RESERVATION_EXPIRES',
    });
    const older = sent('2.1.1', given);
    expect(older.elements).toHaveLength(1);
    expect(older.elements[0].price_components[0].type).toBe('ENERGY');
    expect(older.tariff_alt_text[0].text).toMatch(/Reservations/);
    expect(withheld('2.1.1', tariff({ elements: [reserved] }))).toMatch(/reservations/);
  });

  it.each([
    ['BOOKING', 'RESERVATION'],
    ['BOOKING_EXPIRES', 'RESERVATION_EXPIRES'],
    ['BOOKING_CANCELLATION_FEES', 'RESERVATION_CANCELLATION_FEES'],
    ['BOOKING_OVERTIME', 'RESERVATION_OVERTIME'],
  ] as const)(
    'TAR-30, TAR-51: %s for Bookings 1.1, %s for 1.0, no such element for others',
    (booking, older) => {
      const element: TariffElement = {
        price_components: [{ type: 'FLAT', price: 5, vat: 19, step_size: 1 }],
        restrictions: { booking },
      };
      const given = tariff({ elements: [element, energy] });
      expect(sent('2.3.0', given, { bookings: '1.1' }).elements[0].restrictions).toEqual({
        booking,
      });
      expect(sent('2.3.0', given, { bookings: '1.0' }).elements[0].restrictions).toEqual({
        reservation: older,
      });
      for (const version of OCPI_VERSIONS) {
        expect(sent(version, given).elements).toEqual(sent(version, tariff()).elements);
        expect(withheld(version, tariff({ elements: [element] }))).toMatch(/bookings/);
      }
    },
  );

  it('TAR-49: FLAT is sent with a step of 1', () => {
    const given = tariff({
      elements: [{ price_components: [{ type: 'FLAT', price: 0, step_size: 0 }] }],
    });
    for (const version of OCPI_VERSIONS) {
      expect(sent(version, given).elements[0].price_components).toEqual([
        { type: 'FLAT', price: 0, step_size: 1 },
      ]);
    }
  });

  it.each(['AD_HOC_PAYMENT', 'PROFILE_CHEAP', 'PROFILE_FAST', 'PROFILE_GREEN'] as const)(
    'TAR-14, G7 [2.1.1]: a tariff of type %s is withheld, but not inside a CDR',
    (type) => {
      expect(withheld('2.1.1', tariff({ type }))).toMatch(type);
      expect(sent('2.1.1', tariff({ type }), { embedded: true })).not.toHaveProperty('type');
      expect(sent('2.2.1', tariff({ type })).type).toBe(type);
    },
  );
});

describe('validity', () => {
  const until = { end_date_time: '2026-06-01T00:00:00Z' };
  const from = { start_date_time: '2026-06-01T00:00:00Z' };
  const [before, at] = [new Date('2026-05-31T23:59:59Z'), new Date('2026-06-01T00:00:00Z')];

  it('LOC-52, TAR-43 (partial: the choice) [2.1.1]: the valid REGULAR tariff, else the valid untyped one', () => {
    const old = tariff({ id: '14', type: 'REGULAR', ...until });
    const next = tariff({ id: '15', type: 'REGULAR', ...from });
    const untyped = tariff({ id: '16' });
    expect(regularTariffAt([untyped, old, next], before)?.id).toBe('14');
    expect(regularTariffAt([untyped, old, next], at)?.id).toBe('15');
    expect(regularTariffAt([untyped, old], at)?.id).toBe('16');
    expect(regularTariffAt([old, tariff({ type: 'PROFILE_FAST' })], at)).toBeUndefined();
  });

  it('TAR-43, TAR-42 (partial: what is visible): 2.1.1 sees valid tariffs only, later versions all', () => {
    expect(tariffVisible('2.1.1', tariff(until), before)).toBe(true);
    expect(tariffVisible('2.1.1', tariff(until), at)).toBe(false);
    expect(tariffVisible('2.1.1', tariff(from), before)).toBe(false);
    expect(tariffVisible('2.1.1', tariff({ type: 'AD_HOC_PAYMENT' }), at)).toBe(false);
    expect(tariffVisible('2.2.1', tariff(from), before)).toBe(true);
  });
});

describe('tariffShelf', () => {
  it('LOC-52 (partial: the choice), G7: connectors name only what the version shows', () => {
    const at = new Date('2026-06-01T00:00:00Z');
    const all = [
      tariff({ id: 'fast', type: 'PROFILE_FAST' }),
      tariff({ id: 'old', type: 'REGULAR', end_date_time: '2026-06-01T00:00:00Z' }),
      tariff({ id: 'now', type: 'REGULAR' }),
      { ...restricted({ max_current: 32 }), id: 'amps' },
    ];
    const ids = all.map(({ id }) => id);
    const shelf = (version: OcpiVersion) =>
      tariffShelf(version, all, () => ({ asciiOnly: true }), at);
    expect(ids.filter((id) => shelf('2.1.1').visible(id))).toEqual(['now']);
    expect(ids.filter((id) => shelf('2.2.1').visible(id))).toEqual(ids);
    expect(shelf('2.1.1').visible('NOW')).toBe(true);
    expect(shelf('2.1.1').regularAt(ids, at)).toBe('now');
    expect(shelf('2.1.1').regularAt(ids, new Date('2026-05-01T00:00:00Z'))).toBe('old');
    expect(shelf('2.1.1').regularAt(['amps', 'fast'], at)).toBeUndefined();
  });
});

const sample = new URL('../../../../../../shared/data/ludwigsburg/tariffs.json', import.meta.url);
(existsSync(sample) ? describe : describe.skip)(
  'tariffs of Ludwigsburg (sample beside the repository)',
  () => {
    it('TAR-08: each is accepted and can be shown on every version', () => {
      const all = JSON.parse(readFileSync(sample, 'utf8')) as unknown[];
      expect(all).toHaveLength(5);
      for (const one of all) {
        const decoded = tariffChecker.decode(one);
        expect(decoded).toMatchObject({ ok: true });
        if (!decoded.ok) continue;
        expect(checkTariff(decoded.value)).toEqual([]);
        for (const version of OCPI_VERSIONS)
          expect(sent(version, decoded.value)).toHaveProperty('elements');
      }
    });
  },
);
