import { aConnector, aLocation, anEvse, aView, type Wire } from '../../../test/location-builder.js';
import { OCPI_VERSIONS } from '../../types/ocpi-version.js';
import { type Evse, type Location } from './location.js';
import { diffLocation } from './location-diff.js';
import { restamp } from './location-stamps.js';
import { locationFieldsOnWire, locationUpdate } from './location-wire-fields.js';
import { locationCodec } from './location-codec-for.js';
import { sameOnWire } from './same-on-wire.js';

const two = (first: Partial<Evse> = {}, second: Partial<Evse> = {}): Location =>
  aLocation({
    evses: [anEvse({ uid: 'A', ...first }), anEvse({ uid: 'B', evse_id: 'BE*BEC*E2', ...second })],
  });
const place = {
  id: 'P1',
  vehicle_types: ['DISABLED'],
  restricted_to_type: true,
  reservation_required: false,
};

describe('the smallest level that covers a change', () => {
  it('LOC-21 (partial: level of change): a status is a change of one EVSE', () => {
    expect(
      diffLocation(two(), two({ status: 'CHARGING', last_updated: '2026-02-01T00:00:00Z' })),
    ).toEqual({
      level: 'evse',
      full: false,
      evseUid: 'A',
      fields: ['status'],
      removes: false,
      created: false,
    });
  });

  it('timestamps, key order and empty lists are no change', () => {
    const { name, ...rest } = two();
    const same = {
      ...rest,
      name: name ?? '',
      directions: [],
      last_updated: '2027-01-01T00:00:00Z',
    };
    expect(diffLocation(two(), same).level).toBe('none');
  });

  it('LOC-17 (partial: level of change), LOC-19 (partial: level of change): a field of the Location, and one taken away', () => {
    expect(diffLocation(two(), { ...two(), name: 'New' })).toMatchObject({
      level: 'location',
      fields: ['name'],
      removes: false,
    });
    const { name: _gone, ...nameless } = two();
    expect(diffLocation(two(), nameless)).toMatchObject({ fields: ['name'], removes: true });
    const operator = { name: 'Op', website: 'https://op.example' };
    const before = { ...two(), operator };
    expect(diffLocation(before, { ...two(), operator: { name: 'Op' } })).toMatchObject({
      fields: ['operator'],
      removes: true,
    });
  });

  it('LOC-19 (partial: level of change): the last tariff of a connector goes', () => {
    const after = two({ connectors: [aConnector({ tariff_ids: [] })] });
    expect(diffLocation(two(), after)).toMatchObject({
      level: 'connector',
      evseUid: 'A',
      connectorId: '1',
      fields: ['tariff_ids'],
      removes: true,
    });
  });

  it('LOC-15 (partial: level of change): a new EVSE and a new connector are created on their level', () => {
    const base = two();
    const grown = { ...base, evses: [...(base.evses ?? []), anEvse({ uid: 'C' })] };
    expect(diffLocation(base, grown)).toMatchObject({ level: 'evse', evseUid: 'C', created: true });
    const plugged = two({ connectors: [aConnector(), aConnector({ id: '2' })] });
    expect(diffLocation(base, plugged)).toMatchObject({
      level: 'connector',
      connectorId: '2',
      created: true,
    });
  });

  it('an EVSE that older versions may not know yet goes whole', () => {
    const mcs = aConnector({ standard: 'MCS' });
    const before = two({ connectors: [mcs] });
    expect(diffLocation(before, two({ connectors: [mcs, aConnector({ id: '2' })] }))).toMatchObject(
      {
        level: 'evse',
        fields: ['connectors'],
        removes: true,
      },
    );
    expect(diffLocation(before, two())).toMatchObject({ level: 'evse', removes: true });
  });

  it('several nodes, a missing EVSE, a new Location and a changed publication go whole', () => {
    const whole = { level: 'location', full: true };
    expect(diffLocation(undefined, two())).toEqual(whole);
    expect(diffLocation(two(), two({ status: 'BLOCKED' }, { status: 'BLOCKED' }))).toEqual(whole);
    expect(diffLocation(two(), { ...two({ status: 'BLOCKED' }), name: 'New' })).toEqual(whole);
    expect(diffLocation(two(), aLocation({ evses: [anEvse({ uid: 'A' })] }))).toEqual(whole);
    expect(diffLocation(two(), { ...two(), publish: false })).toEqual(whole);
  });

  it('LOC-61 (partial: level of change) [2.3.0]: a place is a change of the Location, unless older versions see EVSEs change', () => {
    const parking = [{ parking_id: 'P1' }];
    const site = (fields: object) => ({
      ...two({ parking }),
      parking_places: [{ ...place, ...fields }],
    });
    expect(diffLocation(site({}), site({ parking_space_width: 250 }))).toMatchObject({
      level: 'location',
      full: false,
      fields: ['parking_places'],
    });
    expect(diffLocation(site({}), site({ restricted_to_type: false }))).toMatchObject({
      full: true,
    });
  });

  it('linking a place counts as a change of restrictions for older versions', () => {
    const before = { ...two(), parking_places: [place] };
    const after = { ...two({ parking: [{ parking_id: 'P1' }] }), parking_places: [place] };
    expect(diffLocation(before, after)).toMatchObject({
      level: 'evse',
      fields: ['parking', 'parking_restrictions'],
    });
  });
});

