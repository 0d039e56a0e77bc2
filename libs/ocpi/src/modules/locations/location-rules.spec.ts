import { aConnector, aLocation, anEvse } from '../../../test/location-builder.js';
import { type Location } from './location.js';
import { locationChecker } from './location-checker.js';
import { lintLocation } from './location-lint.js';
import { checkLocation } from './location-rules.js';

/** Paths of all that is wrong, by schema or by rule. */
function faults(input: unknown): string[] {
  const read = locationChecker.decode(input);
  return (read.ok ? checkLocation(read.value) : read.errors).map((error) => error.path);
}
const faultsOf = (fields: object): string[] => faults({ ...aLocation(), ...fields });
const place = (fields: object = {}) => ({
  id: 'P1',
  vehicle_types: ['PERSONAL_VEHICLE'],
  restricted_to_type: false,
  reservation_required: false,
  ...fields,
});
const evses = (fields: object) => ({ evses: [{ ...anEvse(), ...fields }] });
const connectors = (fields: object) => evses({ connectors: [{ ...aConnector(), ...fields }] });
const hours = (fields: object) => ({ opening_times: { twentyfourseven: false, ...fields } });
const mix = (fields: object) => ({ energy_mix: { is_green_energy: false, ...fields } });

describe('what a Location must be to be taken in', () => {
  it('accepts a sound Location', () => {
    expect(faultsOf({})).toEqual([]);
  });

  it.each([
    [
      'LOC-35 (partial: intake): a token list beside publish true',
      { publish_allowed_to: [{ group_id: 'G' }] },
      'publish_allowed_to',
    ],
    [
      'LOC-36 (partial: entry rules): a token without any of its three ids',
      { publish: false, publish_allowed_to: [{ issuer: 'X' }] },
      'publish_allowed_to[0]',
    ],
    [
      'LOC-36 (partial: entry rules): uid without type',
      { publish: false, publish_allowed_to: [{ uid: '1' }] },
      'publish_allowed_to[0]',
    ],
    [
      'LOC-36 (partial: entry rules): visual_number without issuer',
      { publish: false, publish_allowed_to: [{ visual_number: '1' }] },
      'publish_allowed_to[0]',
    ],
    [
      'LOC-41 (partial: intake): a time zone nobody knows',
      { time_zone: 'Europe/Atlantis' },
      'time_zone',
    ],
    ['LOC-41 (partial: intake): an offset for a time zone', { time_zone: '+01:00' }, 'time_zone'],
    ['LOC-42 (partial: intake): hours missing', hours({}), 'opening_times.regular_hours'],
    [
      'LOC-42 (partial: intake): hours beside 24/7',
      hours({
        twentyfourseven: true,
        regular_hours: [{ weekday: 1, period_begin: '08:00', period_end: '20:00' }],
      }),
      'opening_times.regular_hours',
    ],
    [
      'LOC-43 (partial: entry rules): a window without length',
      hours({ regular_hours: [{ weekday: 5, period_begin: '20:00', period_end: '20:00' }] }),
      'opening_times.regular_hours[0].period_end',
    ],
    [
      'LOC-43 (partial: entry rules): weekday 0',
      hours({ regular_hours: [{ weekday: 0, period_begin: '08:00', period_end: '20:00' }] }),
      'opening_times.regular_hours[0].weekday',
    ],
    [
      'LOC-43 (partial: entry rules): end of day 24:00',
      hours({ regular_hours: [{ weekday: 1, period_begin: '08:00', period_end: '24:00' }] }),
      'opening_times.regular_hours[0].period_end',
    ],
    [
      'LOC-44 (partial: intake): a closing that ends before it begins',
      hours({
        twentyfourseven: true,
        exceptional_closings: [
          { period_begin: '2026-12-25T05:00:00Z', period_end: '2026-12-25T03:00:00Z' },
        ],
      }),
      'opening_times.exceptional_closings[0].period_end',
    ],
    [
      'LOC-46 (partial: intake): a coordinate as a JSON number',
      { coordinates: { latitude: 51.04, longitude: '3.7' } },
      'coordinates.latitude',
    ],
    [
      'LOC-46 (partial: intake): a comma for a dot',
      { coordinates: { latitude: '51,04760', longitude: '3.72943' } },
      'coordinates.latitude',
    ],
    [
      'LOC-46 (partial: intake): a latitude beyond the pole',
      { coordinates: { latitude: '91.00000', longitude: '3.72943' } },
      'coordinates.latitude',
    ],
    [
      'LOC-46 (partial: intake): an EVSE off the globe',
      evses({ coordinates: { latitude: '51.00000', longitude: '181.00000' } }),
      'evses[0].coordinates.longitude',
    ],
    ['LOC-47 (partial: entry rules): alpha-2 as country', { country: 'BE' }, 'country'],
    [
      'LOC-47 (partial: entry rules): alpha-3 as country_code',
      { country_code: 'BEL' },
      'country_code',
    ],
    [
      'LOC-57 (partial: intake) [2.3.0]: two places with one id',
      { parking_places: [place(), place({ id: 'p1' })] },
      'parking_places[1].id',
    ],
    [
      'LOC-57 (partial: intake) [2.3.0]: a reference to a missing place',
      evses({ parking: [{ parking_id: 'P9' }] }),
      'evses[0].parking[0].parking_id',
    ],
    [
      'LOC-58 (partial: intake) [2.3.0]: a place without vehicle types',
      { parking_places: [place({ vehicle_types: [] })] },
      'parking_places[0].vehicle_types',
    ],
    [
      'LOC-58 (partial: intake) [2.3.0]: a place without restricted_to_type',
      { parking_places: [place({ restricted_to_type: null })] },
      'parking_places[0].restricted_to_type',
    ],
    [
      'LOC-58 (partial: intake) [2.3.0]: a place without reservation_required',
      { parking_places: [place({ reservation_required: null })] },
      'parking_places[0].reservation_required',
    ],
    [
      'LOC-59 (partial: intake) [2.3.0]: a bare string as parking',
      evses({ parking: ['P1'] }),
      'evses[0].parking[0]',
    ],
    [
      'LOC-62 (partial: phone) [2.3.0]: a phone of 26 characters',
      { help_phone: '1'.repeat(26) },
      'help_phone',
    ],
    [
      'LOC-62 (partial: provider name) [2.3.0]: a provider of 51 characters',
      evses({ accepted_service_providers: ['x'.repeat(51)] }),
      'evses[0].accepted_service_providers[0]',
    ],
    [
      'LOC-65 (partial: intake): sources that do not sum to 100',
      mix({ energy_sources: [{ source: 'WIND', percentage: 99 }] }),
      'energy_mix.energy_sources',
    ],
    [
      'LOC-66 (partial: intake): an image URL of 301 characters',
      {
        images: [{ url: `https://e.example/${'x'.repeat(283)}`, category: 'CHARGER', type: 'png' }],
      },
      'images[0].url',
    ],
    [
      'LOC-66 (partial: intake): an image type of 5 characters',
      { images: [{ url: 'https://e.example/x', category: 'CHARGER', type: 'jpeg2' }] },
      'images[0].type',
    ],
    [
      'LOC-68 (partial: entry rules) [2.3.0]: a reference of 13 characters',
      { parking_places: [place({ physical_reference: '1'.repeat(13) })] },
      'parking_places[0].physical_reference',
    ],
    [
      'LOC-68 (partial: entry rules) [2.3.0]: a standard of 37 characters',
      { parking_places: [place({ standards: ['x'.repeat(37)] })] },
      'parking_places[0].standards[0]',
    ],
    [
      'LOC-71 (partial: closed enums of Locations) [2.3.0]: PowerType DC_DUAL',
      connectors({ power_type: 'DC_DUAL' }),
      'evses[0].connectors[0].power_type',
    ],
    [
      'LOC-71 (partial: closed enums of Locations) [2.3.0]: status in lower case',
      evses({ status: 'available' }),
      'evses[0].status',
    ],
    [
      'LOC-71 (partial: closed enums of Locations) [2.3.0]: ConnectorFormat PLUG',
      connectors({ format: 'PLUG' }),
      'evses[0].connectors[0].format',
    ],
    [
      'LOC-73 (partial: entry rules): a mix without is_green_energy',
      { energy_mix: { supplier_name: 'X' } },
      'energy_mix.is_green_energy',
    ],
    [
      'LOC-73 (partial: entry rules): green energy with CO2',
      {
        energy_mix: {
          is_green_energy: true,
          environ_impact: [{ category: 'CARBON_DIOXIDE', amount: 372 }],
        },
      },
      'energy_mix.environ_impact',
    ],
    [
      'LOC-73 (partial: entry rules): green energy from coal',
      {
        energy_mix: {
          is_green_energy: true,
          energy_sources: [{ source: 'COAL', percentage: 100 }],
        },
      },
      'energy_mix.energy_sources',
    ],
    [
      'LOC-73 (partial: entry rules): more than 100 percent',
      mix({ energy_sources: [{ source: 'WIND', percentage: 101 }] }),
      'energy_mix.energy_sources[0].percentage',
    ],
    [
      'LOC-74 (partial: intake): a schedule without begin',
      evses({ status_schedule: [{ status: 'AVAILABLE' }] }),
      'evses[0].status_schedule[0].period_begin',
    ],
    [
      'LOC-74 (partial: intake): a schedule that ends before it begins',
      evses({
        status_schedule: [
          {
            status: 'AVAILABLE',
            period_begin: '2026-01-02T00:00:00Z',
            period_end: '2026-01-01T00:00:00Z',
          },
        ],
      }),
      'evses[0].status_schedule[0].period_end',
    ],
    [
      'LOC-75 (partial: entry rules): a name as EVSE id',
      evses({ evse_id: 'Charger 3' }),
      'evses[0].evse_id',
    ],
    [
      'LOC-32 (partial: intake): one connector id twice in an EVSE',
      evses({ connectors: [aConnector(), aConnector()] }),
      'evses[0].connectors[1].id',
    ],
    [
      'LOC-08 (partial: within a Location) [2.2.1+]: uids that differ in case only',
      { evses: [anEvse({ uid: 'a' }), anEvse({ uid: 'A' })] },
      'evses[1].uid',
    ],
    ['TYP-02 (partial: Locations): an id with a letter outside ASCII', { id: 'LÖC' }, 'id'],
    [
      'LOC-50 (partial: intake): a voltage with decimals',
      connectors({ max_voltage: 230.5 }),
      'evses[0].connectors[0].max_voltage',
    ],
  ])('%s is refused', (_title, fields, path) => {
    expect(faultsOf(fields)).toContain(path);
  });

  it.each([
    'country_code',
    'party_id',
    'id',
    'publish',
    'address',
    'city',
    'country',
    'coordinates',
    'time_zone',
    'last_updated',
  ])('LOC-80 (partial: intake): a Location without %s is refused', (field) => {
    expect(faultsOf({ [field]: undefined })).toEqual([field]);
    expect(faultsOf({ [field]: null })).toEqual([field]);
  });
  it.each(['address', 'city', 'time_zone', 'id'])(
    'LOC-80 (partial: intake): a blank %s is refused',
    (field) => {
      expect(faultsOf({ [field]: '' })).toEqual([field]);
    },
  );
  it.each(['uid', 'status', 'connectors', 'last_updated'])(
    'LOC-80 (partial: intake): an EVSE without %s is refused',
    (field) => {
      expect(faultsOf(evses({ [field]: undefined }))).toEqual([`evses[0].${field}`]);
    },
  );
  it.each([
    'id',
    'standard',
    'format',
    'power_type',
    'max_voltage',
    'max_amperage',
    'last_updated',
  ])('LOC-80 (partial: intake): a Connector without %s is refused', (field) => {
    expect(faultsOf(connectors({ [field]: undefined }))).toEqual([
      `evses[0].connectors[0].${field}`,
    ]);
  });
  it('LOC-80 (partial: intake): an EVSE without a single connector is refused, a Location without EVSEs is not', () => {
    expect(faultsOf(evses({ connectors: [] }))).toEqual(['evses[0].connectors']);
    expect(faultsOf({ evses: [] })).toEqual([]);
  });

  const token = (fields: object) => ({
    publish: false,
    publish_allowed_to: [{ uid: '1', type: 'RFID', ...fields }],
  });
  const lengths: [string, number, (text: string) => object][] = [
    ['id', 36, (t) => ({ id: t })],
    ['name', 255, (t) => ({ name: t })],
    ['address', 255, (t) => ({ address: t })],
    ['city', 45, (t) => ({ city: t })],
    ['state', 45, (t) => ({ state: t })],
    ['postal_code', 10, (t) => ({ postal_code: t })],
    ['evses[0].uid', 36, (t) => evses({ uid: t })],
    ['evses[0].floor_level', 4, (t) => evses({ floor_level: t })],
    ['evses[0].physical_reference', 16, (t) => evses({ physical_reference: t })],
    ['evses[0].connectors[0].id', 36, (t) => connectors({ id: t })],
    ['evses[0].connectors[0].tariff_ids[0]', 36, (t) => connectors({ tariff_ids: [t] })],
    ['operator.name', 100, (t) => ({ operator: { name: t } })],
    ['energy_mix.supplier_name', 64, (t) => mix({ supplier_name: t })],
    ['energy_mix.energy_product_name', 64, (t) => mix({ energy_product_name: t })],
    ['directions[0].text', 512, (t) => ({ directions: [{ language: 'nl', text: t }] })],
    ['publish_allowed_to[0].uid', 36, (t) => token({ uid: t })],
    ['publish_allowed_to[0].group_id', 36, (t) => token({ group_id: t })],
    ['publish_allowed_to[0].visual_number', 64, (t) => token({ issuer: 'X', visual_number: t })],
    ['publish_allowed_to[0].issuer', 64, (t) => token({ issuer: t })],
    ['parking_places[0].id', 36, (t) => ({ parking_places: [place({ id: t })] })],
    [
      'parking_places[0].physical_reference',
      12,
      (t) => ({ parking_places: [place({ physical_reference: t })] }),
    ],
    ['help_phone', 25, (t) => ({ help_phone: t })],
  ];
  it.each(lengths)(
    'LOC-72 (partial: entry rules), TYP-05 (partial: Location intake): %s holds %i characters and no more',
    (path, max, fields) => {
      expect(faultsOf(fields('x'.repeat(max)))).toEqual([]);
      expect(faultsOf(fields('x'.repeat(max + 1)))).toEqual([path]);
    },
  );
  it('LOC-72 (partial: entry rules): evse_id is bound to 48 characters, languages to two letters', () => {
    const evseId = (length: number) => `BE*BEC*E${'1'.repeat(31)}`.padEnd(length, '1');
    expect(faultsOf(evses({ evse_id: evseId(39) }))).toEqual([]);
    expect(faultsOf(evses({ evse_id: evseId(49) }))).toEqual(['evses[0].evse_id']);
    expect(faultsOf({ directions: [{ language: 'nld', text: 'x' }] })).toEqual([
      'directions[0].language',
    ]);
  });

  it.each(['BE*BEC*E041503001', 'BEBECE041503001', 'DE*SLB*E001L10000*001', 'be*bec*e1'])(
    'LOC-75 (partial: entry rules): EVSE id %s passes',
    (evse_id) => expect(faultsOf(evses({ evse_id }))).toEqual([]),
  );

  it('an empty text where none is needed is as good as absent', () => {
    const read = locationChecker.decode(aLocation({ operator: { name: 'Op', website: '' } }));
    expect(read).toMatchObject({ ok: true, value: { operator: { name: 'Op' } } });
    expect(read.ok && read.value.operator).not.toHaveProperty('website');
  });

  it('LOC-38 (partial: intake) [2.2.1+]: publish false without a list is legal', () => {
    expect(faultsOf({ publish: false })).toEqual([]);
  });

  it('LOC-43 (partial: entry rules): a night split at midnight passes', () => {
    const regular_hours = [
      { weekday: 5, period_begin: '20:00', period_end: '23:59' },
      { weekday: 6, period_begin: '00:00', period_end: '02:00' },
    ];
    expect(faultsOf(hours({ regular_hours }))).toEqual([]);
  });

  it('LOC-57 (partial: intake) [2.3.0], LOC-70 (partial: intake) [2.3.0]: two EVSEs share a place without reference', () => {
    const parking = [{ parking_id: 'P1' }];
    const fields = {
      parking_places: [place()],
      evses: [anEvse({ parking }), anEvse({ uid: '2', parking })],
    };
    expect(faultsOf(fields)).toEqual([]);
  });

  it('LOC-64 (partial: intake) [2.3.0], LOC-71 (partial: intake) [2.3.0], TRN-50 (partial: Location intake): unknown fields and values of open enums are taken', () => {
    const site = {
      ...aLocation({ facilities: ['BOULDER_GYM'], evses: [anEvse({ capabilities: ['NEW_X'] })] }),
      foo: { bar: 1 },
    };
    expect(faults(site)).toEqual([]);
  });

  it('TYP-03 (partial: Location intake): a line break in free text becomes a blank, in an id it is refused', () => {
    const read = locationChecker.decode({ ...aLocation(), name: 'Café\nA' });
    expect(read).toMatchObject({ ok: true, value: { name: 'Café A' } });
    expect(faultsOf({ id: 'LOC\n1' })).toEqual(['id']);
  });
});

