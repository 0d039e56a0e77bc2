import { type FieldError } from '../../types/field-error.js';
import { foldId } from '../../types/party.js';
import { type Image } from '../../types/image.js';
import { hoursWarnings } from './hours-rules.js';
import { type Connector, type Evse, type Location, type Parking } from './location.js';
import { PARKING_RESTRICTIONS_OLDER } from './older-location-values.js';

/**
 * What an operator should know about a Location that is sent all the same: advice of the Locations chapter and
 * losses towards older versions (LOC-44, 50, 53, 58, 69, 77, 78; T11).
 */
export function lintLocation(location: Location): FieldError[] {
  return [
    ...(location.opening_times ? hoursWarnings('opening_times', location.opening_times) : []),
    ...imageWarnings(location),
    ...(location.parking_places ?? []).flatMap((p, i) =>
      parkingWarnings(`parking_places[${i}]`, p),
    ),
    ...(location.evses ?? []).flatMap((evse, i) => evseWarnings(`evses[${i}]`, evse, location)),
  ];
}

const SMALL_VEHICLES: readonly string[] = ['PERSONAL_VEHICLE', 'MOTORCYCLE'];
const SIZES = [
  'max_vehicle_weight',
  'max_vehicle_height',
  'max_vehicle_length',
  'max_vehicle_width',
  'parking_space_length',
  'parking_space_width',
  'dangerous_goods_allowed',
] as const;

function parkingWarnings(path: string, place: Parking): FieldError[] {
  const warnings: FieldError[] = [];
  if (!place.vehicle_types.every((type) => SMALL_VEHICLES.includes(type))) {
    const missing = SIZES.filter((field) => place[field] === undefined);
    if (missing.length > 0) {
      warnings.push({ path, message: `${missing.join(', ')} should be given for these vehicles` });
    }
  }
  if (place.vehicle_types.includes('DISABLED') && (place.images ?? []).length === 0) {
    warnings.push({
      path: `${path}.images`,
      message: 'a place for disabled drivers should be shown',
    });
  }
  return warnings;
}

function evseWarnings(path: string, evse: Evse, location: Location): FieldError[] {
  const warnings: FieldError[] = [];
  const lost = (evse.parking_restrictions ?? []).filter(
    (value) => !(PARKING_RESTRICTIONS_OLDER as readonly string[]).includes(value),
  );
  if (lost.length > 0) {
    warnings.push({
      path: `${path}.parking_restrictions`,
      message: `${lost.join(', ')} cannot be told to 2.2.1 and 2.1.1: there the site looks more open`,
    });
  }
  evse.parking?.forEach(({ parking_id, evse_position }, i) => {
    const place = location.parking_places?.find((p) => foldId(p.id) === foldId(parking_id));
    const kerbside = drivesOnTheLeft(location.country) ? 'LEFT' : 'RIGHT';
    const other = kerbside === 'LEFT' ? 'RIGHT' : 'LEFT';
    if (place?.direction === 'PARALLEL' && evse_position === other) {
      warnings.push({
        path: `${path}.parking[${i}].evse_position`,
        message: `at the kerb the EVSE is on the ${kerbside} of a vehicle parked along its traffic`,
      });
    }
    if (place?.drive_through === true && evse_position === 'CENTER') {
      warnings.push({
        path: `${path}.parking[${i}].evse_position`,
        message: 'CENTER is the closed end of a place, but this one is driven through',
      });
    }
  });
  warnings.push(...typeRestrictionWarnings(path, evse, location));
  evse.connectors.forEach((c, i) =>
    warnings.push(...connectorWarnings(`${path}.connectors[${i}]`, c)),
  );
  return warnings;
}

/** A restriction by kind of vehicle belongs to the parking place too (LOC-78). */
function typeRestrictionWarnings(path: string, evse: Evse, location: Location): FieldError[] {
  const pairs = [
    ['DISABLED', 'DISABLED'],
    ['MOTORCYCLES', 'MOTORCYCLE'],
  ] as const;
  return pairs.flatMap(([restriction, vehicle]) => {
    const linked = (evse.parking ?? []).map(({ parking_id }) =>
      location.parking_places?.find((p) => foldId(p.id) === foldId(parking_id)),
    );
    const reserved = linked.some((p) => p?.restricted_to_type && p.vehicle_types.includes(vehicle));
    return evse.parking_restrictions?.includes(restriction) && !reserved
      ? [
          {
            path: `${path}.parking_restrictions`,
            message: `${restriction} should also be a parking place restricted to ${vehicle}`,
          },
        ]
      : [];
  });
}

function connectorWarnings(path: string, connector: Connector): FieldError[] {
  const warnings: FieldError[] = [];
  if (connector.power_type === 'AC_3_PHASE' && connector.max_voltage > 300) {
    warnings.push({
      path: `${path}.max_voltage`,
      message: 'phase to neutral is asked for (230, not 400)',
    });
  }
  if ((connector.tariff_ids ?? []).length === 0) {
    warnings.push({
      path: `${path}.tariff_ids`,
      message: 'no tariff; free charging has a free tariff',
    });
  }
  return warnings;
}

const LOGOS: readonly string[] = ['NETWORK', 'OPERATOR', 'OWNER'];

function imageWarnings(location: Location): FieldError[] {
  const own = location.images ?? [];
  const all = [...own, ...(location.evses ?? []).flatMap((evse) => evse.images ?? [])];
  const logos = [location.operator?.logo, location.owner?.logo].filter(
    (logo) => logo !== undefined,
  );
  const warnings: FieldError[] = [];
  if (logos.length === 0 && !all.some((image) => LOGOS.includes(image.category))) {
    warnings.push({ path: 'images', message: 'a logo should be given' });
  }
  if (!all.some((image) => !LOGOS.includes(image.category))) {
    warnings.push({ path: 'images', message: 'a photo of the station should be given' });
  }
  own.forEach((image, i) => {
    if (isTooSmall(image)) {
      const least = LOGOS.includes(image.category) ? '512 by 512' : '800 by 600';
      warnings.push({ path: `images[${i}]`, message: `should be at least ${least} pixels` });
    }
    if (image.thumbnail === undefined) {
      warnings.push({ path: `images[${i}].thumbnail`, message: 'a thumbnail should be given' });
    }
  });
  return warnings;
}

function isTooSmall({ category, width, height }: Image): boolean {
  const [least, leastHeight] = LOGOS.includes(category) ? [512, 512] : [800, 600];
  return (width !== undefined && width < least) || (height !== undefined && height < leastHeight);
}

/** Countries that drive on the left, alpha-3. */
const LEFT_HAND_TRAFFIC = new Set(
  (
    'AUS BGD BHS BMU BRB BRN BTN BWA CYM CYP DMA FJI FLK GBR GGY GRD GUY HKG IDN IMN IND IRL JAM JEY JPN KEN KIR ' +
    'KNA LCA LKA LSO MAC MDV MLT MOZ MSR MUS MWI MYS NAM NPL NRU NZL PAK PNG SGP SLB SUR SWZ SYC TCA THA TLS TON ' +
    'TTO TUV TZA UGA VCT VGB VIR WSM ZAF ZMB ZWE AIA ATG'
  ).split(' '),
);
const drivesOnTheLeft = (country: string): boolean => LEFT_HAND_TRAFFIC.has(country);
