import {
  type Connector,
  type Evse,
  type Location,
  type LocationView,
  locationView,
  type OcpiVersion,
} from '../src/index.js';

/** A sound DC connector; override what a test is about. */
export const aConnector = (fields: Partial<Connector> = {}): Connector => ({
  id: '1',
  standard: 'IEC_62196_T2_COMBO',
  format: 'CABLE',
  power_type: 'DC',
  max_voltage: 920,
  max_amperage: 400,
  tariff_ids: ['14'],
  last_updated: '2026-01-01T10:00:00Z',
  ...fields,
});

export const anEvse = (fields: Partial<Evse> = {}): Evse => ({
  uid: '3256',
  evse_id: 'BE*BEC*E041503001',
  status: 'AVAILABLE',
  connectors: [aConnector()],
  last_updated: '2026-01-01T10:00:00Z',
  ...fields,
});

export const aLocation = (fields: Partial<Location> = {}): Location => ({
  country_code: 'BE',
  party_id: 'BEC',
  id: 'LOC1',
  publish: true,
  name: 'Gent Zuid',
  address: 'F.Rooseveltlaan 3A',
  city: 'Gent',
  postal_code: '9000',
  country: 'BEL',
  coordinates: { latitude: '51.047590', longitude: '3.729430' },
  evses: [anEvse()],
  time_zone: 'Europe/Brussels',
  last_updated: '2026-01-01T10:00:00Z',
  ...fields,
});

/** A view that shows every tariff, and the first one as the regular one. */
export const aView = (version: OcpiVersion, fields: Partial<LocationView> = {}): LocationView =>
  locationView(version, {
    tariffs: { visible: () => true, regularAt: ([first]) => first },
    at: new Date('2026-01-01T12:00:00Z'),
    ...fields,
  });

/** A body as read from the wire: whatever JSON.parse makes of it. */
export type Wire = ReturnType<typeof JSON.parse>;
