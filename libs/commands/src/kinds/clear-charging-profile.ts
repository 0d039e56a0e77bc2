import { encodeClearProfileResult } from '#ocpi';
import { resultOfClearProfile } from '#ocpp';
import { keepClearedProfiles } from '../charging-profiles/keep-profiles.js';
import { type CommandKindRules } from './command-kind.js';
import { toldProfileResult } from './told-profile-result.js';

export const clearChargingProfile: CommandKindRules = {
  outcomeOf: (finished) => ({ result: resultOfClearProfile(finished) }),
  bodyOf: (_version, outcome) => encodeClearProfileResult(toldProfileResult(outcome)),
  settled: keepClearedProfiles,
};
