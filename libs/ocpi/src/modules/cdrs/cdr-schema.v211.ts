import { Type } from '@sinclair/typebox';
import { pick } from '../../types/pick.js';
import { ClosedEnum, Optional } from '../../types/schema.js';
import { locationSchemasV211 } from '../locations/location-schema.v211.js';
import { tariffSchemaV211 } from '../tariffs/tariff-schema.v211.js';
import { Cdr } from './cdr.js';
import { ChargingPeriodV211 } from './charging-period-schemas.js';

export const authMethodSchemaV211 = ClosedEnum(['AUTH_REQUEST', 'WHITELIST']);

/** What `cdrV211` writes. */
export const cdrSchemaV211 = Type.Object({
  ...pick(Cdr.properties, [
    'id',
    'start_date_time',
    'meter_id',
    'currency',
    'total_energy',
    'total_time',
    'total_parking_time',
    'remark',
    'last_updated',
  ]),
  stop_date_time: Cdr.properties.end_date_time,
  auth_id: Cdr.properties.cdr_token.properties.contract_id,
  auth_method: authMethodSchemaV211,
  location: locationSchemasV211.location,
  tariffs: Optional(Type.Array(tariffSchemaV211)),
  charging_periods: Type.Array(ChargingPeriodV211, { minItems: 1 }),
  total_cost: Type.Number(),
});
