import { type ActiveChargingProfile } from '#ocpi';

/**
 * The plan for so many seconds: cut where it says more, its last period prolonged where it says less. Without a duration it
 * holds as long as may be told (CHP-25, CHP-31, CHP-40).
 */
export function withinHorizon(
  { start_date_time, charging_profile }: ActiveChargingProfile,
  { least, most }: { least: number; most: number },
): ActiveChargingProfile {
  const duration = Math.min(most, Math.max(least, charging_profile.duration ?? most));
  const charging_profile_period = charging_profile.charging_profile_period.filter(
    ({ start_period }) => start_period < duration,
  );
  return {
    start_date_time,
    charging_profile: { ...charging_profile, duration, charging_profile_period },
  };
}
