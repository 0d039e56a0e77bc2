import { type Evse, type Location, type Tariff } from '#ocpi';

/*
 * What renderings are compared by: every field, and every value that some version says in another way. To change this
 * changes the digest as well, so Locations are then rendered anew for nothing; add what a codec did not meet yet.
 */

const STAMP = '2026-01-01T10:00:00.250Z';
const text =
  'Łódź “Café”, 1st floor: follow the green line past the lifts and the taxi rank, then turn left';
const words = (list: string): string[] => list.trim().split(/\s+/);
const named = (name: string) => ({
  name,
  website: 'https://example.com/über uns',
  logo: image('OPERATOR'),
});
const image = (category: string) => ({
  url: 'https://example.com/bild ä.jpg',
  thumbnail: 'https://example.com/klein.jpg',
  category,
  type: 'jpeg',
  width: 800,
  height: 600,
});

const STANDARDS =
  words(`CHADEMO CHAOJI DOMESTIC_A DOMESTIC_L DOMESTIC_M GBT_AC GBT_DC IEC_60309_2_single_16
  IEC_60309_2_three_64 IEC_62196_T1_COMBO IEC_62196_T2 IEC_62196_T3C MCS NEMA_14_50 PANTOGRAPH_TOP_DOWN SAE_J3400
  TESLA_S OWN_PLUG`);
const POWER_TYPES = ['AC_1_PHASE', 'AC_2_PHASE', 'AC_2_PHASE_SPLIT', 'AC_3_PHASE', 'DC'] as const;

const everyConnector: Evse = {
  uid: 'PLUGS',
  status: 'AVAILABLE',
  connectors: STANDARDS.map((standard, index) => ({
    id: `${index}`,
    standard,
    format: index % 2 === 0 ? 'CABLE' : 'SOCKET',
    power_type: POWER_TYPES[index % POWER_TYPES.length] ?? 'DC',
    max_voltage: 400,
    max_amperage: 500,
    ...(index % 3 === 0 && { max_electric_power: 22_500 }),
    tariff_ids: ['REGULAR', 'Always', 'LATER', 'UNKNOWN'],
    ...(index === 1 && { terms_and_conditions: 'https://example.com/bedingungen ä' }),
    ...(index === 2 && { capabilities: ['ISO_15118_20_PLUG_AND_CHARGE', 'OWN'] }),
    last_updated: STAMP,
  })),
  last_updated: STAMP,
};

const everyField: Evse = {
  uid: 'FIELDS',
  evse_id: 'NL*AAA*E1',
  status: 'PLANNED',
  status_schedule: [
    { period_begin: STAMP, period_end: '2026-02-01T00:00:00Z', status: 'INOPERATIVE' },
    { period_begin: '2026-02-01T00:00:00Z', status: 'AVAILABLE' },
  ],
  capabilities:
    words(`CHARGING_PROFILE_CAPABLE CHARGING_PREFERENCES_CAPABLE CHIP_CARD_SUPPORT CONTACTLESS_CARD_SUPPORT
    CREDIT_CARD_PAYABLE DEBIT_CARD_PAYABLE PED_TERMINAL REMOTE_START_STOP_CAPABLE RESERVABLE RFID_READER
    START_SESSION_CONNECTOR_REQUIRED TOKEN_GROUP_CAPABLE UNLOCK_CAPABLE OWN_CAPABILITY`),
  connectors: everyConnector.connectors.slice(9, 10),
  floor_level: '-2',
  coordinates: { latitude: '51.0475901', longitude: '-3.72943' },
  physical_reference: 'Säule 12',
  directions: [{ language: 'pl', text }],
  parking_restrictions: words(
    'CUSTOMERS DISABLED EMPLOYEES EV_ONLY MOTORCYCLES PLUGGED TAXIS TENANTS',
  ),
  parking: [{ parking_id: 'p1', evse_position: 'LEFT' }],
  images: [image('CHARGER'), image('OWN')],
  accepted_service_providers: ['Example eMSP'],
  last_updated: STAMP,
};

const bare: Location = {
  country_code: 'NL',
  party_id: 'AAA',
  id: 'BARE',
  publish: true,
  address: 'Quay Street 7',
  city: 'Harlingen',
  country: 'NLD',
  coordinates: { latitude: '53.1', longitude: '5.4138301' },
  time_zone: 'Europe/Amsterdam',
  last_updated: STAMP,
};

