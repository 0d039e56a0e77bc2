import { type Decoded, refused, within } from '../../types/field-error.js';
import { oneDecimal } from '../../types/number.js';
import { pick } from '../../types/pick.js';
import {
  type Deviation,
  type OffsetRule,
  receiveDateTime,
} from '../../types/received-date-time.js';
import { compile } from '../../types/schema.js';
import { type ChargingProfile } from './charging-profile.js';
import { checkChargingProfile } from './charging-profile-rules.js';
import { SetChargingProfile } from './set-charging-profile.js';

const checker = compile(SetChargingProfile);

export interface ReceivedChargingProfile {
  request: SetChargingProfile;
  deviations: Deviation[];
}

/**
 * The body of a PUT in canonical form, or everything that is wrong with it (CHP-04, CHP-16, CHP-17). It is the same in all
 * versions that have it. More than one decimal is cut: a ceiling a little lower serves the partner better than none.
 */
export function decodeSetChargingProfile(
  wire: unknown,
  rule: OffsetRule = {},
): Decoded<ReceivedChargingProfile> {
  const stated = checker.decode(wire);
  if (!stated.ok) return stated;
  const { charging_profile: profile, response_url } = stated.value;
  const errors = checkChargingProfile(profile);
  if (errors.length > 0) return refused(...within('charging_profile', errors));
  const { start_date_time } = profile;
  const start =
    start_date_time === undefined
      ? undefined
      : receiveDateTime('charging_profile.start_date_time', start_date_time, rule);
  if (start?.ok === false) return start;
  const charging_profile = {
    ...withOneDecimal(profile),
    ...(start && { start_date_time: start.value.text }),
  };
  const deviations = start?.value.deviations ?? [];
  return { ok: true, value: { request: { charging_profile, response_url }, deviations } };
}

/** The known fields alone, each rate with one decimal. */
export function withOneDecimal(profile: ChargingProfile): ChargingProfile {
  const { min_charging_rate, charging_profile_period } = profile;
  return {
    ...pick(profile, ['start_date_time', 'duration', 'charging_rate_unit']),
    ...(min_charging_rate !== undefined && { min_charging_rate: oneDecimal(min_charging_rate) }),
    charging_profile_period: charging_profile_period.map(({ start_period, limit }) => ({
      start_period,
      limit: oneDecimal(limit),
    })),
  };
}
