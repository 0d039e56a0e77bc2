import { type TSchema, Type } from '@sinclair/typebox';
import { BusinessDetails } from '../../types/business-details.js';
import { DisplayText } from '../../types/display-text.js';
import {
  EnergyMix,
  EnvironmentalImpact,
  ENVIRONMENTAL_IMPACT_CATEGORIES,
} from '../../types/energy-mix.js';
import { Image, IMAGE_CATEGORIES } from '../../types/image.js';
import { type OcpiVersion } from '../../types/ocpi-version.js';
import { ClosedEnum, Optional } from '../../types/schema.js';
import { Hours } from './location.js';

/** The small classes inside a Location as `LocationParts` writes them in a version. */
export function locationPartSchemas(version: OcpiVersion): LocationPartSchemas {
  const image = version === '2.3.0' ? Image : OLDER_IMAGE;
  const geoLocation = Type.Object(version === '2.1.1' ? degrees('{6}') : degrees('{5,7}'));
  return {
    image,
    geoLocation,
    additionalGeoLocation: Type.Object({
      ...geoLocation.properties,
      name: Optional(DisplayText),
    }),
    businessDetails: Type.Object({ ...BusinessDetails.properties, logo: Optional(image) }),
    energyMix: Type.Object({
      ...EnergyMix.properties,
      environ_impact: Optional(Type.Array(impact(version))),
    }),
    hours: version === '2.1.1' ? HOURS_V211 : Hours,
  };
}

export interface LocationPartSchemas {
  image: TSchema;
  geoLocation: TSchema;
  additionalGeoLocation: TSchema;
  businessDetails: TSchema;
  energyMix: TSchema;
  hours: TSchema;
}

const degrees = (decimals: string) => ({
  latitude: Type.String({ maxLength: 10, pattern: `^-?[0-9]{1,2}\\.[0-9]${decimals}$` }),
  longitude: Type.String({ maxLength: 11, pattern: `^-?[0-9]{1,3}\\.[0-9]${decimals}$` }),
});

const OLDER_IMAGE = Type.Object({ ...Image.properties, category: ClosedEnum(IMAGE_CATEGORIES) });

/** Either the flag or the hours (LOC-42). */
const HOURS_V211 = Type.Object({
  ...Hours.properties,
  twentyfourseven: Optional(Type.Boolean()),
});

const OLDER_IMPACTS = ClosedEnum(ENVIRONMENTAL_IMPACT_CATEGORIES);

function impact(version: OcpiVersion): TSchema {
  const { amount } = EnvironmentalImpact.properties;
  if (version === '2.3.0') return EnvironmentalImpact;
  return version === '2.2.1'
    ? Type.Object({ category: OLDER_IMPACTS, amount })
    : Type.Object({ source: OLDER_IMPACTS, amount });
}
