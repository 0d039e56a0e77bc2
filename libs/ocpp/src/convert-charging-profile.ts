import {
  type ActiveChargingProfile,
  type ChargingProfile,
  type ChargingRateUnit,
  type Connector,
  formatDateTime,
  oneDecimal,
  type PowerType,
} from '#ocpi';
import Big from 'big.js';

/** What a connector can deliver. The voltage is that between line and neutral, as OCPI asks of three phases (LOC-50). */
export type ConnectorRating = Pick<
  Connector,
  'power_type' | 'max_voltage' | 'max_amperage' | 'max_electric_power'
>;

const PHASES: Record<PowerType, number> = {
  AC_1_PHASE: 1,
  AC_2_PHASE: 2,
  AC_2_PHASE_SPLIT: 2,
  AC_3_PHASE: 3,
  DC: 1,
};

/**
 * The profile in the other unit, for stations that know only that one (CHP-20): W is the total, A per phase, I = P / (V × phases).
 * No limit exceeds what the connector can, and all are rounded down to one decimal. `phases` is for a session known to use
 * fewer than the connector has. Undefined where the connector is stated without voltage or current.
 */
export function convertChargingProfile(
  profile: ChargingProfile,
  unit: ChargingRateUnit,
  connector: ConnectorRating,
  phases = PHASES[connector.power_type],
): ChargingProfile | undefined {
  if (profile.charging_rate_unit === unit) return profile;
  if (connector.max_voltage === 0 || connector.max_amperage === 0) return undefined;
  const wattsPerAmpere = new Big(connector.max_voltage).times(phases);
  const convert = (rate: number): number => {
    const exact = unit === 'W' ? wattsPerAmpere.times(rate) : new Big(rate).div(wattsPerAmpere);
    return oneDecimal(exact.toNumber());
  };
  const { min_charging_rate } = profile;
  const most = maximumRate(connector, unit, phases);
  return {
    ...profile,
    charging_rate_unit: unit,
    ...(min_charging_rate !== undefined && { min_charging_rate: convert(min_charging_rate) }),
    charging_profile_period: profile.charging_profile_period.map(({ start_period, limit }) => ({
      start_period,
      limit: Math.min(convert(limit), most),
    })),
  };
}

/** The most that a connector delivers: amperes per phase, or watts in total. */
export function maximumRate(
  connector: ConnectorRating,
  unit: ChargingRateUnit,
  phases = PHASES[connector.power_type],
): number {
  const { max_voltage, max_amperage, max_electric_power } = connector;
  if (unit === 'A') return max_amperage;
  const product = max_voltage * max_amperage * phases;
  return Math.min(product, max_electric_power ?? product);
}

/** The plan of an EVSE that nothing limits any longer: its connector's maximum for so many seconds from `start` (CHP-32). */
export const maximumCapacityProfile = (
  connector: ConnectorRating,
  unit: ChargingRateUnit,
  start: Date,
  durationSeconds: number,
): ActiveChargingProfile => ({
  start_date_time: formatDateTime(start, '2.3.0'),
  charging_profile: {
    duration: durationSeconds,
    charging_rate_unit: unit,
    charging_profile_period: [{ start_period: 0, limit: maximumRate(connector, unit) }],
  },
});