describe('what an operator is warned of', () => {
  const warnings = (fields: Partial<Location>) =>
    lintLocation(aLocation(fields)).map((w) => w.path);

  it('LOC-58 (partial: linter) [2.3.0]: a BUS without sizes and DISABLED without a photo', () => {
    const sizes = {
      max_vehicle_weight: 1,
      max_vehicle_height: 1,
      max_vehicle_length: 1,
      max_vehicle_width: 1,
      parking_space_length: 1,
      parking_space_width: 1,
      dangerous_goods_allowed: false,
    };
    expect(warnings({ parking_places: [place({ vehicle_types: ['BUS'] })] })).toContain(
      'parking_places[0]',
    );
    expect(
      warnings({ parking_places: [place({ vehicle_types: ['BUS'], ...sizes })] }),
    ).not.toContain('parking_places[0]');
    expect(warnings({ parking_places: [place()] })).not.toContain('parking_places[0]');
    expect(
      warnings({ parking_places: [place({ vehicle_types: ['DISABLED'], ...sizes })] }),
    ).toContain('parking_places[0].images');
  });

  it('LOC-69 [2.3.0]: at the kerb the EVSE is on the side of the traffic', () => {
    const site = (
      country: string,
      evse_position: 'LEFT' | 'RIGHT' | 'CENTER',
      direction: 'PARALLEL' | 'PERPENDICULAR',
    ) => ({
      country,
      parking_places: [place({ direction })],
      evses: [anEvse({ parking: [{ parking_id: 'P1', evse_position }] })],
    });
    const path = 'evses[0].parking[0].evse_position';
    expect(warnings(site('BEL', 'LEFT', 'PARALLEL'))).toContain(path);
    expect(warnings(site('BEL', 'RIGHT', 'PARALLEL'))).not.toContain(path);
    expect(warnings(site('GBR', 'RIGHT', 'PARALLEL'))).toContain(path);
    expect(warnings(site('BEL', 'LEFT', 'PERPENDICULAR'))).not.toContain(path);
    expect(warnings(site('BEL', 'CENTER', 'PERPENDICULAR'))).not.toContain(path);
  });

  it('LOC-77 (partial: linter): no logo, no photo, small pictures', () => {
    expect(warnings({}).filter((path) => path === 'images')).toHaveLength(2);
    const url = 'https://e.example/i.png';
    const good = [
      { url, thumbnail: url, category: 'CHARGER', type: 'png', width: 800, height: 600 },
      { url, thumbnail: url, category: 'OPERATOR', type: 'png', width: 512, height: 512 },
    ];
    expect(warnings({ images: good })).toEqual([]);
    expect(
      warnings({ images: [{ url, category: 'CHARGER', type: 'png', width: 640, height: 480 }] }),
    ).toEqual(expect.arrayContaining(['images', 'images[0]', 'images[0].thumbnail']));
  });

  it('LOC-50 (partial: linter), LOC-53 (partial: linter): 400 V on three phases and a connector without tariff', () => {
    const connector = aConnector({ power_type: 'AC_3_PHASE', max_voltage: 400, tariff_ids: [] });
    expect(warnings({ evses: [anEvse({ connectors: [connector] })] })).toEqual(
      expect.arrayContaining([
        'evses[0].connectors[0].max_voltage',
        'evses[0].connectors[0].tariff_ids',
      ]),
    );
  });

  it('LOC-78 (partial: linter) [2.3.0]: a restriction by vehicle without such a place, and one older versions lose', () => {
    const path = 'evses[0].parking_restrictions';
    expect(warnings({ evses: [anEvse({ parking_restrictions: ['DISABLED'] })] })).toContain(path);
    expect(warnings({ evses: [anEvse({ parking_restrictions: ['TENANTS'] })] })).toContain(path);
    const bay = place({ vehicle_types: ['DISABLED'], restricted_to_type: true });
    const evse = anEvse({ parking_restrictions: ['DISABLED'], parking: [{ parking_id: 'P1' }] });
    expect(warnings({ parking_places: [bay], evses: [evse] })).not.toContain(path);
  });

  it('LOC-44 (partial: linter): a closing over an opening', () => {
    const period = { period_begin: '2026-12-25T03:00:00Z', period_end: '2026-12-25T05:00:00Z' };
    const opening_times = {
      twentyfourseven: true,
      exceptional_openings: [period],
      exceptional_closings: [period],
    };
    expect(warnings({ opening_times })).toContain('opening_times.exceptional_closings[0]');
  });
});
