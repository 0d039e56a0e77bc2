import { parseDateTime } from '../../types/date-time.js';
import { type FieldError } from '../../types/field-error.js';
import { type ExceptionalPeriod, type Hours } from './location.js';

/** Opening hours that contradict themselves (LOC-42, LOC-43). */
export function hoursFaults(path: string, hours: Hours): FieldError[] {
  const regular = hours.regular_hours ?? [];
  const faults: FieldError[] = [];
  if (hours.twentyfourseven && regular.length > 0) {
    faults.push({
      path: `${path}.regular_hours`,
      message: 'not together with twentyfourseven true',
    });
  }
  if (!hours.twentyfourseven && regular.length === 0) {
    faults.push({
      path: `${path}.regular_hours`,
      message: 'at least one is required when twentyfourseven is false',
    });
  }
  regular.forEach(({ period_begin, period_end }, i) => {
    if (period_end <= period_begin) {
      faults.push({
        path: `${path}.regular_hours[${i}].period_end`,
        message: 'must be later than period_begin; a night is two windows, the first until 23:59',
      });
    }
  });
  return [
    ...faults,
    ...periodFaults(`${path}.exceptional_openings`, hours.exceptional_openings),
    ...periodFaults(`${path}.exceptional_closings`, hours.exceptional_closings),
  ];
}

/** A closing should not overlap an opening; it would win (LOC-44). */
export function hoursWarnings(path: string, hours: Hours): FieldError[] {
  return (hours.exceptional_closings ?? []).flatMap((closing, i) =>
    (hours.exceptional_openings ?? []).some((opening) => overlap(closing, opening))
      ? [{ path: `${path}.exceptional_closings[${i}]`, message: 'overlaps an exceptional opening' }]
      : [],
  );
}

function periodFaults(path: string, periods: readonly ExceptionalPeriod[] = []): FieldError[] {
  return periods.flatMap((period, i) =>
    instant(period.period_end) > instant(period.period_begin)
      ? []
      : [{ path: `${path}[${i}].period_end`, message: 'must be later than period_begin' }],
  );
}

const overlap = (a: ExceptionalPeriod, b: ExceptionalPeriod): boolean =>
  instant(a.period_begin) < instant(b.period_end) &&
  instant(b.period_begin) < instant(a.period_end);

const instant = (dateTime: string): number => parseDateTime(dateTime)?.getTime() ?? Number.NaN;
