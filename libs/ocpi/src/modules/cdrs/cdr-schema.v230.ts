import { Type } from '@sinclair/typebox';
import { Optional, Text } from '../../types/schema.js';
import { locationPartSchemas } from '../locations/location-part-schemas.js';
import { tariffSchemaV230 } from '../tariffs/tariff-schema.v230.js';
import { Cdr } from './cdr.js';
import { CdrLocation } from './cdr-location.js';

/** Narrower than a Location (CDR-25). */
export const cdrLocationV230 = Type.Object({
  ...CdrLocation.properties,
  address: Text(45),
  state: Optional(Text(20)),
  coordinates: locationPartSchemas('2.3.0').geoLocation,
});

/** What `cdrV230` writes. */
export const cdrSchemaV230 = Type.Object({
  ...Cdr.properties,
  cdr_location: cdrLocationV230,
  tariffs: Optional(Type.Array(tariffSchemaV230)),
});
