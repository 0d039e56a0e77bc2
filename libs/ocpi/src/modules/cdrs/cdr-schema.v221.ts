import { Type } from '@sinclair/typebox';
import { Optional } from '../../types/schema.js';
import { connectorTypeV221 } from '../locations/location-schema.v221.js';
import { tariffSchemaV221 } from '../tariffs/tariff-schema.v221.js';
import { Cdr } from './cdr.js';
import { cdrLocationV230 } from './cdr-schema.v230.js';
import { CdrTokenV221 } from './cdr-token-schema.v221.js';
import { ChargingPeriodV221 } from './charging-period-schemas.js';
import { PriceV221 } from './price-schema.v221.js';

export const cdrLocationV221 = Type.Object({
  ...cdrLocationV230.properties,
  connector_standard: connectorTypeV221,
});

/** What `cdrV221` writes. */
export const cdrSchemaV221 = Type.Object({
  ...Type.Omit(Cdr, ['booking_id']).properties,
  cdr_token: CdrTokenV221,
  cdr_location: cdrLocationV221,
  tariffs: Optional(Type.Array(tariffSchemaV221)),
  charging_periods: Type.Array(ChargingPeriodV221, { minItems: 1 }),
  total_cost: PriceV221,
  total_fixed_cost: Optional(PriceV221),
  total_energy_cost: Optional(PriceV221),
  total_time_cost: Optional(PriceV221),
  total_parking_cost: Optional(PriceV221),
  total_reservation_cost: Optional(PriceV221),
});
