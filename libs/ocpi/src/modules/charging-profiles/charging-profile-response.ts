import { type Static } from '@sinclair/typebox';
import { ClosedEnum } from '../../types/schema.js';
import { type ActiveChargingProfile } from './charging-profile.js';

/** What we answer at once. */
export const CHARGING_PROFILE_RESPONSE_TYPES = [
  'ACCEPTED',
  'NOT_SUPPORTED',
  'REJECTED',
  'TOO_OFTEN',
  'UNKNOWN_SESSION',
] as const;
export const ChargingProfileResponseType = ClosedEnum(CHARGING_PROFILE_RESPONSE_TYPES);
export type ChargingProfileResponseType = Static<typeof ChargingProfileResponseType>;

/** What came of it, told to the `response_url`; there is no word for silence or failure (CHP-15). */
export const CHARGING_PROFILE_RESULT_TYPES = ['ACCEPTED', 'REJECTED', 'UNKNOWN'] as const;
export const ChargingProfileResultType = ClosedEnum(CHARGING_PROFILE_RESULT_TYPES);
export type ChargingProfileResultType = Static<typeof ChargingProfileResultType>;

export interface ChargingProfileResponse {
  result: ChargingProfileResponseType;
  /** When the partner may stop waiting for a result; whole seconds. */
  timeoutSeconds: number;
}

/** The result of a GET: a profile beside ACCEPTED, and beside nothing else (CHP-14, CHP-26). */
export type ActiveChargingProfileResult =
  | { result: 'ACCEPTED'; profile: ActiveChargingProfile }
  | { result: Exclude<ChargingProfileResultType, 'ACCEPTED'> };
