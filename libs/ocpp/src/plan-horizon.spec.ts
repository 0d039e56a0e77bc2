import { type ActiveChargingProfile } from '#ocpi';
import { withinHorizon } from './plan-horizon.js';

const plan = (duration: number | undefined, ...starts: number[]): ActiveChargingProfile => ({
  start_date_time: '2026-03-01T10:00:05Z',
  charging_profile: {
    ...(duration !== undefined && { duration }),
    charging_rate_unit: 'A',
    charging_profile_period: starts.map((start_period) => ({ start_period, limit: 16 })),
  },
});
const told = { least: 300, most: 3600 };

describe('withinHorizon', () => {
  it.each([
    [plan(1800, 0, 600), plan(1800, 0, 600)],
    [plan(86_400, 0, 600, 3600, 7200), plan(3600, 0, 600)],
    [plan(60, 0, 30), plan(300, 0, 30)],
    [plan(undefined, 0, 4000), plan(3600, 0)],
  ])('CHP-31 (partial: the horizon): %j is told as %j', (active, expected) => {
    expect(withinHorizon(active, told)).toEqual(expected);
  });
});
