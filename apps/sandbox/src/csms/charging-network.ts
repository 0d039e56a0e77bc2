import { type Evse, type Location, type PartyId, type Tariff } from '#ocpi';

/** A charging network: what a CSMS states once, and then again whenever it changes. */
export interface ChargingNetwork {
  party: PartyId;
  tariffs: Tariff[];
  locations: Location[];
}

const SITES: [
  name: string,
  address: string,
  city: string,
  postal: string,
  lat: number,
  lon: number,
][] = [
  ['Harbour North', 'Kadeplein 3', 'Rotterdam', '3011 AB', 51.92251, 4.47917],
  ['Harbour South', 'Kadeplein 40', 'Rotterdam', '3011 AC', 51.91902, 4.48233],
  ['Market Hall', 'Hoogmarkt 12', 'Rotterdam', '3012 GH', 51.91994, 4.48712],
  ['Central Station', 'Stationsweg 1', 'Utrecht', '3511 ED', 52.08945, 5.11021],
  ['Theatre Garage', 'Schouwburglaan 8', 'Utrecht', '3512 LK', 52.09311, 5.12384],
  ['University Library', 'Boulevard 27', 'Utrecht', '3584 CS', 52.08551, 5.17894],
  ['Motorway A12 West', 'Rijksweg A12 31', 'Bunnik', '3981 HA', 52.06012, 5.20311],
  ['Motorway A12 East', 'Rijksweg A12 32', 'Bunnik', '3981 HB', 52.06131, 5.20544],
  ['Old Mill', 'Molenpad 5', 'Gouda', '2801 KL', 52.01152, 4.71071],
  ['Cheese Market', 'Achter de Waag 2', 'Gouda', '2801 JX', 52.01174, 4.71133],
  ['Beach Boulevard', 'Zeekant 100', 'Den Haag', '2586 AJ', 52.11533, 4.28122],
  ['Peace Palace', 'Paleislaan 7', 'Den Haag', '2517 KJ', 52.08661, 4.29555],
  ['Ministry Garage', 'Bezuidenlaan 30', 'Den Haag', '2594 AC', 52.08231, 4.32811],
  ['Canal Street', 'Grachtkade 61', 'Delft', '2611 PX', 52.01161, 4.35711],
  ['Ceramics Works', 'Aardewerkpad 9', 'Delft', '2612 AB', 52.01712, 4.36021],
  ['Tulip Fields', 'Bollenweg 14', 'Lisse', '2161 AM', 52.26001, 4.55703],
  ['Lakeside', 'Plasweg 6', 'Reeuwijk', '2811 NA', 52.04721, 4.72511],
  ['Distribution Park', 'Logistiekstraat 200', 'Tilburg', '5048 AN', 51.57112, 5.00213],
  ['Truck Stop South', 'Transportlaan 18', 'Tilburg', '5047 RB', 51.57333, 5.01502],
  ['Café Brûlé', 'Dorpsstraat 33', 'Breukelen', '3621 JB', 52.17221, 5.00113],
  ['Castle Gate', 'Kasteellaan 1', 'Haarzuilens', '3455 RR', 52.12133, 4.98611],
  ['Airport Cargo', 'Vrachtweg 77', 'Schiphol', '1118 CX', 52.30102, 4.76511],
];

/** Two dozen sites with AC posts, fast chargers and every kind of tariff that a first look should show. */
export function buildNetwork(party: PartyId, at: Date): ChargingNetwork {
  const stamp = at.toISOString();
  return {
    party,
    tariffs: [tariff(party, 'AC-STD', 0.42, 0, stamp), tariff(party, 'DC-FAST', 0.69, 6, stamp)],
    locations: SITES.map((site, index) => location(party, site, index, stamp)),
  };
}

function tariff(
  party: PartyId,
  id: string,
  pricePerKwh: number,
  parkingPerHour: number,
  stamp: string,
): Tariff {
  return {
    ...party,
    id,
    currency: 'EUR',
    type: 'REGULAR',
    tax_included: 'NO',
    elements: [
      {
        price_components: [
          { type: 'ENERGY', price: pricePerKwh, vat: 21, step_size: 1 },
          ...(parkingPerHour > 0
            ? [{ type: 'PARKING_TIME' as const, price: parkingPerHour, vat: 21, step_size: 1 }]
            : []),
        ],
      },
    ],
    last_updated: stamp,
  };
}

function location(
  party: PartyId,
  [name, address, city, postal, lat, lon]: (typeof SITES)[number],
  index: number,
  stamp: string,
): Location {
  const id = `SITE-${String(index + 1).padStart(3, '0')}`;
  const fast = name.startsWith('Motorway') || name.startsWith('Truck');
  return {
    ...party,
    id,
    publish: true,
    name,
    address,
    city,
    postal_code: postal,
    country: 'NLD',
    coordinates: { latitude: lat.toFixed(5), longitude: lon.toFixed(5) },
    parking_type: fast ? 'ALONG_MOTORWAY' : 'ON_STREET',
    evses: [1, 2].map((n) => evse(party, index, n, fast, stamp)),
    operator: { name: 'Sandbox Charging' },
    time_zone: 'Europe/Amsterdam',
    opening_times: { twentyfourseven: true },
    energy_mix: { is_green_energy: true },
    help_phone: '+31201234567',
    last_updated: stamp,
  };
}

function evse(party: PartyId, site: number, n: number, fast: boolean, stamp: string): Evse {
  const number = String((site + 1) * 10 + n).padStart(6, '0');
  return {
    uid: `EVSE-${number}`,
    evse_id: `${party.country_code}*${party.party_id}*E${number}`,
    status: 'AVAILABLE',
    capabilities: [
      'RFID_READER',
      'REMOTE_START_STOP_CAPABLE',
      'RESERVABLE',
      'UNLOCK_CAPABLE',
      'CHARGING_PROFILE_CAPABLE',
      'CHARGING_PREFERENCES_CAPABLE',
    ],
    connectors: [
      fast
        ? {
            id: '1',
            standard: 'IEC_62196_T2_COMBO',
            format: 'CABLE',
            power_type: 'DC',
            max_voltage: 920,
            max_amperage: 400,
            max_electric_power: 150000,
            tariff_ids: ['DC-FAST'],
            last_updated: stamp,
          }
        : {
            id: '1',
            standard: 'IEC_62196_T2',
            format: 'SOCKET',
            power_type: 'AC_3_PHASE',
            max_voltage: 230,
            max_amperage: 32,
            max_electric_power: 22000,
            tariff_ids: ['AC-STD'],
            last_updated: stamp,
          },
    ],
    physical_reference: String(n),
    last_updated: stamp,
  };
}