describe('stamps', () => {
  const at = new Date('2026-03-01T00:00:00.500Z');
  const stamps = (location: Location) => [
    location.last_updated,
    ...(location.evses ?? []).flatMap((e) => [
      e.last_updated,
      ...e.connectors.map((c) => c.last_updated),
    ]),
  ];
  const OLD = '2026-01-01T10:00:00Z';
  const NOW = '2026-03-01T00:00:00.500Z';
  const T = '2026-02-01T00:00:00Z';

  it('LOC-22 (partial: stamps), LOC-23 (partial: own stamps) [2.2.1+]: a connector change stamps connector, EVSE and Location with one stamp', () => {
    const changed = aConnector({ max_amperage: 300, last_updated: T });
    expect(stamps(restamp(two(), two({ connectors: [changed] }), at))).toEqual([T, T, T, OLD, OLD]);
  });
  it('LOC-22 (partial: stamps): an EVSE change leaves its connectors and siblings alone', () => {
    expect(stamps(restamp(two(), two({ status: 'BLOCKED' }), at))).toEqual([
      NOW,
      NOW,
      OLD,
      OLD,
      OLD,
    ]);
  });
  it('LOC-22 (partial: stamps): a Location change leaves its EVSEs alone', () => {
    expect(stamps(restamp(two(), { ...two(), name: 'New', last_updated: T }, at))).toEqual([
      T,
      OLD,
      OLD,
      OLD,
      OLD,
    ]);
  });
  it('LOC-22 (partial: stamps): without a change stored stamps stay, whatever was stated', () => {
    const stated = { ...two({ last_updated: T }), last_updated: T };
    expect(stamps(restamp(two(), stated, at))).toEqual([OLD, OLD, OLD, OLD, OLD]);
  });
  it('LOC-22 (partial: stamps): a stamp never goes back, and parents are never older than children', () => {
    const future = '2030-01-01T00:00:00Z';
    const before = two({ last_updated: future });
    const after = two({ status: 'BLOCKED', last_updated: T });
    expect(stamps(restamp(before, after, at))).toEqual([future, future, OLD, OLD, OLD]);
  });
  it('LOC-22 (partial: stamps): the first time given stamps stay, parents raised', () => {
    const site = two({ connectors: [aConnector({ last_updated: T })] });
    expect(stamps(restamp(undefined, site, at))).toEqual([T, T, T, OLD, OLD]);
  });
  it('LOC-61 (partial: stamps) [2.3.0]: a change of a place stamps the Location only', () => {
    const before = { ...two(), parking_places: [place] };
    const after = { ...two(), parking_places: [{ ...place, roofed: true }] };
    expect(stamps(restamp(before, after, at))).toEqual([NOW, OLD, OLD, OLD, OLD]);
  });
});

