import { locationChecker } from './location-checker.js';
import { aLocation } from '../../../test/location-builder.js';

const openOn = (weekday: number, period_begin: string, period_end: string) => ({
  twentyfourseven: false,
  regular_hours: [{ weekday, period_begin, period_end }],
});

describe('opening hours over midnight', () => {
  it.each([
    [
      5,
      '20:00',
      '02:00',
      [
        [5, '20:00', '23:59'],
        [6, '00:00', '02:00'],
      ],
    ],
    [
      7,
      '22:30',
      '06:15',
      [
        [7, '22:30', '23:59'],
        [1, '00:00', '06:15'],
      ],
    ],
    [3, '08:00', '00:00', [[3, '08:00', '23:59']]],
    [3, '08:00', '20:00', [[3, '08:00', '20:00']]],
  ] as const)(
    'LOC-43: day %i %s to %s is stored as windows of one day each',
    (day, from, to, windows) => {
      const read = locationChecker.decode(aLocation({ opening_times: openOn(day, from, to) }));

      expect(read.ok && read.value.opening_times?.regular_hours).toEqual(
        windows.map(([weekday, period_begin, period_end]) => ({
          weekday,
          period_begin,
          period_end,
        })),
      );
    },
  );
});
