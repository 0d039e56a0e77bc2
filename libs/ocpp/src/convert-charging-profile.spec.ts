import { type ChargingProfile } from '#ocpi';
import {
  type ConnectorRating,
  convertChargingProfile,
  maximumCapacityProfile,
} from './convert-charging-profile.js';

const connector = (
  power_type: ConnectorRating['power_type'],
  max_amperage: number,
  more: Partial<ConnectorRating> = {},
): ConnectorRating => ({ power_type, max_voltage: 230, max_amperage, ...more });

const profile = (
  charging_rate_unit: 'W' | 'A',
  ...limits: [number, ...number[]]
): ChargingProfile => ({
  charging_rate_unit,
  charging_profile_period: limits.map((limit, index) => ({ start_period: index * 60, limit })),
});

const limits = (converted: ChargingProfile | undefined) =>
  converted?.charging_profile_period.map(({ limit }) => limit);

describe('convertChargingProfile', () => {
  it.each([
    ['AC_3_PHASE', 32, 15.9],
    ['AC_1_PHASE', 63, 47.8],
    ['AC_1_PHASE', 32, 32],
    ['AC_2_PHASE', 32, 23.9],
    ['AC_2_PHASE_SPLIT', 32, 23.9],
    ['DC', 100, 47.8],
  ] as const)(
    'CHP-20 (partial: the conversion): 11 kW on %s of 230 V and %i A is %p A',
    (power_type, amperes, expected) => {
      const converted = convertChargingProfile(
        profile('W', 11_000, 0),
        'A',
        connector(power_type, amperes),
      );
      expect(converted?.charging_rate_unit).toBe('A');
      expect(limits(converted)).toEqual([expected, 0]);
    },
  );

  it.each([
    ['AC_3_PHASE', 32, undefined, 11_040],
    ['AC_1_PHASE', 32, undefined, 3680],
    ['AC_3_PHASE', 10, undefined, 6900],
    ['AC_3_PHASE', 32, 7400, 7400],
  ] as const)(
    'CHP-20 (partial: the conversion): 16 A on %s of 230 V, %i A and at most %p W is %p W',
    (power_type, amperes, power, expected) => {
      const rating = connector(
        power_type,
        amperes,
        power === undefined ? {} : { max_electric_power: power },
      );
      expect(limits(convertChargingProfile(profile('A', 16), 'W', rating))).toEqual([expected]);
    },
  );

  it('CHP-20 (partial: the conversion): a session known to use one phase has all of the power on it', () => {
    const three = connector('AC_3_PHASE', 32);
    expect(limits(convertChargingProfile(profile('W', 3680), 'A', three, 1))).toEqual([16]);
    expect(limits(convertChargingProfile(profile('A', 40), 'W', three, 1))).toEqual([7360]);
  });

  it('CHP-41 (partial: the conversion): the least rate is converted with the limits, and nothing else changes', () => {
    const asked: ChargingProfile = {
      ...profile('A', 16, 8),
      start_date_time: '2026-05-01T10:00:00Z',
      duration: 900,
      min_charging_rate: 6,
    };
    expect(convertChargingProfile(asked, 'W', connector('AC_3_PHASE', 32))).toEqual({
      ...asked,
      ...profile('W', 11_040, 5520),
      min_charging_rate: 4140,
    });
    expect(convertChargingProfile(asked, 'A', connector('AC_3_PHASE', 32))).toBe(asked);
  });

  it('cannot be done for a connector without voltage or current', () => {
    const unknown = connector('AC_3_PHASE', 32, { max_voltage: 0 });
    expect(convertChargingProfile(profile('W', 1), 'A', unknown)).toBeUndefined();
    expect(
      convertChargingProfile(profile('W', 1), 'A', connector('AC_3_PHASE', 0)),
    ).toBeUndefined();
  });
});

describe('maximumCapacityProfile', () => {
  it.each([
    ['A', 32],
    ['W', 22_080],
  ] as const)(
    'CHP-32 (partial: the profile): in %s it has one period with the most of the connector, %p',
    (unit, limit) => {
      const start = new Date('2026-05-01T10:00:05Z');
      expect(maximumCapacityProfile(connector('AC_3_PHASE', 32), unit, start, 900)).toEqual({
        start_date_time: '2026-05-01T10:00:05Z',
        charging_profile: {
          duration: 900,
          charging_rate_unit: unit,
          charging_profile_period: [{ start_period: 0, limit }],
        },
      });
    },
  );
});
