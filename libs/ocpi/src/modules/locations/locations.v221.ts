import { TOKEN_TYPES } from '../../types/token-type.js';
import { type Connector, type Evse, type Location, type PublishTokenType } from './location.js';
import { type LocationCodec } from './location-codec.js';
import { CAPABILITIES, FACILITIES, PARKING_TYPES } from './location-enums.js';
import { type LocationView, type WireObject } from './location-view.js';
import { knownOf, olderParkingRestrictions, olderStandard } from './older-location-values.js';
import { LocationParts } from './wire-location-parts.js';
import { given, present } from './wire-object.js';

const parts = new LocationParts('2.2.1', false);

/**
 * 2.2.1: closed enums, no parking places (T1 to T4). Withheld: connectors whose type it does not know, and EVSEs
 * left without a connector.
 */
export const locationsV221: LocationCodec = {
  version: '2.2.1',
  encodeLocation(location, view) {
    return present({
      country_code: location.country_code,
      party_id: location.party_id,
      id: location.id,
      publish: location.publish,
      publish_allowed_to: location.publish
        ? undefined
        : location.publish_allowed_to?.map(publishToken),
      name: given(location.name, (t) => parts.text(t, 255)),
      address: parts.text(location.address, 45),
      city: parts.text(location.city, 45),
      postal_code: location.postal_code,
      state: given(location.state, (t) => parts.text(t, 20)),
      country: location.country,
      coordinates: parts.geoLocation(location.coordinates),
      related_locations: location.related_locations?.map((p) => parts.additionalGeoLocation(p)),
      parking_type: (PARKING_TYPES as readonly unknown[]).includes(location.parking_type)
        ? location.parking_type
        : undefined,
      directions: location.directions?.map((d) => parts.displayText(d)),
      operator: given(location.operator, (o) => parts.businessDetails(o)),
      suboperator: given(location.suboperator, (o) => parts.businessDetails(o)),
      owner: given(location.owner, (o) => parts.businessDetails(o)),
      facilities: knownOf(location.facilities, FACILITIES),
      time_zone: location.time_zone,
      opening_times: given(location.opening_times, (h) => parts.hours(h)),
      charging_when_closed: location.charging_when_closed,
      images: location.images?.map((i) => parts.image(i)),
      energy_mix: given(location.energy_mix, (m) => parts.energyMix(m)),
      evses: location.evses?.flatMap((evse) => evseObject(evse, location, view) ?? []),
      last_updated: parts.dateTime(location.last_updated),
    });
  },
  encodeEvse: evseObject,
  encodeConnector: (connector, _evse, _location, view) => connectorObject(connector, view),
};

function publishToken(token: PublishTokenType): WireObject {
  const known = TOKEN_TYPES.filter((type) => type !== 'EMAID') as readonly string[];
  return present({
    uid: token.uid,
    type: given(token.type, (type) => (known.includes(type) ? type : 'OTHER')),
    visual_number: token.visual_number,
    issuer: token.issuer,
    group_id: token.group_id,
  });
}

function evseObject(evse: Evse, location: Location, view: LocationView): WireObject | undefined {
  const connectors = evse.connectors.flatMap((c) => connectorObject(c, view) ?? []);
  if (connectors.length === 0) return undefined;
  return present({
    uid: evse.uid,
    evse_id: evse.evse_id,
    status_schedule: evse.status_schedule?.map((s) => parts.statusSchedule(s)),
    capabilities: knownOf(evse.capabilities, CAPABILITIES),
    connectors,
    floor_level: evse.floor_level,
    coordinates: given(evse.coordinates, (c) => parts.geoLocation(c)),
    physical_reference: evse.physical_reference,
    directions: evse.directions?.map((d) => parts.displayText(d)),
    parking_restrictions: olderParkingRestrictions(evse, location),
    images: evse.images?.map((i) => parts.image(i)),
    status: evse.status,
    last_updated: parts.dateTime(evse.last_updated),
  });
}

function connectorObject(connector: Connector, view: LocationView): WireObject | undefined {
  const standard = olderStandard(connector.standard, '2.2.1', view);
  if (standard === undefined) return undefined;
  return present({
    id: connector.id,
    standard,
    format: connector.format,
    power_type: connector.power_type,
    max_voltage: connector.max_voltage,
    max_amperage: connector.max_amperage,
    max_electric_power: connector.max_electric_power,
    tariff_ids: connector.tariff_ids?.filter((id) => view.tariffs.visible(id)),
    terms_and_conditions: connector.terms_and_conditions,
    last_updated: parts.dateTime(connector.last_updated),
  });
}
