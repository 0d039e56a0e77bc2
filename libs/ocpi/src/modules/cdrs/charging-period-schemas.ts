import { type TSchema, Type } from '@sinclair/typebox';
import { pick } from '../../types/pick.js';
import { ClosedEnum } from '../../types/schema.js';
import {
  BOOKING_DIMENSIONS,
  CDR_DIMENSION_TYPES,
  CdrDimension,
  ChargingPeriod,
} from './charging-period.js';
import { DIMENSIONS_V211 } from './charging-periods.v211.js';

const isOfBookings = (type: string) => (BOOKING_DIMENSIONS as readonly string[]).includes(type);

const dimensions = (types: readonly string[]): TSchema =>
  Type.Array(Type.Object({ ...CdrDimension.properties, type: ClosedEnum(types) }), { minItems: 1 });

/** What `chargingPeriodsV221` writes. */
export const ChargingPeriodV221 = Type.Object({
  ...ChargingPeriod.properties,
  dimensions: dimensions(CDR_DIMENSION_TYPES.filter((type) => !isOfBookings(type))),
});

/** What `chargingPeriodsV211` writes; FLAT is for CDRs of partners that want it (knob `flatDimension`). */
export const ChargingPeriodV211 = Type.Object({
  ...pick(ChargingPeriod.properties, ['start_date_time']),
  dimensions: dimensions([...DIMENSIONS_V211, 'FLAT']),
});
