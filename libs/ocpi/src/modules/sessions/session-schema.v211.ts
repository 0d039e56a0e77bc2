import { Type } from '@sinclair/typebox';
import { pick } from '../../types/pick.js';
import { ClosedEnum, Optional } from '../../types/schema.js';
import { authMethodSchemaV211 } from '../cdrs/cdr-schema.v211.js';
import { ChargingPeriodV211 } from '../cdrs/charging-period-schemas.js';
import { locationSchemasV211 } from '../locations/location-schema.v211.js';
import { Session } from './session.js';

/** What `sessionV211` writes. */
export const sessionSchemaV211 = Type.Object({
  ...pick(Session.properties, ['id', 'kwh', 'meter_id', 'currency', 'last_updated']),
  start_datetime: Session.properties.start_date_time,
  end_datetime: Optional(Session.properties.start_date_time),
  auth_id: Session.properties.cdr_token.properties.contract_id,
  auth_method: authMethodSchemaV211,
  location: locationSchemasV211.location,
  charging_periods: Optional(Type.Array(ChargingPeriodV211)),
  total_cost: Optional(Type.Number()),
  status: ClosedEnum(['ACTIVE', 'COMPLETED', 'INVALID', 'PENDING']),
});
