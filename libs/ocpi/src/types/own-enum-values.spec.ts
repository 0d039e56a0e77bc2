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
import { OWN_ENUM_VALUES, ownEnumValueFaults } from './own-enum-values.js';
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

describe('values of our own in open enums', () => {
  it('TYP-20: each is new, named after its meaning and has a reason', () => {
    expect(ownEnumValueFaults(OWN_ENUM_VALUES, LISTED)).toEqual([]);
  });

  it('TYP-20: the values that we know carry no prefix of ours either', () => {
    for (const values of Object.values<readonly string[]>(LISTED)) {
      expect(values.filter((value) => /^(X|CUSTOM|EXT|VENDOR|OCPI)_/.test(value))).toEqual([]);
    }
  });

  it.each([
    ['X_SAUNA', 'sauna on site', 'a prefix'],
    ['CUSTOM_SAUNA', 'sauna on site', 'a prefix'],
    ['sauna', 'sauna on site', 'not upper case'],
    ['HOTEL', 'a place to sleep', 'has it already'],
    ['SAUNA', ' ', 'no reason'],
  ])('TYP-20: %s because of %j is refused', (value, reason, fault) => {
    const faults = ownEnumValueFaults([{ enumName: 'Facility', value, reason }], LISTED);
    expect(faults).toEqual([expect.stringContaining(fault)]);
  });
});
