import { type Static, Type } from '@sinclair/typebox';
import { Image } from './image.js';
import { Optional, Text, Url } from './schema.js';

/** Who stands behind a role, a Location or a brand (Locations chapter). */
export const BusinessDetails = Type.Object({
  name: Text(100),
  website: Optional(Url()),
  logo: Optional(Image),
});
export type BusinessDetails = Static<typeof BusinessDetails>;
