import { type OcpiVersion } from '../../types/ocpi-version.js';
import { type LocationCodec } from './location-codec.js';
import { locationsV211 } from './locations.v211.js';
import { locationsV221 } from './locations.v221.js';
import { locationsV230 } from './locations.v230.js';

const CODECS: Record<OcpiVersion, LocationCodec> = {
  '2.1.1': locationsV211,
  '2.2.1': locationsV221,
  '2.3.0': locationsV230,
};

/** How a version prints Locations, EVSEs and Connectors. */
export const locationCodec = (version: OcpiVersion): LocationCodec => CODECS[version];
