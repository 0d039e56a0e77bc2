import { decodeChargingPreferences } from './charging-preferences.js';

const whole = {
  profile_type: 'CHEAP',
  departure_time: '2026-03-01T18:00:00Z',
  energy_need: 20.5,
  discharge_allowed: true,
};
const read = (...args: Parameters<typeof decodeChargingPreferences>) => {
  const decoded = decodeChargingPreferences(...args);
  return decoded.ok ? decoded.value : decoded.errors.map(({ path }) => path);
};

describe('decodeChargingPreferences', () => {
  it('SES-49 (partial: the body), SES-10 (partial: the default): what is not said is forgotten, and discharging is not allowed', () => {
    expect(read({ ...whole, foo: 1 })).toEqual({ preferences: whole, deviations: [] });
    expect(read({ profile_type: 'REGULAR', energy_need: null })).toEqual({
      preferences: { profile_type: 'REGULAR', discharge_allowed: false },
      deviations: [],
    });
  });

  it.each([
    ['profile_type', undefined],
    ['profile_type', 'fast'],
    ['departure_time', 'tonight'],
    ['energy_need', '20'],
    ['discharge_allowed', 'yes'],
  ])('SES-49 (partial: the body): %s cannot be %p', (field, value) => {
    expect(read({ ...whole, [field]: value })).toEqual([field]);
  });

  it('TYP-07, TYP-08: the departure is an instant in UTC, whatever way it is written', () => {
    const offset = { ...whole, departure_time: '2026-03-01T19:00:00+01:00' };
    expect(read(offset)).toEqual({ preferences: whole, deviations: ['numeric_offset'] });
    expect(read({ ...whole, departure_time: '2026-03-01T18:00:00' })).toMatchObject({
      preferences: whole,
    });
    expect(read(offset, { strictOffsets: true })).toEqual(['departure_time']);
  });
});
