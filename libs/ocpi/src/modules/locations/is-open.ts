import { parseDateTime } from '../../types/date-time.js';
import { type ExceptionalPeriod, type Location, type RegularHours } from './location.js';

const WEEKDAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];
const formats = new Map<string, Intl.DateTimeFormat>();

/**
 * Whether a Location is open at an instant: an exceptional closing wins over an exceptional opening, both over the regular
 * hours (LOC-44), which are local time and end a day at 23:59 (LOC-43). One that states no hours is open.
 */
export function isOpen(
  { opening_times: hours, time_zone: zone }: Pick<Location, 'opening_times' | 'time_zone'>,
  at: Date,
): boolean {
  if (!hours) return true;
  if (holds(hours.exceptional_closings, at)) return false;
  if (hours.twentyfourseven || holds(hours.exceptional_openings, at)) return true;
  const { weekday, time } = localTime(zone, at);
  return (hours.regular_hours ?? []).some(
    (window) => window.weekday === weekday && isWithin(window, time),
  );
}

const holds = (periods: readonly ExceptionalPeriod[] = [], at: Date): boolean =>
  periods.some(({ period_begin, period_end }) => {
    const begin = parseDateTime(period_begin);
    const end = parseDateTime(period_end);
    return begin !== undefined && end !== undefined && begin <= at && at < end;
  });

const isWithin = ({ period_begin, period_end }: RegularHours, time: string): boolean =>
  period_begin <= time && (time < period_end || period_end === '23:59');

function localTime(zone: string, at: Date): { weekday: number; time: string } {
  const parts = new Map(
    formatOf(zone)
      .formatToParts(at)
      .map(({ type, value }) => [type, value]),
  );
  return {
    weekday: WEEKDAYS.indexOf(parts.get('weekday') ?? '') + 1,
    time: `${parts.get('hour') ?? ''}:${parts.get('minute') ?? ''}`,
  };
}

function formatOf(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone);
  if (known) return known;
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    weekday: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
  formats.set(timeZone, format);
  return format;
}