const full: Location = {
  ...bare,
  id: 'FULL',
  name: text,
  address: text,
  city: text,
  postal_code: '8861 AB',
  state: 'Provinsje Fryslân and its islands',
  related_locations: [
    { latitude: '53.17', longitude: '5.4', name: { language: 'de', text: 'Südeingang' } },
  ],
  parking_type: 'ALONG_MOTORWAY',
  evses: [
    everyConnector,
    everyField,
    { ...everyField, uid: 'MOTO', parking: [{ parking_id: 'P2' }], parking_restrictions: [] },
  ],
  parking_places: [
    {
      id: 'P1',
      physical_reference: 'Platz 1',
      vehicle_types: ['DISABLED'],
      max_vehicle_weight: 3500.5,
      max_vehicle_height: 210,
      max_vehicle_length: 600,
      max_vehicle_width: 250,
      parking_space_length: 650,
      parking_space_width: 350,
      dangerous_goods_allowed: false,
      direction: 'ANGLE',
      drive_through: false,
      restricted_to_type: true,
      reservation_required: false,
      time_limit: 90,
      roofed: true,
      images: [image('LOCATION')],
      lighting: true,
      refrigeration_outlet: false,
      standards: ['OWN'],
      apds_reference: 'apds-1',
    },
    {
      id: 'P2',
      vehicle_types: ['MOTORCYCLE'],
      restricted_to_type: true,
      reservation_required: true,
    },
  ],
  directions: [
    { language: 'en', text },
    { language: 'nl', text: 'Rechtsaf\nna de brug' },
  ],
  operator: named('Ladenetz Süd'),
  suboperator: named('Sub “Süd”'),
  owner: { name: 'Owner' },
  facilities:
    words(`HOTEL RESTAURANT CAFE MALL SUPERMARKET SPORT RECREATION_AREA NATURE MUSEUM BIKE_SHARING BUS_STOP
    TAXI_STAND TRAM_STOP METRO_STATION TRAIN_STATION AIRPORT PARKING_LOT CARPOOL_PARKING FUEL_STATION WIFI OWN`),
  opening_times: {
    twentyfourseven: false,
    regular_hours: [
      { weekday: 1, period_begin: '08:00', period_end: '20:00' },
      { weekday: 7, period_begin: '22:00', period_end: '04:00' },
    ],
    exceptional_openings: [{ period_begin: STAMP, period_end: '2026-01-02T10:00:00Z' }],
    exceptional_closings: [
      { period_begin: '2026-12-25T00:00:00Z', period_end: '2026-12-26T00:00:00Z' },
    ],
  },
  charging_when_closed: false,
  images: [image('ENTRANCE')],
  energy_mix: {
    is_green_energy: false,
    energy_sources: [
      { source: 'COAL', percentage: 33.333333 },
      { source: 'WATER', percentage: 66.666667 },
    ],
    environ_impact: [
      { category: 'CARBON_DIOXIDE', amount: 12.3456789 },
      { category: 'OWN', amount: 1 },
    ],
    supplier_name: 'Stadtwerke Süd',
    energy_product_name: 'Grün',
  },
  help_phone: '+31 20 123456',
};

/** Of one party. */
export const exampleLocations: Location[] = [
  bare,
  full,
  {
    ...bare,
    id: 'PRIVATE',
    publish: false,
    publish_allowed_to: [
      { uid: '04A1', type: 'EMAID' },
      { visual_number: 'V-1', issuer: 'Example', type: 'RFID', group_id: 'G-1' },
    ],
    evses: [everyField],
  },
  {
    ...bare,
    id: 'OPEN',
    parking_type: 'ROOFTOP',
    opening_times: { twentyfourseven: true },
    energy_mix: { is_green_energy: true },
    evses: [{ ...everyConnector, connectors: everyConnector.connectors.slice(12, 13) }],
  },
];

const tariff = (id: string, fields: Partial<Tariff>): Tariff => ({
  country_code: 'NL',
  party_id: 'AAA',
  id,
  currency: 'EUR',
  tax_included: 'NO',
  elements: [{ price_components: [{ type: 'ENERGY', price: 0.25, step_size: 1 }] }],
  last_updated: STAMP,
  ...fields,
});

/** Those that the connectors above name, but for UNKNOWN. */
export const exampleTariffs: Tariff[] = [
  tariff('ALWAYS', {}),
  tariff('REGULAR', { type: 'REGULAR', end_date_time: '2026-06-01T00:00:00Z' }),
  tariff('LATER', { type: 'REGULAR', start_date_time: '2026-06-01T00:00:00Z' }),
];
