import { aConnector, aLocation, anEvse, aView, type Wire } from '../../../test/location-builder.js';
import { OCPI_VERSIONS, type OcpiVersion } from '../../types/ocpi-version.js';
import { type Connector, type Location, type Parking } from './location.js';
import { type LocationView } from './location-view.js';
import { locationCodec } from './location-codec-for.js';

const encode = (
  v: OcpiVersion,
  fields: Partial<Location> = {},
  view: Partial<LocationView> = {},
): Wire => locationCodec(v).encodeLocation(aLocation(fields), aView(v, view));
const connectorOf = (
  v: OcpiVersion,
  fields: Partial<Connector>,
  view: Partial<LocationView> = {},
): Wire =>
  locationCodec(v).encodeConnector(aConnector(fields), anEvse(), aLocation(), aView(v, view));

const LONG_ADDRESS = 'Industriepark Zwijnaarde gebouw zeventien, ingang aan de achterzijde';

describe('T1 Location', () => {
  it('LOC-13 (partial: body only) [2.1.1], CHG-06 (partial: Locations): the owner is in the body from 2.2.1 on only', () => {
    expect(encode('2.3.0')).toMatchObject({ country_code: 'BE', party_id: 'BEC' });
    expect(encode('2.2.1')).toMatchObject({ country_code: 'BE', party_id: 'BEC' });
    expect(Object.keys(encode('2.1.1'))).not.toEqual(expect.arrayContaining(['party_id']));
    expect(encode('2.1.1')).not.toHaveProperty('country_code');
  });

  it('LOC-39 (partial: codec) [2.1.1]: an unpublished Location is withheld, with its EVSEs and Connectors', () => {
    const hidden = aLocation({ publish: false });
    const codec = locationCodec('2.1.1');
    expect(codec.encodeLocation(hidden, aView('2.1.1'))).toBeUndefined();
    expect(codec.encodeEvse(anEvse(), hidden, aView('2.1.1'))).toBeUndefined();
    expect(codec.encodeConnector(aConnector(), anEvse(), hidden, aView('2.1.1'))).toBeUndefined();
  });

  it('LOC-35: publish is always sent, and the list of tokens only beside publish false', () => {
    const list = [
      { uid: '1', type: 'EMAID' },
      { uid: '2', type: 'PALM' },
      { uid: '3', type: 'RFID' },
    ];
    for (const v of ['2.2.1', '2.3.0'] as const) {
      expect(encode(v).publish).toBe(true);
      expect(encode(v, { publish_allowed_to: list })).not.toHaveProperty('publish_allowed_to');
      expect(
        encode(v, { publish: false, publish_allowed_to: list }).publish_allowed_to,
      ).toHaveLength(3);
    }
    expect(
      encode('2.2.1', { publish: false, publish_allowed_to: list }).publish_allowed_to,
    ).toEqual([
      { uid: '1', type: 'OTHER' },
      { uid: '2', type: 'OTHER' },
      { uid: '3', type: 'RFID' },
    ]);
    expect(encode('2.1.1', {})).not.toHaveProperty('publish');
  });

  it('LOC-40, CHG-08 (partial: Locations): address and state fit each version and edition', () => {
    const state = 'Oost-Vlaanderen in Belgie';
    const cut = 'Industriepark Zwijnaarde gebouw zeventien';
    const fields = { address: LONG_ADDRESS, state };
    expect(encode('2.3.0', fields)).toMatchObject({ address: LONG_ADDRESS, state });
    expect(encode('2.3.0', fields, { firstEdition: true }).address).toBe(cut);
    expect(encode('2.3.0', fields, { firstEdition: true }).state).toBe('Oost-Vlaanderen in');
    expect(encode('2.2.1', fields)).toMatchObject({ address: cut, state: 'Oost-Vlaanderen in' });
    expect(encode('2.1.1', fields).address).toBe(cut);
    expect(encode('2.1.1', fields)).not.toHaveProperty('state');
  });

  it('LOC-48: a missing postal code is absent from 2.2.1 on and the placeholder on 2.1.1', () => {
    const { postal_code: _none, ...site } = aLocation();
    for (const v of ['2.2.1', '2.3.0'] as const) {
      expect(locationCodec(v).encodeLocation(site, aView(v))).not.toHaveProperty('postal_code');
    }
    const view = aView('2.1.1', { postalCodePlaceholder: '0000' });
    expect(locationCodec('2.1.1').encodeLocation(site, view)?.postal_code).toBe('0000');
  });

  it('TYP-03 (partial: texts of Locations): UTF-8 from 2.2.1 on, printable ASCII before unless the partner takes more', () => {
    const fields = { name: 'Café\nA', city: 'Köln', operator: { name: 'Straße & Söhne' } };
    expect(encode('2.2.1', fields).name).toBe('Café A');
    expect(encode('2.1.1', fields)).toMatchObject({
      name: 'Cafe A',
      city: 'Koln',
      operator: { name: 'Strasse & Sohne' },
    });
    expect(encode('2.1.1', fields, { asciiOnly: false }).city).toBe('Köln');
  });

  it('TYP-05 (partial: Locations): transliteration never makes a text longer than its field', () => {
    const fields = { city: 'ß'.repeat(45), evses: [anEvse({ floor_level: 'ßßßß' })] };
    expect(encode('2.1.1', fields).city).toHaveLength(45);
    expect(encode('2.1.1', fields).evses[0].floor_level).toBe('ssss');
  });

  it.each([
    ['51.04760', '51.04760', '51.047600'],
    ['51.0476012', '51.0476012', '51.047601'],
    ['-33.8688197', '-33.868820', '-33.868820'],
    ['-33.5', '-33.500000', '-33.500000'],
    ['9', '9.000000', '9.000000'],
  ])(
    'LOC-46 (partial: output), TYP-12 (partial: output): latitude %s is %s, and %s on 2.1.1',
    (latitude, later, older) => {
      const coordinates = { latitude, longitude: '3.729430' };
      for (const v of ['2.2.1', '2.3.0'] as const) {
        expect(encode(v, { coordinates }).coordinates.latitude).toBe(later);
        expect(encode(v, { evses: [anEvse({ coordinates })] }).evses[0].coordinates.latitude).toBe(
          later,
        );
      }
      const site = {
        coordinates,
        related_locations: [{ ...coordinates, name: { language: 'nl', text: 'Één' } }],
      };
      expect(encode('2.1.1', site).coordinates.latitude).toBe(older);
      expect(encode('2.1.1', site).related_locations).toEqual([
        { latitude: older, longitude: '3.729430', name: { language: 'nl', text: 'Een' } },
      ]);
    },
  );

  it('TYP-13 (partial: Locations): markup is taken out of display texts', () => {
    const directions = [{ language: 'en', text: '<b>Left</b> &amp; up<br/>the ramp' }];
    for (const v of OCPI_VERSIONS) {
      expect(encode(v, { directions }).directions[0].text).toBe('Left & up the ramp');
    }
  });

  it('LOC-42 (partial: output): 24/7 is the flag on all versions, hours stand alone on 2.1.1', () => {
    const regular_hours = [{ weekday: 5, period_begin: '20:00', period_end: '23:59' }];
    for (const v of OCPI_VERSIONS) {
      const always = encode(v, { opening_times: { twentyfourseven: true } });
      expect(always.opening_times).toEqual({ twentyfourseven: true });
    }
    const opening_times = { twentyfourseven: false, regular_hours };
    expect(encode('2.3.0', { opening_times }).opening_times).toEqual(opening_times);
    expect(encode('2.2.1', { opening_times }).opening_times).toEqual(opening_times);
    expect(encode('2.1.1', { opening_times }).opening_times).toEqual({ regular_hours });
  });

  it('LOC-44 (partial: output), TYP-06 (partial: Locations): instants are UTC with Z, in whole seconds on 2.1.1', () => {
    const closing = {
      period_begin: '2026-12-25T03:00:00+01:00',
      period_end: '2026-12-25T05:00:00.250+01:00',
    };
    const fields = {
      opening_times: { twentyfourseven: true, exceptional_closings: [closing] },
      last_updated: '2026-01-01T10:00:00.987Z',
    };
    expect(encode('2.2.1', fields).opening_times.exceptional_closings).toEqual([
      { period_begin: '2026-12-25T02:00:00Z', period_end: '2026-12-25T04:00:00.250Z' },
    ]);
    expect(encode('2.1.1', fields).opening_times.exceptional_closings).toEqual([
      { period_begin: '2026-12-25T02:00:00Z', period_end: '2026-12-25T04:00:00Z' },
    ]);
    expect(encode('2.3.0', fields).last_updated).toBe('2026-01-01T10:00:00.987Z');
    expect(encode('2.1.1', fields).last_updated).toBe('2026-01-01T10:00:00Z');
  });

  it('LOC-45 (partial: output): charging_when_closed is sent as stated, absence stays absence', () => {
    for (const v of OCPI_VERSIONS) {
      expect(encode(v, { charging_when_closed: false }).charging_when_closed).toBe(false);
      expect(encode(v)).not.toHaveProperty('charging_when_closed');
    }
  });

  it('LOC-65 (partial: output): the key of an impact is category from 2.2.1 on and source before', () => {
    const environ_impact = [{ category: 'CARBON_DIOXIDE', amount: 0.1 + 0.2 }];
    const energy_mix = { is_green_energy: false, environ_impact, supplier_name: 'Élia' };
    const later = [{ category: 'CARBON_DIOXIDE', amount: 0.3 }];
    expect(encode('2.3.0', { energy_mix }).energy_mix.environ_impact).toEqual(later);
    expect(encode('2.2.1', { energy_mix }).energy_mix.environ_impact).toEqual(later);
    expect(encode('2.1.1', { energy_mix }).energy_mix).toEqual({
      is_green_energy: false,
      environ_impact: [{ source: 'CARBON_DIOXIDE', amount: 0.3 }],
      supplier_name: 'Elia',
    });
  });

  it('T1 help_phone exists from 2.3.0 on', () => {
    const fields = { help_phone: '+3212345678' };
    expect(encode('2.3.0', fields).help_phone).toBe('+3212345678');
    expect(encode('2.2.1', fields)).not.toHaveProperty('help_phone');
    expect(encode('2.1.1', fields)).not.toHaveProperty('help_phone');
  });

  it('TRN-51 (partial: Locations): fields nobody documents reach 2.3.0 only', () => {
    const site = { ...aLocation(), becGateCode: '12' };
    expect(locationCodec('2.3.0').encodeLocation(site, aView('2.3.0'))).toHaveProperty(
      'becGateCode',
    );
    expect(locationCodec('2.2.1').encodeLocation(site, aView('2.2.1'))).not.toHaveProperty(
      'becGateCode',
    );
    expect(locationCodec('2.1.1').encodeLocation(site, aView('2.1.1'))).not.toHaveProperty(
      'becGateCode',
    );
  });

  it.each(OCPI_VERSIONS)('T1 [%s] the rest is kept, and empty lists are left out', (v) => {
    const fields: Partial<Location> = {
      related_locations: [],
      images: [
        {
          url: 'https://e.example/a.png',
          thumbnail: 'https://e.example/t.png',
          category: 'CHARGER',
          type: 'png',
          width: 800,
          height: 600,
        },
      ],
      owner: {
        name: 'Own',
        website: 'https://own.example',
        logo: { url: 'https://own.example/l.svg', category: 'OWNER', type: 'svg' },
      },
      suboperator: { name: 'Sub' },
      facilities: ['HOTEL'],
    };
    const { related_locations: _empty, ...rest } = fields;
    const wire = encode(v, fields);
    expect(wire).toMatchObject({
      ...rest,
      id: 'LOC1',
      country: 'BEL',
      time_zone: 'Europe/Brussels',
    });
    expect(wire).not.toHaveProperty('related_locations');
  });

  it.each(OCPI_VERSIONS)(
    'LOC-80 (partial: output) [%s]: every mandatory field is there, evses may be empty',
    (v) => {
      const mandatory = {
        '2.1.1': 'id type address city postal_code country coordinates last_updated',
        '2.2.1':
          'country_code party_id id publish address city country coordinates time_zone last_updated',
        '2.3.0':
          'country_code party_id id publish address city country coordinates time_zone last_updated',
      }[v];
      expect(Object.keys(encode(v))).toEqual(expect.arrayContaining(mandatory.split(' ')));
      expect(encode(v, { evses: [] })).not.toHaveProperty('evses');
      expect(Object.keys(encode(v).evses[0])).toEqual(
        expect.arrayContaining(['uid', 'status', 'connectors', 'last_updated']),
      );
    },
  );
});

