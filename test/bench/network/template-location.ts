import { type Connector, type Evse, type Location } from '#ocpi';

/** Stands for the seven digits of a Location's number in every text of the template. */
export const NUMBER_MARK = '@@@@@@@';

export const BENCH_PARTY = { country_code: 'NL', party_id: 'BEN' };

export const locationId = (n: number): string => `LOC${String(n).padStart(7, '0')}`;
export const evseUid = (n: number, evse: number): string =>
  `E${String(n).padStart(7, '0')}-${evse}`;

const STAMP = '2026-01-01T10:00:00Z';

const connector = (id: number): Connector => ({
  id: String(id),
  standard: id === 1 ? 'IEC_62196_T2_COMBO' : 'IEC_62196_T2',
  format: 'CABLE',
  power_type: id === 1 ? 'DC' : 'AC_3_PHASE',
  max_voltage: id === 1 ? 920 : 230,
  max_amperage: id === 1 ? 400 : 32,
  max_electric_power: id === 1 ? 300_000 : 22_000,
  tariff_ids: ['BENCH'],
  last_updated: STAMP,
});

const evse = (number: number, connectors: number): Evse => ({
  uid: `E${NUMBER_MARK}-${number}`,
  evse_id: `NL*BEN*E${NUMBER_MARK}*${number}`,
  status: 'AVAILABLE',
  capabilities: ['RFID_READER', 'REMOTE_START_STOP_CAPABLE', 'UNLOCK_CAPABLE'],
  connectors: Array.from({ length: connectors }, (_, index) => connector(index + 1)),
  floor_level: '-1',
  coordinates: { latitude: '51.047590', longitude: '3.729430' },
  physical_reference: `P${number}`,
  last_updated: STAMP,
});

/** A Location of ordinary size whose id and EVSE uids hold `NUMBER_MARK`. */
export const templateLocation = (evses: number, connectors: number): Location => ({
  ...BENCH_PARTY,
  id: `LOC${NUMBER_MARK}`,
  publish: true,
  name: `Charging hub ${NUMBER_MARK}`,
  address: 'F.Rooseveltlaan 3A',
  city: 'Gent',
  postal_code: '9000',
  country: 'BEL',
  coordinates: { latitude: '51.047590', longitude: '3.729430' },
  parking_type: 'ON_STREET',
  evses: Array.from({ length: evses }, (_, index) => evse(index + 1, connectors)),
  directions: [{ language: 'en', text: 'Left of the station, behind the bicycle stands.' }],
  operator: { name: 'Bench Charging', website: 'https://www.example.com' },
  facilities: ['TRAIN_STATION', 'SUPERMARKET'],
  time_zone: 'Europe/Brussels',
  opening_times: { twentyfourseven: true },
  charging_when_closed: true,
  last_updated: STAMP,
});
