import { encodeActiveChargingProfileResult, type GetChargingProfileQuery } from '#ocpi';
import { resultOfGetProfile, withinHorizon } from '#ocpp';
import { type CommandKindRules } from './command-kind.js';

export const getChargingProfile: CommandKindRules = {
  outcomeOf(finished, { body }) {
    const outcome = resultOfGetProfile(finished, finished.active_charging_profile);
    if (outcome.result !== 'ACCEPTED') return outcome;
    const { duration } = JSON.parse(body) as GetChargingProfileQuery;
    const activeProfile = withinHorizon(outcome.profile, { least: 1, most: duration });
    return { result: outcome.result, activeProfile };
  },
  bodyOf: (_version, { activeProfile }) =>
    encodeActiveChargingProfileResult(
      activeProfile ? { result: 'ACCEPTED', profile: activeProfile } : { result: 'REJECTED' },
    ),
};
