import { type Static, Type } from '@sinclair/typebox';
import { GeoLocation } from '../../types/geo-location.js';
import { CiString, Optional, Text } from '../../types/schema.js';
import { ConnectorFormat, ConnectorType, PowerType } from '../locations/location-enums.js';

/**
 * Where a session took place, as it was at its start (CDR-17, CDR-23). Written with Location's widths: the narrower
 * `address` (45) and `state` (20) of this class are the encoders' business (CDR-25).
 */
export const CdrLocation = Type.Object({
  id: CiString(36),
  name: Optional(Text(255)),
  address: Text(255),
  city: Text(45),
  postal_code: Optional(Text(10)),
  state: Optional(Text(45)),
  country: Type.String({ pattern: '^[A-Za-z]{3}$' }),
  coordinates: GeoLocation,
  evse_uid: CiString(36),
  evse_id: CiString(48),
  connector_id: CiString(36),
  connector_standard: ConnectorType,
  connector_format: ConnectorFormat,
  connector_power_type: PowerType,
});
export type CdrLocation = Static<typeof CdrLocation>;
