import { type ChargingProfileResultType, encodeChargingProfileResult } from '#ocpi';
import { resultOfSetProfile } from '#ocpp';
import { keepSetProfiles } from '../charging-profiles/keep-profiles.js';
import { type CommandKindRules } from './command-kind.js';

export const setChargingProfile: CommandKindRules = {
  outcomeOf: (finished) => ({
    result: resultOfSetProfile(finished),
    ...(finished.active_charging_profile && { activeProfile: finished.active_charging_profile }),
  }),
  timeout: { result: 'REJECTED' },
  bodyOf: (_version, { result }) =>
    encodeChargingProfileResult(result as ChargingProfileResultType),
  settled: keepSetProfiles,
};
