import { type ChargingProfileResultType, encodeClearProfileResult } from '#ocpi';
import { resultOfClearProfile } from '#ocpp';
import { keepClearedProfiles } from '../charging-profiles/keep-profiles.js';
import { type CommandKindRules } from './command-kind.js';

export const clearChargingProfile: CommandKindRules = {
  outcomeOf: (finished) => ({ result: resultOfClearProfile(finished) }),
  timeout: { result: 'REJECTED' },
  bodyOf: (_version, { result }) => encodeClearProfileResult(result as ChargingProfileResultType),
  settled: keepClearedProfiles,
};
