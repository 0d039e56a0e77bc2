import { type ActiveChargingProfile } from '#ocpi';
import { withinHorizon } from '#ocpp';

/** How far ahead a partner is told, in seconds: OCPI advises 5 to 60 minutes (CHP-31). */
export const TOLD_SECONDS = { least: 300, most: 3600 };

/** What is pushed of the plan of an EVSE. */
export const toldProfile = (active: ActiveChargingProfile): ActiveChargingProfile =>
  withinHorizon(active, TOLD_SECONDS);
