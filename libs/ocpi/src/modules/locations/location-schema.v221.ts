import { Type } from '@sinclair/typebox';
import { ClosedEnum, Optional, Text } from '../../types/schema.js';
import { CLOSED_TOKEN_TYPES } from '../tokens/token-type-for.js';
import { Connector, Evse, Location, PublishTokenType } from './location.js';
import { CAPABILITIES, CONNECTOR_TYPES, FACILITIES, PARKING_TYPES } from './location-enums.js';
import { locationPartSchemas } from './location-part-schemas.js';
import { olderStandard, PARKING_RESTRICTIONS_OLDER } from './older-location-values.js';

const parts = locationPartSchemas('2.2.1');
const images = Optional(Type.Array(parts.image));

export const connectorTypeV221 = ClosedEnum(
  CONNECTOR_TYPES.filter((type) => olderStandard(type, '2.2.1', { j3400AsTeslaS: false })),
);

const connector = Type.Object({
  ...Type.Omit(Connector, ['capabilities']).properties,
  standard: connectorTypeV221,
});

const evse = Type.Object({
  ...Type.Omit(Evse, ['parking', 'accepted_service_providers']).properties,
  capabilities: Optional(Type.Array(ClosedEnum(CAPABILITIES))),
  connectors: Type.Array(connector, { minItems: 1 }),
  coordinates: Optional(parts.geoLocation),
  parking_restrictions: Optional(Type.Array(ClosedEnum(PARKING_RESTRICTIONS_OLDER))),
  images,
});

/** What `locationsV221` writes. */
export const locationSchemasV221 = {
  connector,
  evse,
  location: Type.Object({
    ...Type.Omit(Location, ['parking_places', 'help_phone']).properties,
    publish_allowed_to: Optional(
      Type.Array(
        Type.Object({
          ...PublishTokenType.properties,
          type: Optional(ClosedEnum(CLOSED_TOKEN_TYPES['2.2.1'])),
        }),
      ),
    ),
    address: Text(45),
    state: Optional(Text(20)),
    coordinates: parts.geoLocation,
    related_locations: Optional(Type.Array(parts.additionalGeoLocation)),
    parking_type: Optional(ClosedEnum(PARKING_TYPES)),
    evses: Optional(Type.Array(evse)),
    operator: Optional(parts.businessDetails),
    suboperator: Optional(parts.businessDetails),
    owner: Optional(parts.businessDetails),
    facilities: Optional(Type.Array(ClosedEnum(FACILITIES))),
    images,
    energy_mix: Optional(parts.energyMix),
  }),
};
