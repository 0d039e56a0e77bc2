import { cutAtWord } from '../../types/text.js';
import { type Connector, type Evse, type Location, type Parking } from './location.js';
import { type LocationCodec } from './location-codec.js';
import { type LocationView, type WireObject } from './location-view.js';
import { LocationParts } from './wire-location-parts.js';
import { given, present } from './wire-object.js';

const parts = new LocationParts('2.3.0', false);

/**
 * 2.3.0 edition 2: the canonical object as it is, unknown fields and values included (TRN-51, LOC-64), in the forms
 * the version demands. Withheld: nothing but what the view switches off.
 */
export const locationsV230: LocationCodec = {
  version: '2.3.0',
  encodeLocation(location, view) {
    const { evses, parking_places, last_updated, ...own } = location;
    return present({
      ...own,
      ...locationTexts(location, view),
      coordinates: parts.geoLocation(location.coordinates),
      related_locations: location.related_locations?.map((p) => parts.additionalGeoLocation(p)),
      publish_allowed_to: location.publish ? undefined : location.publish_allowed_to,
      directions: location.directions?.map((d) => parts.displayText(d)),
      operator: given(location.operator, (o) => parts.businessDetails(o)),
      suboperator: given(location.suboperator, (o) => parts.businessDetails(o)),
      owner: given(location.owner, (o) => parts.businessDetails(o)),
      opening_times: given(location.opening_times, (h) => parts.hours(h)),
      images: location.images?.map((i) => parts.image(i)),
      energy_mix: given(location.energy_mix, (m) => parts.energyMix(m)),
      parking_places: view.parkingPlaces ? parking_places?.map(parkingPlace) : undefined,
      evses: evses?.map((evse) => evseObject(evse, view)),
      last_updated: parts.dateTime(last_updated),
    });
  },
  encodeEvse: (evse, _location, view) => evseObject(evse, view),
  encodeConnector: (connector, _evse, _location, view) => connectorObject(connector, view),
};

function locationTexts(location: Location, view: LocationView): WireObject {
  return {
    name: given(location.name, (t) => parts.text(t, 255)),
    address: parts.text(location.address, view.firstEdition ? 45 : 255),
    city: parts.text(location.city, 45),
    state: given(location.state, (t) => parts.text(t, view.firstEdition ? 20 : 45)),
  };
}

function parkingPlace(place: Parking): WireObject {
  return present({
    ...place,
    physical_reference: given(place.physical_reference, (t) => cutAtWord(t, 12)),
    images: place.images?.map((i) => parts.image(i)),
  });
}

function evseObject(evse: Evse, view: LocationView): WireObject {
  const { status, last_updated, parking, accepted_service_providers, ...own } = evse;
  return present({
    ...own,
    status_schedule: evse.status_schedule?.map((s) => parts.statusSchedule(s)),
    coordinates: given(evse.coordinates, (c) => parts.geoLocation(c)),
    directions: evse.directions?.map((d) => parts.displayText(d)),
    images: evse.images?.map((i) => parts.image(i)),
    parking: view.parkingPlaces ? parking : undefined,
    accepted_service_providers: view.acceptedServiceProviders
      ? accepted_service_providers
      : undefined,
    connectors: evse.connectors.map((connector) => connectorObject(connector, view)),
    status,
    last_updated: parts.dateTime(last_updated),
  });
}

function connectorObject(connector: Connector, view: LocationView): WireObject {
  const { last_updated, ...own } = connector;
  return present({
    ...own,
    tariff_ids: connector.tariff_ids?.filter((id) => view.tariffs.visible(id)),
    last_updated: parts.dateTime(last_updated),
  });
}
