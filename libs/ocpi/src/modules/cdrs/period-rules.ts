import { parseDateTime } from '../../types/date-time.js';
import { type FieldError } from '../../types/field-error.js';
import { type CdrDimensionType, type ChargingPeriod } from './charging-period.js';

const HOURS: readonly CdrDimensionType[] = [
  'TIME',
  'PARKING_TIME',
  'RESERVATION_TIME',
  'RESERVATION_EXPIRES',
  'RESERVATION_OVERTIME',
];

// Two seconds: stations cut or round both ends of a period to whole seconds.
const TOLERANCE_HOURS = 2 / 3600;

/**
 * Periods that do not lie one after the other inside their Session or CDR (SES-42, CDR-30), or that count more hours than
 * they last (CDR-33). The first starts with the whole (to the second), starts ascend, the last one begins before the end.
 */
export function periodFaults(
  periods: readonly ChargingPeriod[],
  start: string,
  end: string | undefined,
): FieldError[] {
  const errors: FieldError[] = [];
  const starts = periods.map(({ start_date_time }) => instant(start_date_time));
  const finish = end === undefined ? undefined : instant(end);
  for (const [index, at] of starts.entries()) {
    const path = `charging_periods[${index}].start_date_time`;
    if (index === 0 && toSecond(at) !== toSecond(instant(start))) {
      errors.push({ path, message: 'the first period does not start at start_date_time' });
    }
    if (index > 0 && at <= (starts[index - 1] ?? -Infinity)) {
      errors.push({ path, message: 'not after the period before it' });
    }
    if (finish !== undefined && (at > finish || (at === finish && index > 0))) {
      errors.push({ path, message: 'not before end_date_time' });
    }
    const next = starts[index + 1] ?? finish;
    const hours = HOURS.map((type) => volumeOf(periods[index], type));
    const lasts = next === undefined ? Infinity : (next - at) / 3_600_000;
    const counted = Math.max(...hours, sum(hours.slice(0, 3)));
    if (lasts >= 0 && counted > lasts + TOLERANCE_HOURS) {
      errors.push({
        path: `charging_periods[${index}].dimensions`,
        message: 'more hours than the period lasts',
      });
    }
  }
  return errors;
}

const instant = (text: string): number => parseDateTime(text)?.getTime() ?? NaN;
const toSecond = (ms: number): number => Math.floor(ms / 1000);
const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);

const volumeOf = (period: ChargingPeriod | undefined, wanted: CdrDimensionType): number =>
  sum((period?.dimensions ?? []).filter(({ type }) => type === wanted).map((d) => d.volume));