describe('T2 EVSE', () => {
  const place = (fields: Partial<Parking>): Parking => ({
    id: 'P1',
    vehicle_types: ['PERSONAL_VEHICLE'],
    restricted_to_type: true,
    reservation_required: false,
    ...fields,
  });

  it('LOC-59, LOC-60 (partial: codec) [2.3.0]: parking is a list of objects and can be switched off', () => {
    const parking = [{ parking_id: 'P1', evse_position: 'LEFT' as const }];
    const fields = { parking_places: [place({})], evses: [anEvse({ parking })] };
    expect(encode('2.3.0', fields).evses[0].parking).toEqual(parking);
    expect(encode('2.3.0', fields).parking_places).toEqual([place({})]);
    const off = encode('2.3.0', fields, { parkingPlaces: false });
    expect(off).not.toHaveProperty('parking_places');
    expect(off.evses[0]).not.toHaveProperty('parking');
    for (const v of ['2.2.1', '2.1.1'] as const) {
      expect(encode(v, fields)).not.toHaveProperty('parking_places');
      expect(encode(v, fields).evses[0]).not.toHaveProperty('parking');
    }
  });

  it.each([
    [[place({ vehicle_types: ['DISABLED'] })], ['DISABLED']],
    [[place({ vehicle_types: ['MOTORCYCLE'] })], ['MOTORCYCLES']],
    [[place({ vehicle_types: ['DISABLED'], restricted_to_type: false })], undefined],
    [[place({ vehicle_types: ['DISABLED', 'VAN'] })], undefined],
    [[place({ vehicle_types: ['DISABLED'] }), place({ id: 'P2' })], undefined],
    [[], undefined],
  ])('T2 restrictions by vehicle are derived from linked places (%#)', (places, expected) => {
    const parking = places.map(({ id }) => ({ parking_id: id }));
    const fields = { parking_places: places, evses: [anEvse({ parking })] };
    for (const v of ['2.2.1', '2.1.1'] as const) {
      expect(encode(v, fields).evses[0].parking_restrictions).toEqual(expected);
    }
    expect(encode('2.3.0', fields).evses[0]).not.toHaveProperty('parking_restrictions');
  });

  it('LOC-62 (partial: codec) [2.3.0]: service providers are shown to access points only', () => {
    const fields = { evses: [anEvse({ accepted_service_providers: ['unzer'] })] };
    expect(encode('2.3.0', fields).evses[0]).not.toHaveProperty('accepted_service_providers');
    const nap = encode('2.3.0', fields, { acceptedServiceProviders: true });
    expect(nap.evses[0].accepted_service_providers).toEqual(['unzer']);
    expect(encode('2.2.1', fields, { acceptedServiceProviders: true }).evses[0]).not.toHaveProperty(
      'accepted_service_providers',
    );
  });

  it('T2 an EVSE without an expressible connector is withheld, its siblings are not', () => {
    const mcs = anEvse({ uid: 'M', connectors: [aConnector({ standard: 'MCS' })] });
    const mixed = anEvse({
      connectors: [aConnector({ standard: 'MCS' }), aConnector({ id: '2' })],
    });
    for (const v of ['2.2.1', '2.1.1'] as const) {
      const wire = encode(v, { evses: [mcs, mixed] });
      expect(wire.evses.map((e: Wire) => e.uid)).toEqual(['3256']);
      expect(wire.evses[0].connectors.map((c: Wire) => c.id)).toEqual(['2']);
    }
    expect(encode('2.3.0', { evses: [mcs, mixed] }).evses).toHaveLength(2);
  });

  it.each(OCPI_VERSIONS)(
    'LOC-74 (partial: output), LOC-29 (partial: codec) [%s]: open-ended schedules and EVSEs without printed id pass',
    (v) => {
      const { evse_id: _id, ...evse } = anEvse({
        status_schedule: [{ period_begin: '2026-02-01T00:00:00Z', status: 'AVAILABLE' }],
        floor_level: '-1',
        physical_reference: 'B2',
        directions: [{ language: 'en', text: 'Left' }],
      });
      const wire = encode(v, { evses: [evse] }).evses[0];
      expect(wire).not.toHaveProperty('evse_id');
      expect(wire).toMatchObject({
        status_schedule: [{ period_begin: '2026-02-01T00:00:00Z', status: 'AVAILABLE' }],
        floor_level: '-1',
        physical_reference: 'B2',
        directions: [{ language: 'en', text: 'Left' }],
      });
    },
  );
});

