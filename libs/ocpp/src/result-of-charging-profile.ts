import {
  type ActiveChargingProfile,
  type ActiveChargingProfileResult,
  type ChargingProfileResultType,
} from '#ocpi';
import { type StationAnswer } from './station-answer.js';

/** What a partner is told of a profile it set. Silence and every error are REJECTED: there is no other word (CHP-15). */
export const resultOfSetProfile = (answer: StationAnswer): ChargingProfileResultType =>
  wasAccepted(answer) ? 'ACCEPTED' : 'REJECTED';

/** What it is told of a profile it cleared; UNKNOWN where there was none (CHP-24). */
export function resultOfClearProfile(answer: StationAnswer): ChargingProfileResultType {
  if (answer.error === undefined && answer.status === 'Unknown') return 'UNKNOWN';
  return wasAccepted(answer) ? 'ACCEPTED' : 'REJECTED';
}

/** What it is told of the plan it asked for. A station that accepts without giving one has refused (CHP-26). */
export const resultOfGetProfile = (
  answer: StationAnswer,
  profile: ActiveChargingProfile | undefined,
): ActiveChargingProfileResult =>
  wasAccepted(answer) && profile ? { result: 'ACCEPTED', profile } : { result: 'REJECTED' };

const wasAccepted = ({ status, error }: StationAnswer): boolean =>
  error === undefined && status === 'Accepted';
