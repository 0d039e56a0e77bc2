import { type Static, Type } from '@sinclair/typebox';
import { ClosedEnum, compile, DateTime, Optional } from '../../types/schema.js';

export const PROFILE_TYPES = ['CHEAP', 'FAST', 'GREEN', 'REGULAR'] as const;
export const ProfileType = ClosedEnum(PROFILE_TYPES);
export type ProfileType = Static<typeof ProfileType>;

/** What a driver asks of smart charging; each PUT replaces the one before (Sessions chapter, SES-49). `energy_need` in kWh. */
export const ChargingPreferences = Type.Object({
  profile_type: ProfileType,
  departure_time: Optional(DateTime()),
  energy_need: Optional(Type.Number()),
  discharge_allowed: Optional(Type.Boolean()),
});
export type ChargingPreferences = Static<typeof ChargingPreferences>;

export const chargingPreferencesChecker = compile(ChargingPreferences);

/** What becomes of preferences (SES-05 to SES-07). */
export const ChargingPreferencesResponse = ClosedEnum([
  'ACCEPTED',
  'DEPARTURE_REQUIRED',
  'ENERGY_NEED_REQUIRED',
  'NOT_POSSIBLE',
  'PROFILE_TYPE_NOT_SUPPORTED',
]);
export type ChargingPreferencesResponse = Static<typeof ChargingPreferencesResponse>;
