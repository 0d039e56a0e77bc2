import { type Static, Type } from '@sinclair/typebox';
import { CiString, ClosedEnum, DateTime, Optional } from '../../types/schema.js';

/** Dimensions that a Session may show and a CDR may not (CDR-36, SES-43). */
export const SESSION_ONLY_DIMENSIONS = [
  'CURRENT',
  'ENERGY_EXPORT',
  'ENERGY_IMPORT',
  'POWER',
  'STATE_OF_CHARGE',
] as const;

/** Dimensions of the bookings editions of 2.3.0 (CDR-38). */
export const BOOKING_DIMENSIONS = ['RESERVATION_EXPIRES', 'RESERVATION_OVERTIME'] as const;

export const CDR_DIMENSION_TYPES = [
  'ENERGY',
  'MAX_CURRENT',
  'MIN_CURRENT',
  'MAX_POWER',
  'MIN_POWER',
  'PARKING_TIME',
  'RESERVATION_TIME',
  'TIME',
  ...SESSION_ONLY_DIMENSIONS,
  ...BOOKING_DIMENSIONS,
] as const;
export const CdrDimensionType = ClosedEnum(CDR_DIMENSION_TYPES);
export type CdrDimensionType = Static<typeof CdrDimensionType>;

/** Energy in kWh, times in hours, currents in A over all phases, powers in kW, state of charge in percent. */
export const CdrDimension = Type.Object({ type: CdrDimensionType, volume: Type.Number() });
export type CdrDimension = Static<typeof CdrDimension>;

/** A stretch of a session; it ends where the next one starts (CDRs chapter, SES-42, CDR-28). */
export const ChargingPeriod = Type.Object({
  start_date_time: DateTime(),
  dimensions: Type.Array(CdrDimension, { minItems: 1 }),
  tariff_id: Optional(CiString(36)),
});
export type ChargingPeriod = Static<typeof ChargingPeriod>;
