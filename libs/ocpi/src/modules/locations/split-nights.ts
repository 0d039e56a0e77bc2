import { type Hours, type Location, type RegularHours } from './location.js';

/** Windows over midnight as two, the first until 23:59, the second on the next weekday (LOC-43). */
function splitNights(hours: Hours): Hours {
  if (!hours.regular_hours?.some(isNight)) return hours;
  return { ...hours, regular_hours: hours.regular_hours.flatMap(split) };
}

/** The Location with its opening hours split at midnight. */
export function withSplitNights(location: Location): Location {
  if (!location.opening_times) return location;
  return { ...location, opening_times: splitNights(location.opening_times) };
}

const isNight = ({ period_begin, period_end }: RegularHours): boolean => period_end < period_begin;

function split(window: RegularHours): RegularHours[] {
  if (!isNight(window)) return [window];
  const evening = { ...window, period_end: '23:59' };
  if (window.period_end === '00:00') return [evening];
  const weekday = (window.weekday % 7) + 1;
  return [evening, { weekday, period_begin: '00:00', period_end: window.period_end }];
}
