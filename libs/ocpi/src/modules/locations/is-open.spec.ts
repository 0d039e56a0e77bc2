import { isOpen } from './is-open.js';

const berlin = (opening_times: object) => ({
  time_zone: 'Europe/Berlin',
  opening_times: { twentyfourseven: false, ...opening_times },
});
const at = (instant: string) => new Date(instant);
const sunday = { weekday: 7, period_begin: '08:00', period_end: '18:00' };

describe('isOpen', () => {
  it.each([
    ['2026-03-01T06:59:00Z', false],
    ['2026-03-01T07:00:00Z', true],
    ['2026-03-01T16:59:59Z', true],
    ['2026-03-01T17:00:00Z', false],
    ['2026-03-02T08:00:00Z', false],
  ])('local hours of a weekday, at %s: %p', (time, open) => {
    expect(isOpen(berlin({ regular_hours: [sunday] }), at(time))).toBe(open);
  });

  it('a window until 23:59 lasts through midnight, where the next begins', () => {
    const night = berlin({
      regular_hours: [
        { weekday: 7, period_begin: '20:00', period_end: '23:59' },
        { weekday: 1, period_begin: '00:00', period_end: '04:00' },
      ],
    });
    expect(isOpen(night, at('2026-03-01T22:59:30Z'))).toBe(true);
    expect(isOpen(night, at('2026-03-01T23:00:00Z'))).toBe(true);
    expect(isOpen(night, at('2026-03-02T03:00:00Z'))).toBe(false);
  });

  it('a closing wins over an opening, which wins over the hours', () => {
    const period = (from: string, to: string) => [
      { period_begin: `2026-03-02T${from}:00Z`, period_end: `2026-03-02T${to}:00Z` },
    ];
    const site = berlin({
      regular_hours: [sunday],
      exceptional_openings: period('10:00', '14:00'),
      exceptional_closings: period('12:00', '13:00'),
    });
    expect(isOpen(site, at('2026-03-02T11:00:00Z'))).toBe(true);
    expect(isOpen(site, at('2026-03-02T12:00:00Z'))).toBe(false);
    expect(isOpen(site, at('2026-03-02T13:00:00Z'))).toBe(true);
  });

  it('is open without hours, and round the clock', () => {
    expect(isOpen({ time_zone: 'Europe/Berlin' }, at('2026-03-01T03:00:00Z'))).toBe(true);
    const always = berlin({ twentyfourseven: true });
    expect(isOpen(always, at('2026-03-01T03:00:00Z'))).toBe(true);
  });
});
