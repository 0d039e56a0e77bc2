import { Type } from '@sinclair/typebox';
import { Optional } from '../../types/schema.js';
import { CdrTokenV221 } from '../cdrs/cdr-token-schema.v221.js';
import { ChargingPeriodV221 } from '../cdrs/charging-period-schemas.js';
import { PriceV221 } from '../cdrs/price-schema.v221.js';
import { Session } from './session.js';

/** What `sessionV221` writes. */
export const sessionSchemaV221 = Type.Object({
  ...Session.properties,
  cdr_token: CdrTokenV221,
  charging_periods: Optional(Type.Array(ChargingPeriodV221)),
  total_cost: Optional(PriceV221),
});