describe('T3 Connector', () => {
  it('LOC-50 (partial: codec): the power limit lowers the amperage of DC on 2.1.1, names differ', () => {
    const limited = { max_electric_power: 150_000 };
    expect(connectorOf('2.3.0', limited)).toMatchObject({
      max_voltage: 920,
      max_amperage: 400,
      ...limited,
    });
    expect(connectorOf('2.2.1', limited)).toMatchObject({
      max_voltage: 920,
      max_amperage: 400,
      ...limited,
    });
    expect(connectorOf('2.1.1', limited)).toMatchObject({ voltage: 920, amperage: 163 });
    expect(Object.keys(connectorOf('2.1.1', limited)).join()).not.toContain('max_');
  });

  it.each([
    [{ max_electric_power: 900_000 }, 400],
    [
      {
        power_type: 'AC_3_PHASE' as const,
        max_voltage: 230,
        max_amperage: 32,
        max_electric_power: 11_000,
      },
      32,
    ],
    [{ max_voltage: 0, max_electric_power: 1 }, 400],
    [{}, 400],
  ])('T3 amperage on 2.1.1 stays where no DC limit is lower (%#)', (fields, expected) => {
    expect(connectorOf('2.1.1', fields).amperage).toBe(expected);
  });

  it('LOC-52 (partial: codec) [2.1.1]: the one tariff is asked for at the instant of the view', () => {
    const tariffs = {
      visible: () => true,
      regularAt: (ids: readonly string[], at: Date) => (at.getUTCHours() < 12 ? ids[0] : ids[1]),
    };
    const fields = { tariff_ids: ['14', '15'] };
    const at = (hour: string) =>
      connectorOf('2.1.1', fields, { tariffs, at: new Date(`2026-01-01T${hour}:00:00Z`) });
    expect(at('11').tariff_id).toBe('14');
    expect(at('12').tariff_id).toBe('15');
    expect(at('12')).not.toHaveProperty('tariff_ids');
  });

  it('T3 tariffs the partner may not see are not named', () => {
    const tariffs = { visible: (id: string) => id === '15', regularAt: () => undefined };
    const fields = { tariff_ids: ['14', '15'] };
    expect(connectorOf('2.3.0', fields, { tariffs }).tariff_ids).toEqual(['15']);
    expect(connectorOf('2.2.1', fields, { tariffs }).tariff_ids).toEqual(['15']);
    expect(connectorOf('2.2.1', { tariff_ids: ['14'] }, { tariffs })).not.toHaveProperty(
      'tariff_ids',
    );
    expect(connectorOf('2.1.1', fields, { tariffs })).not.toHaveProperty('tariff_id');
  });

  it.each(OCPI_VERSIONS)('T3 [%s] terms and conditions are kept', (v) => {
    const url = 'https://e.example/terms';
    expect(connectorOf(v, { terms_and_conditions: url }).terms_and_conditions).toBe(url);
  });
});
