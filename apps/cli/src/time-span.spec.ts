import { instantOf, secondsOf } from './time-span.js';

describe('times on the command line', () => {
  it.each([
    ['45s', 45],
    ['30min', 1800],
    ['30m', 1800],
    ['1h', 3600],
    ['2 d', 172_800],
  ])('%s has %i seconds', (text, seconds) => {
    expect(secondsOf(text)).toBe(seconds);
  });

  it.each(['', '1', 'h', '1w', '-1h', '1h30'])("'%s' is refused", (text) => {
    expect(() => secondsOf(text)).toThrow('write a time as');
  });

  it('takes an instant, or a time before now', () => {
    const now = new Date('2026-01-02T12:00:00Z');

    expect(instantOf('2026-01-01', now)).toBe('2026-01-01T00:00:00.000Z');
    expect(instantOf('2026-01-01T10:00:00+02:00', now)).toBe('2026-01-01T08:00:00.000Z');
    expect(instantOf('90min', now)).toBe('2026-01-02T10:30:00.000Z');
  });
});
