import { encodeChargingProfileResult } from '#ocpi';
import { resultOfSetProfile } from '#ocpp';
import { keepSetProfiles } from '../charging-profiles/keep-profiles.js';
import { type CommandKindRules } from './command-kind.js';
import { toldProfileResult } from './told-profile-result.js';

export const setChargingProfile: CommandKindRules = {
  outcomeOf: (finished) => ({
    result: resultOfSetProfile(finished),
    ...(finished.active_charging_profile && { activeProfile: finished.active_charging_profile }),
  }),
  bodyOf: (_version, outcome) => encodeChargingProfileResult(toldProfileResult(outcome)),
  settled: keepSetProfiles,
};
