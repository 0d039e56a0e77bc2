import { type Connector, type Evse, type Location } from './location.js';
import { type LocationCodec } from './location-codec.js';
import { FACILITIES, type PowerType } from './location-enums.js';
import { type LocationView, type WireObject } from './location-view.js';
import {
  CAPABILITIES_V211,
  knownOf,
  olderParkingRestrictions,
  olderStandard,
} from './older-location-values.js';
import { LocationParts } from './wire-location-parts.js';
import { given, present } from './wire-object.js';

const SINCE_V221 = ['BIKE_SHARING', 'TRAM_STOP', 'METRO_STATION', 'PARKING_LOT'];
export const FACILITIES_V211 = FACILITIES.filter((facility) => !SINCE_V221.includes(facility));
const SHARED_TYPES = ['PARKING_GARAGE', 'PARKING_LOT', 'ON_STREET', 'UNDERGROUND_GARAGE'] as const;
export const LOCATION_TYPES_V211 = [...SHARED_TYPES, 'OTHER', 'UNKNOWN'] as const;

const ascii = new LocationParts('2.1.1', true);
const utf8 = new LocationParts('2.1.1', false);
const partsOf = (view: LocationView) => (view.asciiOnly ? ascii : utf8);

/**
 * 2.1.1: no owner in the body, printable ASCII, whole seconds (T1 to T4, G2, G3, G6). Withheld: Locations that are
 * not published (LOC-39), connectors whose type it does not know, and EVSEs left without a connector.
 */
export const locationsV211: LocationCodec = {
  version: '2.1.1',
  encodeLocation(location, view) {
    if (!location.publish) return undefined;
    const parts = partsOf(view);
    return present({
      id: location.id,
      type: locationType(location.parking_type),
      name: given(location.name, (t) => parts.text(t, 255)),
      address: parts.text(location.address, 45),
      city: parts.text(location.city, 45),
      postal_code: parts.text(location.postal_code ?? view.postalCodePlaceholder, 10),
      country: location.country,
      coordinates: parts.geoLocation(location.coordinates),
      related_locations: location.related_locations?.map((p) => parts.additionalGeoLocation(p)),
      directions: location.directions?.map((d) => parts.displayText(d)),
      operator: given(location.operator, (o) => parts.businessDetails(o)),
      suboperator: given(location.suboperator, (o) => parts.businessDetails(o)),
      owner: given(location.owner, (o) => parts.businessDetails(o)),
      facilities: knownOf(location.facilities, FACILITIES_V211),
      time_zone: location.time_zone,
      opening_times: given(location.opening_times, (h) => parts.hours(h)),
      charging_when_closed: location.charging_when_closed,
      images: location.images?.map((i) => parts.image(i)),
      energy_mix: given(location.energy_mix, (m) => parts.energyMix(m)),
      evses: location.evses?.flatMap((evse) => evseObject(evse, location, view) ?? []),
      last_updated: parts.dateTime(location.last_updated),
    });
  },
  encodeEvse: (evse, location, view) =>
    location.publish ? evseObject(evse, location, view) : undefined,
  encodeConnector: (connector, _evse, location, view) =>
    location.publish ? connectorObject(connector, view) : undefined,
};

function locationType(parkingType: string | undefined): string {
  if (parkingType === undefined) return 'UNKNOWN';
  return (SHARED_TYPES as readonly string[]).includes(parkingType) ? parkingType : 'OTHER';
}

function evseObject(evse: Evse, location: Location, view: LocationView): WireObject | undefined {
  const parts = partsOf(view);
  const connectors = evse.connectors.flatMap((c) => connectorObject(c, view) ?? []);
  if (connectors.length === 0) return undefined;
  return present({
    uid: evse.uid,
    evse_id: evse.evse_id,
    status_schedule: evse.status_schedule?.map((s) => parts.statusSchedule(s)),
    capabilities: capabilities(evse.capabilities),
    connectors,
    floor_level: given(evse.floor_level, (t) => parts.text(t, 4)),
    coordinates: given(evse.coordinates, (c) => parts.geoLocation(c)),
    physical_reference: given(evse.physical_reference, (t) => parts.text(t, 16)),
    directions: evse.directions?.map((d) => parts.displayText(d)),
    parking_restrictions: olderParkingRestrictions(evse, location),
    images: evse.images?.map((i) => parts.image(i)),
    status: evse.status,
    last_updated: parts.dateTime(evse.last_updated),
  });
}

/** A 2.1.1 StartSession cannot name a connector, so an EVSE that needs one cannot be started remotely (T11). */
function capabilities(values: readonly string[] | undefined): string[] | undefined {
  const known = knownOf(values, CAPABILITIES_V211);
  return values?.includes('START_SESSION_CONNECTOR_REQUIRED')
    ? known?.filter((value) => value !== 'REMOTE_START_STOP_CAPABLE')
    : known;
}

function connectorObject(connector: Connector, view: LocationView): WireObject | undefined {
  const standard = olderStandard(connector.standard, '2.1.1', view);
  if (standard === undefined) return undefined;
  const parts = partsOf(view);
  return present({
    id: connector.id,
    standard,
    format: connector.format,
    power_type: powerType(connector.power_type),
    voltage: connector.max_voltage,
    amperage: amperage(connector),
    tariff_id: view.tariffs.regularAt(connector.tariff_ids ?? [], view.at),
    terms_and_conditions: given(connector.terms_and_conditions, (url) => parts.url(url)),
    last_updated: parts.dateTime(connector.last_updated),
  });
}

/** One phase never overstates what two can do. */
const powerType = (type: PowerType): string =>
  type === 'AC_2_PHASE' || type === 'AC_2_PHASE_SPLIT' ? 'AC_1_PHASE' : type;

/** 2.1.1 has no power limit: a limited DC connector shows the current its power allows (T3). */
function amperage({
  power_type,
  max_voltage,
  max_amperage,
  max_electric_power,
}: Connector): number {
  if (power_type !== 'DC' || max_electric_power === undefined || max_voltage === 0) {
    return max_amperage;
  }
  return Math.min(max_amperage, Math.floor(max_electric_power / max_voltage));
}
