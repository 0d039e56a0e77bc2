import { type ActiveChargingProfile, type ChargingProfile } from '#ocpi';
import { type ConnectorRating } from './convert-charging-profile.js';
import { plansOtherwise } from './plans-otherwise.js';

const connector: ConnectorRating = {
  power_type: 'AC_3_PHASE',
  max_voltage: 230,
  max_amperage: 32,
};
const SINCE = '2026-03-01T09:00:00Z';
const profile = (
  unit: 'A' | 'W',
  limits: [start: number, limit: number][],
  more: Partial<ChargingProfile> = {},
): ChargingProfile => ({
  charging_rate_unit: unit,
  charging_profile_period: limits.map(([start_period, limit]) => ({ start_period, limit })),
  ...more,
});
const plan = (charging_profile: ChargingProfile): ActiveChargingProfile => ({
  start_date_time: '2026-03-01T10:00:05Z',
  charging_profile: { duration: 1800, ...charging_profile },
});
const at10 = { start_date_time: '2026-03-01T10:00:00Z' };

describe('plansOtherwise', () => {
  it.each([
    ['the same', profile('A', [[0, 16]]), profile('A', [[0, 16]]), false],
    ['a lower local limit', profile('A', [[0, 32]]), profile('A', [[0, 10]]), true],
    ['the other unit', profile('W', [[0, 11_000]]), profile('A', [[0, 15.9]]), false],
    ['rounded on the way', profile('W', [[0, 11_000]]), profile('W', [[0, 10_971]]), false],
    ['less in the other unit', profile('W', [[0, 11_000]]), profile('A', [[0, 10]]), true],
    ['the connector is the limit', profile('A', [[0, 63]]), profile('A', [[0, 32]]), false],
    [
      'periods a few seconds off',
      profile('A', [[0, 16], [600, 8]], at10), // prettier-ignore
      profile('A', [[0, 16], [598, 8]]), // prettier-ignore
      false,
    ],
    [
      'a step that is left out',
      profile('A', [[0, 16], [600, 8]], at10), // prettier-ignore
      profile('A', [[0, 16]]),
      true,
    ],
    [
      'relative to the start of charging',
      profile('A', [[0, 32], [3600, 8]]), // prettier-ignore
      profile('A', [[0, 8]]),
      false,
    ],
    [
      'over after its duration',
      profile('A', [[0, 8]], { ...at10, duration: 900 }),
      profile('A', [[0, 8], [895, 32]]), // prettier-ignore
      false,
    ],
  ])('CHP-30 (partial: the comparison): %s', (_name, asked, planned, otherwise) => {
    expect(plansOtherwise(asked, SINCE, plan(planned), connector)).toBe(otherwise);
  });
});
