import { aConnector, aLocation, anEvse, aView, type Wire } from '../../../test/location-builder.js';
import { type OcpiVersion } from '../../types/ocpi-version.js';
import { type Connector, type Evse, type Location, type Parking } from './location.js';
import {
  CAPABILITIES,
  CONNECTOR_CAPABILITIES,
  CONNECTOR_FORMATS,
  CONNECTOR_TYPES,
  FACILITIES,
  PARKING_RESTRICTIONS,
  PARKING_TYPES,
  POWER_TYPES,
  STATUSES,
} from './location-enums.js';
import { locationCodec } from './location-codec-for.js';

const OLDER: OcpiVersion[] = ['2.2.1', '2.1.1'];
const location = (version: OcpiVersion, fields: Partial<Location>): Wire =>
  locationCodec(version).encodeLocation(aLocation(fields), aView(version));
const evse = (version: OcpiVersion, fields: Partial<Evse>, site: Partial<Location> = {}): Wire =>
  locationCodec(version).encodeEvse(anEvse(fields), aLocation(site), aView(version));
const connector = (version: OcpiVersion, fields: Partial<Connector>): Wire =>
  locationCodec(version).encodeConnector(aConnector(fields), anEvse(), aLocation(), aView(version));

type Row = [value: string, v221: string | undefined, v211: string | undefined];
const kept = (...values: string[]): Row[] => values.map((v) => [v, v, v]);
const until221 = (...values: string[]): Row[] => values.map((v) => [v, v, undefined]);
const into = (v221: string | undefined, v211: string | undefined, ...values: string[]): Row[] =>
  values.map((v) => [v, v221, v211]);

