import { type FieldError } from '../../types/field-error.js';
import { type ActiveChargingProfile, type ChargingProfile } from './charging-profile.js';

/** What a profile must not say although its schema allows it: periods begin with the profile and follow each other (CHP-17). */
export function checkChargingProfile({ charging_profile_period }: ChargingProfile): FieldError[] {
  return charging_profile_period.flatMap(({ start_period }, index) => {
    const path = `charging_profile_period[${index}].start_period`;
    const before = charging_profile_period[index - 1];
    if (!before) return start_period === 0 ? [] : [{ path, message: 'the first must be 0' }];
    if (start_period > before.start_period) return [];
    return [{ path, message: 'must be after the period before' }];
  });
}

const PHASE_FIELDS = ['number_phases', 'numberPhases', 'phase_to_use', 'phaseToUse'];

/** A station's plan may name phases; OCPI has no place for them, so limits are told as they are (CHP-27). */
export const advisePhases = (active: ActiveChargingProfile | undefined): FieldError[] =>
  active?.charging_profile.charging_profile_period.flatMap((period, index) =>
    Object.keys(period)
      .filter((field) => PHASE_FIELDS.includes(field))
      .map((field) => ({
        path: `active_charging_profile.charging_profile.charging_profile_period[${index}].${field}`,
        message: 'partners are not told of phases',
      })),
  ) ?? [];
