import { type Connector, type Evse, type Location } from './location.js';
import { type LocationView } from './location-view.js';

/** What 2.2.1 and 2.1.1 know of the enums that 2.3.0 opened or widened (T11). */
export const CAPABILITIES_V211 = [
  'CHARGING_PROFILE_CAPABLE',
  'CREDIT_CARD_PAYABLE',
  'REMOTE_START_STOP_CAPABLE',
  'RESERVABLE',
  'RFID_READER',
  'UNLOCK_CAPABLE',
] as const;

export const PARKING_RESTRICTIONS_OLDER = [
  'CUSTOMERS',
  'DISABLED',
  'EV_ONLY',
  'MOTORCYCLES',
  'PLUGGED',
] as const;

const SINCE_V221 =
  /^(CHAOJI|DOMESTIC_[MNO]|GBT_(AC|DC)|NEMA_(5_20|6_30|6_50|10_30|10_50|14_30|14_50)|PANTOGRAPH_(BOTTOM_UP|TOP_DOWN))$/;
const SINCE_V211 =
  /^(CHADEMO|DOMESTIC_[A-L]|IEC_60309_2_(single_16|three_16|three_32|three_64)|IEC_62196_(T1|T1_COMBO|T2|T2_COMBO|T3A|T3C)|TESLA_[RS])$/;

/** The connector type an older version has for this one; undefined: none, the connector is withheld (T11). */
export function olderStandard(
  standard: string,
  version: '2.2.1' | '2.1.1',
  view: Pick<LocationView, 'j3400AsTeslaS'>,
): string | undefined {
  if (standard === 'SAE_J3400') return view.j3400AsTeslaS ? 'TESLA_S' : undefined;
  if (SINCE_V211.test(standard)) return standard;
  return version === '2.2.1' && SINCE_V221.test(standard) ? standard : undefined;
}

/** Every version can show this connector, whatever the view. */
export const isShownEverywhere = (connector: Pick<Connector, 'standard'>): boolean =>
  SINCE_V211.test(connector.standard);

/** The values an older, closed enum knows, in the order given. */
export const knownOf = (
  values: readonly string[] | undefined,
  known: readonly string[],
): string[] | undefined => values?.filter((value) => known.includes(value));

/**
 * Restrictions before 2.3.0, where kinds of vehicle still were restrictions: DISABLED and MOTORCYCLES are added when
 * every linked place is reserved for that kind alone (T2, LOC-78).
 */
export function olderParkingRestrictions(
  evse: Pick<Evse, 'parking' | 'parking_restrictions'>,
  location: Pick<Location, 'parking_places'>,
): string[] {
  const found = new Set<string>(knownOf(evse.parking_restrictions, PARKING_RESTRICTIONS_OLDER));
  const places = (evse.parking ?? []).map(({ parking_id }) =>
    location.parking_places?.find((place) => place.id.toUpperCase() === parking_id.toUpperCase()),
  );
  const reservedFor = (type: string) =>
    places.length > 0 &&
    places.every(
      (place) =>
        place?.restricted_to_type === true &&
        place.vehicle_types.every((vehicle) => vehicle === type),
    );
  if (reservedFor('DISABLED')) found.add('DISABLED');
  if (reservedFor('MOTORCYCLE')) found.add('MOTORCYCLES');
  return [...found];
}
