import { type Static, Type } from '@sinclair/typebox';
import { DisplayText } from './display-text.js';
import { Optional } from './schema.js';

const degrees = (digits: number) =>
  Type.String({ maxLength: 20, pattern: `^-?[0-9]{1,${digits}}(\\.[0-9]+)?$` });

/**
 * A point as decimal degrees in text. Any number of decimals is taken in; what leaves is shaped per version by
 * `coordinate()` (TYP-12, LOC-46). JSON numbers are refused.
 */
export const GeoLocation = Type.Object({ latitude: degrees(2), longitude: degrees(3) });
export type GeoLocation = Static<typeof GeoLocation>;

export const AdditionalGeoLocation = Type.Object({
  latitude: degrees(2),
  longitude: degrees(3),
  name: Optional(DisplayText),
});
export type AdditionalGeoLocation = Static<typeof AdditionalGeoLocation>;
