import { type Static, Type } from '@sinclair/typebox';
import { ActiveChargingProfile, CiString, compile, Optional } from '#ocpi';
import { PARTY_FIELDS } from './party-fields.js';

/**
 * What limits a session changed for a reason of our own: load management, a local limit. Without `active_charging_profile`
 * nothing limits it any more (CHP-32). Who set a profile on the session is told.
 */
export const ChargingProfileChanged = Type.Object({
  ...PARTY_FIELDS,
  session_id: CiString(36),
  active_charging_profile: Optional(ActiveChargingProfile),
});
export type ChargingProfileChanged = Static<typeof ChargingProfileChanged>;
export const chargingProfileChangedChecker = compile(ChargingProfileChanged);
