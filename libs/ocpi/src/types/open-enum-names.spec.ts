import {
  CAPABILITIES,
  CONNECTOR_CAPABILITIES,
  CONNECTOR_TYPES,
  FACILITIES,
  PARKING_RESTRICTIONS,
  PARKING_TYPES,
  VEHICLE_TYPES,
} from '../modules/locations/location-enums.js';
import { ENVIRONMENTAL_IMPACT_CATEGORIES } from './energy-mix.js';
import { IMAGE_CATEGORIES } from './image.js';
import { TOKEN_TYPES } from './token-type.js';

const LISTED = {
  Capability: CAPABILITIES,
  ConnectorCapability: CONNECTOR_CAPABILITIES,
  ConnectorType: CONNECTOR_TYPES,
  EnvironmentalImpactCategory: ENVIRONMENTAL_IMPACT_CATEGORIES,
  Facility: FACILITIES,
  ImageCategory: IMAGE_CATEGORIES,
  ParkingRestriction: PARKING_RESTRICTIONS,
  ParkingType: PARKING_TYPES,
  TokenType: TOKEN_TYPES,
  VehicleType: VEHICLE_TYPES,
};

describe('values of open enums', () => {
  it.each(Object.entries<readonly string[]>(LISTED))(
    'TYP-20: those of %s are named after what they mean, without a prefix that says who made them up',
    (_name, values) => {
      expect(values.filter((value) => /^(X|CUSTOM|EXT|VENDOR|OCPI)_/.test(value))).toEqual([]);
    },
  );
});
