import { type Static, Type } from '@sinclair/typebox';
import { ResponseUrl } from '../../types/schema.js';
import { ChargingProfile } from './charging-profile.js';

/** The body of a PUT (CHP-04). */
export const SetChargingProfile = Type.Object({
  charging_profile: ChargingProfile,
  response_url: ResponseUrl(),
});
export type SetChargingProfile = Static<typeof SetChargingProfile>;