describe('T11 enums of Locations', () => {
  it.each(STATUSES)('T11 Status %s is kept by every version', (status) => {
    for (const version of OLDER) expect(evse(version, { status }).status).toBe(status);
  });

  const parkingTypes: Row[] = [
    ['ALONG_MOTORWAY', 'ALONG_MOTORWAY', 'OTHER'],
    ['ON_DRIVEWAY', 'ON_DRIVEWAY', 'OTHER'],
    ...kept('PARKING_GARAGE', 'PARKING_LOT', 'ON_STREET', 'UNDERGROUND_GARAGE'),
    ['ROOFTOP', undefined, 'OTHER'],
  ];
  it.each(parkingTypes)('T11 ParkingType %s is %s on 2.2.1 and %s on 2.1.1', (type, a, b) => {
    expect(location('2.2.1', { parking_type: type }).parking_type).toBe(a);
    expect(location('2.1.1', { parking_type: type }).type).toBe(b);
  });
  it('LOC-49: no parking type is absent from 2.2.1 on and UNKNOWN on 2.1.1', () => {
    expect(location('2.3.0', {})).not.toHaveProperty('parking_type');
    expect(location('2.2.1', {})).not.toHaveProperty('parking_type');
    expect(location('2.1.1', {}).type).toBe('UNKNOWN');
  });

  const capabilities: Row[] = [
    ...kept(
      'CHARGING_PROFILE_CAPABLE',
      'CREDIT_CARD_PAYABLE',
      'REMOTE_START_STOP_CAPABLE',
      'RESERVABLE',
      'RFID_READER',
      'UNLOCK_CAPABLE',
    ),
    ...until221(
      'CHARGING_PREFERENCES_CAPABLE',
      'CHIP_CARD_SUPPORT',
      'CONTACTLESS_CARD_SUPPORT',
      'PED_TERMINAL',
      'TOKEN_GROUP_CAPABLE',
      'DEBIT_CARD_PAYABLE',
      'START_SESSION_CONNECTOR_REQUIRED',
    ),
    ['HANDSHAKE_BY_LIGHT', undefined, undefined],
  ];
  it.each(capabilities)('T11 Capability %s is %s on 2.2.1 and %s on 2.1.1', (value, a, b) => {
    expect(evse('2.2.1', { capabilities: [value] }).capabilities?.[0]).toBe(a);
    expect(evse('2.1.1', { capabilities: [value] }).capabilities?.[0]).toBe(b);
  });
  it('T11 START_SESSION_CONNECTOR_REQUIRED takes remote start with it on 2.1.1 only', () => {
    const given = ['REMOTE_START_STOP_CAPABLE', 'START_SESSION_CONNECTOR_REQUIRED', 'RFID_READER'];
    expect(evse('2.2.1', { capabilities: given }).capabilities).toEqual(given);
    expect(evse('2.1.1', { capabilities: given }).capabilities).toEqual(['RFID_READER']);
  });

  it.each(CONNECTOR_CAPABILITIES)('T11 ConnectorCapability %s is dropped', (value) => {
    expect(connector('2.3.0', { capabilities: [value] }).capabilities).toEqual([value]);
    for (const v of OLDER)
      expect(connector(v, { capabilities: [value] }).capabilities).toBeUndefined();
  });
  it.each(CONNECTOR_FORMATS)('T11 ConnectorFormat %s is kept', (format) => {
    for (const version of OLDER) expect(connector(version, { format }).format).toBe(format);
  });

  const standards: Row[] = [
    ...kept(
      'CHADEMO',
      ...'ABCDEFGHIJKL'.split('').map((letter) => `DOMESTIC_${letter}`),
      'IEC_60309_2_single_16',
      'IEC_60309_2_three_16',
      'IEC_60309_2_three_32',
      'IEC_60309_2_three_64',
      'IEC_62196_T1',
      'IEC_62196_T1_COMBO',
      'IEC_62196_T2',
      'IEC_62196_T2_COMBO',
      'IEC_62196_T3A',
      'IEC_62196_T3C',
      'TESLA_R',
      'TESLA_S',
    ),
    ...until221(
      'CHAOJI',
      'DOMESTIC_M',
      'DOMESTIC_N',
      'DOMESTIC_O',
      'GBT_AC',
      'GBT_DC',
      'NEMA_5_20',
      'NEMA_6_30',
      'NEMA_6_50',
      'NEMA_10_30',
      'NEMA_10_50',
      'NEMA_14_30',
      'NEMA_14_50',
      'PANTOGRAPH_BOTTOM_UP',
      'PANTOGRAPH_TOP_DOWN',
    ),
    ...into('TESLA_S', 'TESLA_S', 'SAE_J3400'),
    ...into(undefined, undefined, 'MCS', 'MAGNETIC_PLATE'),
  ];
  it.each(standards)('T11 ConnectorType %s is %s on 2.2.1 and %s on 2.1.1', (standard, a, b) => {
    expect(connector('2.2.1', { standard })?.standard).toBe(a);
    expect(connector('2.1.1', { standard })?.standard).toBe(b);
    expect(connector('2.3.0', { standard }).standard).toBe(standard);
  });
  it('T11 SAE_J3400 is withheld where the partner switched the replacement off', () => {
    for (const version of OLDER) {
      const view = aView(version, { j3400AsTeslaS: false });
      const nacs = aConnector({ standard: 'SAE_J3400' });
      expect(
        locationCodec(version).encodeConnector(nacs, anEvse(), aLocation(), view),
      ).toBeUndefined();
    }
  });

  const powerTypes: Row[] = [
    ...kept('AC_1_PHASE', 'AC_3_PHASE', 'DC'),
    ['AC_2_PHASE', 'AC_2_PHASE', 'AC_1_PHASE'],
    ['AC_2_PHASE_SPLIT', 'AC_2_PHASE_SPLIT', 'AC_1_PHASE'],
  ];
  it.each(powerTypes)('T11 PowerType %s is %s on 2.2.1 and %s on 2.1.1', (type, a, b) => {
    const power_type = type as Connector['power_type'];
    expect(connector('2.2.1', { power_type }).power_type).toBe(a);
    expect(connector('2.1.1', { power_type }).power_type).toBe(b);
  });

  const restrictions: Row[] = [
    ...kept('CUSTOMERS', 'DISABLED', 'EV_ONLY', 'MOTORCYCLES', 'PLUGGED'),
    ...into(undefined, undefined, 'EMPLOYEES', 'TAXIS', 'TENANTS', 'GUESTS_OF_HONOUR'),
  ];
  it.each(restrictions)(
    'T11 ParkingRestriction %s is %s on 2.2.1 and %s on 2.1.1',
    (value, a, b) => {
      expect(evse('2.2.1', { parking_restrictions: [value] }).parking_restrictions?.[0]).toBe(a);
      expect(evse('2.1.1', { parking_restrictions: [value] }).parking_restrictions?.[0]).toBe(b);
    },
  );

  const newFacilities = ['BIKE_SHARING', 'TRAM_STOP', 'METRO_STATION', 'PARKING_LOT'];
  const facilities: Row[] = [
    ...until221(...newFacilities),
    ...kept(...FACILITIES.filter((f) => !newFacilities.includes(f))),
    ['BOULDER_GYM', undefined, undefined],
  ];
  it.each(facilities)('T11 Facility %s is %s on 2.2.1 and %s on 2.1.1', (value, a, b) => {
    expect(location('2.2.1', { facilities: [value] }).facilities?.[0]).toBe(a);
    expect(location('2.1.1', { facilities: [value] }).facilities?.[0]).toBe(b);
  });

  it.each([
    'NUCLEAR',
    'GENERAL_FOSSIL',
    'COAL',
    'GAS',
    'GENERAL_GREEN',
    'SOLAR',
    'WIND',
    'WATER',
  ] as const)('T11 EnergySourceCategory %s is kept', (source) => {
    const energy_mix = { is_green_energy: false, energy_sources: [{ source, percentage: 100 }] };
    for (const v of OLDER) expect(location(v, { energy_mix }).energy_mix).toEqual(energy_mix);
  });
  it.each(['NUCLEAR_WASTE', 'CARBON_DIOXIDE'])(
    'T11 EnvironmentalImpactCategory %s is kept',
    (category) => {
      const energy_mix = { is_green_energy: false, environ_impact: [{ category, amount: 3 }] };
      expect(location('2.2.1', { energy_mix }).energy_mix.environ_impact[0].category).toBe(
        category,
      );
      expect(location('2.1.1', { energy_mix }).energy_mix.environ_impact[0].source).toBe(category);
    },
  );
  it('T11 a custom EnvironmentalImpactCategory is dropped before 2.3.0', () => {
    const energy_mix = {
      is_green_energy: false,
      environ_impact: [{ category: 'NOISE', amount: 3 }],
    };
    expect(location('2.3.0', { energy_mix }).energy_mix).toEqual(energy_mix);
    for (const v of OLDER)
      expect(location(v, { energy_mix }).energy_mix).toEqual({ is_green_energy: false });
  });

  it.each(['CHARGER', 'ENTRANCE', 'LOCATION', 'NETWORK', 'OPERATOR', 'OTHER', 'OWNER'])(
    'T11 ImageCategory %s is kept',
    (category) => {
      const images = [{ url: 'https://e.example/p.jpeg', category, type: 'jpeg' }];
      for (const v of OLDER) expect(location(v, { images }).images).toEqual(images);
    },
  );
  it('T11 a custom ImageCategory is OTHER before 2.3.0', () => {
    const images = [{ url: 'https://e.example/p.jpeg', category: 'DRONE', type: 'jpeg' }];
    expect(location('2.3.0', { images }).images[0].category).toBe('DRONE');
    for (const v of OLDER) expect(location(v, { images }).images[0].category).toBe('OTHER');
  });

  it('T11 VehicleType, ParkingDirection and EVSEPosition leave no trace before 2.3.0', () => {
    const place: Parking = {
      id: 'P1',
      vehicle_types: ['VAN'],
      direction: 'PARALLEL',
      restricted_to_type: false,
      reservation_required: false,
    };
    const site = {
      parking_places: [place],
      evses: [anEvse({ parking: [{ parking_id: 'P1', evse_position: 'LEFT' }] })],
    };
    for (const v of OLDER)
      expect(JSON.stringify(location(v, site))).not.toMatch(/VAN|PARALLEL|LEFT|parking_p/);
  });

  it('TYP-16 (partial: Locations), LOC-64 (partial: outgoing values), LOC-71 (partial: outgoing values): custom values reach 2.3.0 only', () => {
    const site = aLocation({
      facilities: ['OWN_VALUE'],
      parking_type: 'OWN_VALUE',
      evses: [anEvse({ capabilities: ['OWN_VALUE'], parking_restrictions: ['OWN_VALUE'] })],
    });
    const text = (v: OcpiVersion) =>
      JSON.stringify(locationCodec(v).encodeLocation(site, aView(v)));
    expect(text('2.3.0').match(/OWN_VALUE/g)).toHaveLength(4);
    for (const version of OLDER) expect(text(version)).not.toContain('OWN_VALUE');
  });

  it('T11 every value of the 2.3.0 lists has a row above', () => {
    const tested = (rows: readonly Row[]) => new Set(rows.map(([value]) => value));
    const missing = [
      ...CAPABILITIES.filter((v) => !tested(capabilities).has(v)),
      ...CONNECTOR_TYPES.filter((v) => !tested(standards).has(v)),
      ...FACILITIES.filter((v) => !tested(facilities).has(v)),
      ...PARKING_TYPES.filter((v) => !tested(parkingTypes).has(v)),
      ...PARKING_RESTRICTIONS.filter((v) => !tested(restrictions).has(v)),
      ...POWER_TYPES.filter((v) => !tested(powerTypes).has(v)),
    ];
    expect(missing).toEqual([]);
  });
});
