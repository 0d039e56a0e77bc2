import { type Cdr, type Evse, type Location, type Session, type Tariff } from '#ocpi';

const OWNER = { country_code: 'NL', party_id: 'AAA' };
export const T0 = '2026-01-01T10:00:00.500Z';

export const anEvse = (uid: string, fields: Partial<Evse> = {}): Evse => ({
  uid,
  evse_id: `NL*AAA*E${uid}`,
  status: 'AVAILABLE',
  connectors: [
    {
      id: '1',
      standard: 'IEC_62196_T2',
      format: 'SOCKET',
      power_type: 'AC_3_PHASE',
      max_voltage: 230,
      max_amperage: 32,
      tariff_ids: ['14'],
      last_updated: T0,
    },
  ],
  last_updated: T0,
  ...fields,
});

export const aLocation = (fields: Partial<Location> = {}): Location => ({
  ...OWNER,
  id: 'LOC1',
  publish: true,
  name: 'Gent Zuid',
  address: 'F.Rooseveltlaan 3A',
  city: 'Gent',
  postal_code: '9000',
  country: 'BEL',
  coordinates: { latitude: '51.047590', longitude: '3.729430' },
  evses: [anEvse('3256')],
  time_zone: 'Europe/Brussels',
  last_updated: T0,
  ...fields,
});

export const aTariff = (fields: Partial<Tariff> = {}): Tariff => ({
  ...OWNER,
  id: '14',
  currency: 'EUR',
  elements: [{ price_components: [{ type: 'ENERGY', price: 0.4, step_size: 1 }] }],
  tax_included: 'NO',
  last_updated: T0,
  ...fields,
});

export const aSession = (fields: Partial<Session> = {}): Session => ({
  ...OWNER,
  id: 'S1',
  start_date_time: T0,
  kwh: 0,
  cdr_token: {
    country_code: 'NL',
    party_id: 'EMP',
    uid: '012345678',
    type: 'RFID',
    contract_id: 'NL8ACC12E46L89',
  },
  auth_method: 'WHITELIST',
  location_id: 'LOC1',
  evse_uid: '3256',
  connector_id: '1',
  currency: 'EUR',
  status: 'PENDING',
  last_updated: T0,
  ...fields,
});

export const aCdr = (fields: Partial<Cdr> = {}): Cdr => ({
  ...OWNER,
  id: 'CDR1',
  start_date_time: '2026-01-01T10:00:00Z',
  end_date_time: '2026-01-01T11:00:00Z',
  session_id: 'S1',
  cdr_token: aSession().cdr_token,
  auth_method: 'WHITELIST',
  cdr_location: {
    id: 'LOC1',
    name: 'Gent Zuid',
    address: 'F.Rooseveltlaan 3A',
    city: 'Gent',
    postal_code: '9000',
    country: 'BEL',
    coordinates: { latitude: '51.047590', longitude: '3.729430' },
    evse_uid: '3256',
    evse_id: 'NL*AAA*E3256',
    connector_id: '1',
    connector_standard: 'IEC_62196_T2',
    connector_format: 'SOCKET',
    connector_power_type: 'AC_3_PHASE',
  },
  currency: 'EUR',
  charging_periods: [
    {
      start_date_time: '2026-01-01T10:00:00Z',
      dimensions: [
        { type: 'ENERGY', volume: 10 },
        { type: 'TIME', volume: 1 },
      ],
    },
  ],
  total_cost: { before_taxes: 4 },
  total_energy: 10,
  total_time: 1,
  last_updated: '2026-01-01T11:00:05Z',
  ...fields,
});
