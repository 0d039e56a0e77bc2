import { reformatDateTime } from '../../types/date-time.js';
import { type WireObject } from '../locations/location-view.js';
import { type ActiveChargingProfile } from './charging-profile.js';
import {
  type ActiveChargingProfileResult,
  type ChargingProfileResponse,
  type ChargingProfileResultType,
} from './charging-profile-response.js';
import { withOneDecimal } from './decode-charging-profile.js';

/** The answer to a GET, PUT or DELETE; there is no place for a message (CHP-07). */
export const encodeChargingProfileResponse = ({
  result,
  timeoutSeconds,
}: ChargingProfileResponse): WireObject => ({ result, timeout: timeoutSeconds });

/** The bare body that tells what came of a PUT (CHP-13). */
export const encodeChargingProfileResult = (result: ChargingProfileResultType): WireObject => ({
  result,
});

/** The bare body that tells what came of a DELETE (CHP-13). */
export const encodeClearProfileResult = (result: ChargingProfileResultType): WireObject => ({
  result,
});

/** The bare body that tells what came of a GET (CHP-13, CHP-14). */
export const encodeActiveChargingProfileResult = (
  outcome: ActiveChargingProfileResult,
): WireObject =>
  outcome.result === 'ACCEPTED'
    ? { result: outcome.result, profile: encodeActiveChargingProfile(outcome.profile) }
    : { result: outcome.result };

/** The plan of an EVSE, as told in results and pushes: its zero point is the outer start, so there is no second (CHP-40). */
export function encodeActiveChargingProfile(active: ActiveChargingProfile): WireObject {
  const { start_date_time: _, ...charging_profile } = withOneDecimal(active.charging_profile);
  return {
    start_date_time: reformatDateTime(active.start_date_time, '2.3.0'),
    charging_profile,
  };
}
