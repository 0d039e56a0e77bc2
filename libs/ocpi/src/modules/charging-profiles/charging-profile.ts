import { type Static, Type } from '@sinclair/typebox';
import { ClosedEnum, DateTime, Optional } from '../../types/schema.js';

/** More than any station takes: OCPP's own bound. */
const MOST_PERIODS = 1024;
/** A gigawatt, so that whatever unit it is converted to stays a number. */
const HIGHEST_RATE = 1_000_000_000;

const Rate = () => Type.Number({ minimum: 0, maximum: HIGHEST_RATE });

/** W: total power of the EVSE; A: per phase (CHP-20). */
export const ChargingRateUnit = ClosedEnum(['W', 'A']);
export type ChargingRateUnit = Static<typeof ChargingRateUnit>;

/** From `start_period` seconds on, at most `limit`; zero is a legal pause (CHP-16). */
export const ChargingProfilePeriod = Type.Object({
  start_period: Type.Integer({ minimum: 0 }),
  limit: Rate(),
});
export type ChargingProfilePeriod = Static<typeof ChargingProfilePeriod>;

/** A ceiling over time, relative to the start of charging where it names no start (CHP-18, CHP-19). */
export const ChargingProfile = Type.Object({
  start_date_time: Optional(DateTime()),
  duration: Optional(Type.Integer({ minimum: 1 })),
  charging_rate_unit: ChargingRateUnit,
  min_charging_rate: Optional(Rate()),
  charging_profile_period: Type.Array(ChargingProfilePeriod, {
    minItems: 1,
    maxItems: MOST_PERIODS,
  }),
});
export type ChargingProfile = Static<typeof ChargingProfile>;

/** What an EVSE plans to do; offsets count from the outer `start_date_time`, the moment it was computed (CHP-40). */
export const ActiveChargingProfile = Type.Object({
  start_date_time: DateTime(),
  charging_profile: ChargingProfile,
});
export type ActiveChargingProfile = Static<typeof ActiveChargingProfile>;
