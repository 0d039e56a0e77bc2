import { type CommandKindRules } from './command-kind.js';

/**
 * The answer goes into the partner's own HTTP answer: there is no URL to call back. A CSMS without an opinion of its own may
 * answer by the station's word.
 */
export const setChargingPreferences: CommandKindRules = {
  outcomeOf({ preferences_response, status, error }) {
    if (error !== undefined) return { result: 'FAILED' };
    const word = status === 'Accepted' ? 'ACCEPTED' : 'NOT_POSSIBLE';
    return { result: preferences_response ?? word };
  },
  bodyOf: () => undefined,
};