describe('what a change touches on the wire', () => {
  it.each([
    [
      '2.3.0',
      'location',
      ['parking_places', 'help_phone', 'name'],
      ['parking_places', 'help_phone', 'name'],
    ],
    ['2.2.1', 'location', ['parking_places', 'help_phone', 'name'], ['name']],
    ['2.1.1', 'location', ['state', 'publish_allowed_to', 'help_phone'], []],
    ['2.1.1', 'location', ['parking_type'], ['type']],
    ['2.3.0', 'evse', ['parking'], ['parking']],
    ['2.2.1', 'evse', ['parking', 'accepted_service_providers'], []],
    ['2.1.1', 'connector', ['max_electric_power'], ['amperage']],
    ['2.1.1', 'connector', ['tariff_ids', 'max_voltage'], ['tariff_id', 'voltage', 'amperage']],
    ['2.2.1', 'connector', ['capabilities'], []],
    ['2.2.1', 'location', ['becGateCode'], []],
  ] as const)('[%s] a change of %s fields %j touches %j', (version, level, fields, keys) => {
    expect(locationFieldsOnWire(version, level, fields)).toEqual(keys);
  });

  it('LOC-60 (partial: changes) [2.3.0]: what a partner is not shown does not change for it', () => {
    const view = { parkingPlaces: false, acceptedServiceProviders: false };
    expect(locationFieldsOnWire('2.3.0', 'location', ['parking_places'], view)).toEqual([]);
    expect(
      locationFieldsOnWire('2.3.0', 'evse', ['parking', 'accepted_service_providers'], view),
    ).toEqual([]);
  });

  const update = (v: (typeof OCPI_VERSIONS)[number], fields: string[], removes = false) => {
    const encoded = locationCodec(v).encodeEvse(
      anEvse({ status: 'CHARGING' }),
      aLocation(),
      aView(v),
    );
    return locationUpdate(v, { level: 'evse', fields, removes, created: false }, encoded ?? {});
  };
  it.each(OCPI_VERSIONS)(
    'LOC-18 (partial: body), TRN-36 (partial: Locations) [%s]: a status PATCH is status and last_updated',
    (v) => {
      expect(update(v, ['status'])).toEqual({
        method: 'PATCH',
        body: { status: 'CHARGING', last_updated: '2026-01-01T10:00:00Z' },
      });
    },
  );
  it.each(OCPI_VERSIONS)(
    'LOC-19 (partial: body), TRN-38 (partial: Locations) [%s]: what was taken away needs PUT',
    (v) => {
      expect(update(v, ['directions'], true)?.method).toBe('PUT');
      expect(update(v, ['directions'])?.method).toBe('PUT');
    },
  );
  it('a change invisible in a version is told to nobody there', () => {
    expect(update('2.1.1', ['parking'])).toBeUndefined();
  });
  it('LOC-20 (partial: body) [2.2.1+]: a list in a PATCH is the whole list', () => {
    const connector = aConnector({ tariff_ids: ['14', '15'] });
    const encoded = locationCodec('2.2.1').encodeConnector(
      connector,
      anEvse(),
      aLocation(),
      aView('2.2.1'),
    );
    const change = {
      level: 'connector',
      fields: ['tariff_ids'],
      removes: false,
      created: false,
    } as const;
    expect(locationUpdate('2.2.1', change, encoded ?? {})?.body).toEqual({
      tariff_ids: ['14', '15'],
      last_updated: '2026-01-01T10:00:00Z',
    });
  });
});

describe('comparing with the copy of a partner', () => {
  const ours = locationCodec('2.2.1').encodeLocation(
    two({ capabilities: ['RFID_READER', 'RESERVABLE'] }),
    aView('2.2.1'),
  );
  const copy = (): Wire => structuredClone(ours);
  const same = (change: (theirs: Wire) => void): boolean => {
    const theirs = copy();
    change(theirs);
    return sameOnWire('2.2.1', 'location', ours, theirs);
  };

  it.each<[string, (theirs: Wire) => void]>([
    ['an unknown extra field', (t) => (t.foo = { bar: 1 })],
    ['null for an absent field', (t) => (t.directions = null)],
    ['an empty list for an absent one', (t) => (t.images = [])],
    ['a default written out', (t) => (t.charging_when_closed = true)],
    [
      'a DateTime without Z and with fractions',
      (t) => (t.last_updated = '2026-01-01T10:00:00.000'),
    ],
    ['another number of decimals', (t) => (t.coordinates.latitude = '51.04759')],
    ['a quoted number', (t) => (t.evses[0].connectors[0].max_voltage = '920')],
    ['EVSEs in another order', (t) => t.evses.reverse()],
    ['capabilities in another order', (t) => t.evses[0].capabilities.reverse()],
  ])(
    'LOC-24 (partial: comparison), LOC-64 (partial: comparison): %s is no difference',
    (_title, change) => {
      expect(same(change)).toBe(true);
    },
  );

  it.each<[string, (theirs: Wire) => void]>([
    ['another status', (t) => (t.evses[0].status = 'BLOCKED')],
    ['a field we no longer have', (t) => (t.directions = [{ language: 'nl', text: 'x' }])],
    ['a missing field', (t) => delete t.name],
    ['a missing EVSE', (t) => t.evses.pop()],
    ['an older stamp', (t) => (t.last_updated = '2026-01-01T09:59:59Z')],
    ['another tariff', (t) => (t.evses[1].connectors[0].tariff_ids = ['15'])],
    ['another place', (t) => (t.coordinates.longitude = '3.72944')],
    ['text in another case', (t) => (t.name = 'GENT ZUID')],
  ])(
    'LOC-24 (partial: comparison), LOC-16 (partial: comparison): %s is a difference',
    (_title, change) => {
      expect(same(change)).toBe(false);
    },
  );
});
