import { Type } from '@sinclair/typebox';
import { Optional } from '../../types/schema.js';
import { Connector, Evse, Location, Parking } from './location.js';
import { locationPartSchemas } from './location-part-schemas.js';

const parts = locationPartSchemas('2.3.0');

const evse = Type.Object({
  ...Evse.properties,
  coordinates: Optional(parts.geoLocation),
});

/** What `locationsV230` writes: the canonical classes with coordinates as the version demands them. */
export const locationSchemasV230 = {
  connector: Connector,
  evse,
  parking: Parking,
  location: Type.Object({
    ...Location.properties,
    coordinates: parts.geoLocation,
    related_locations: Optional(Type.Array(parts.additionalGeoLocation)),
    evses: Optional(Type.Array(evse)),
  }),
};
