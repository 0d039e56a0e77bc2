import { Type } from '@sinclair/typebox';
import { pick } from '../../types/pick.js';
import { CiString, ClosedEnum, Optional, Text } from '../../types/schema.js';
import { Connector, Evse, Location } from './location.js';
import { CONNECTOR_TYPES } from './location-enums.js';
import { locationPartSchemas } from './location-part-schemas.js';
import { FACILITIES_V211, LOCATION_TYPES_V211 } from './locations.v211.js';
import {
  CAPABILITIES_V211,
  olderStandard,
  PARKING_RESTRICTIONS_OLDER,
} from './older-location-values.js';

const parts = locationPartSchemas('2.1.1');
const images = Optional(Type.Array(parts.image));

const connector = Type.Object({
  ...pick(Connector.properties, ['id', 'format', 'terms_and_conditions', 'last_updated']),
  standard: ClosedEnum(
    CONNECTOR_TYPES.filter((type) => olderStandard(type, '2.1.1', { j3400AsTeslaS: false })),
  ),
  power_type: ClosedEnum(['AC_1_PHASE', 'AC_3_PHASE', 'DC']),
  voltage: Connector.properties.max_voltage,
  amperage: Connector.properties.max_amperage,
  tariff_id: Optional(CiString(36)),
});

const evse = Type.Object({
  ...pick(Evse.properties, [
    'uid',
    'evse_id',
    'status',
    'status_schedule',
    'floor_level',
    'physical_reference',
    'directions',
    'last_updated',
  ]),
  capabilities: Optional(Type.Array(ClosedEnum(CAPABILITIES_V211))),
  connectors: Type.Array(connector, { minItems: 1 }),
  coordinates: Optional(parts.geoLocation),
  parking_restrictions: Optional(Type.Array(ClosedEnum(PARKING_RESTRICTIONS_OLDER))),
  images,
});

/** What `locationsV211` writes. */
export const locationSchemasV211 = {
  connector,
  evse,
  location: Type.Object({
    ...pick(Location.properties, [
      'id',
      'name',
      'city',
      'country',
      'directions',
      'time_zone',
      'charging_when_closed',
      'last_updated',
    ]),
    type: ClosedEnum(LOCATION_TYPES_V211),
    address: Text(45),
    postal_code: Text(10),
    coordinates: parts.geoLocation,
    related_locations: Optional(Type.Array(parts.additionalGeoLocation)),
    evses: Optional(Type.Array(evse)),
    operator: Optional(parts.businessDetails),
    suboperator: Optional(parts.businessDetails),
    owner: Optional(parts.businessDetails),
    facilities: Optional(Type.Array(ClosedEnum(FACILITIES_V211))),
    opening_times: Optional(parts.hours),
    images,
    energy_mix: Optional(parts.energyMix),
  }),
};
