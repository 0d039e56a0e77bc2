import { formatDateTime, parseDateTime } from '../types/date-time.js';
import { type Decoded, type FieldError } from '../types/field-error.js';

/** What a client asks of a list (TRN-20, TRN-21): `dateFrom` inclusive, `dateTo` exclusive, on `last_updated`. */
export interface ListQuery {
  offset: number;
  limit: number;
  dateFrom?: Date;
  dateTo?: Date;
  /** Ours, out of a Link we issued; it counts only beside the offset it was issued with. */
  cursor?: string;
}

export interface ListLimits {
  /** Page size when the client names none. */
  defaultLimit: number;
  /** The ceiling, stated as X-Limit; a greater limit is lowered to it (TRN-23). */
  maxLimit: number;
  /** Sessions demand date_from (TRN-27). */
  dateFromRequired?: boolean;
}

export type QueryValues = Readonly<Record<string, unknown>>;

/** Reads the query of a list GET; nonsense is refused, never replaced by a default (TRN-26). */
export function readListQuery(query: QueryValues, limits: ListLimits): Decoded<ListQuery> {
  const errors: FieldError[] = [];
  const text = (name: string): string | undefined => {
    const value = query[name];
    if (value === undefined) return undefined;
    if (typeof value === 'string') return value;
    errors.push({ path: name, message: 'given more than once' });
    return undefined;
  };
  const integer = (name: string, least: number, otherwise: number): number => {
    const value = text(name);
    if (value === undefined) return otherwise;
    const number = /^\d{1,15}$/.test(value) ? Number(value) : Number.NaN;
    if (number >= least) return number;
    errors.push({ path: name, message: `must be an integer of at least ${least}` });
    return otherwise;
  };
  const dateTime = (name: string): Date | undefined => {
    const value = text(name);
    if (value === undefined) return undefined;
    const instant = parseDateTime(value);
    if (!instant) errors.push({ path: name, message: 'not a DateTime' });
    return instant;
  };

  const offset = integer('offset', 0, 0);
  const limit = Math.min(integer('limit', 1, limits.defaultLimit), limits.maxLimit);
  const dateFrom = dateTime('date_from');
  const dateTo = dateTime('date_to');
  const cursor = text('cursor');
  if (limits.dateFromRequired === true && query.date_from === undefined) {
    errors.push({ path: 'date_from', message: 'required' });
  }
  if (errors.length > 0) return { ok: false, errors };
  return {
    ok: true,
    value: {
      offset,
      limit,
      ...(dateFrom && { dateFrom }),
      ...(dateTo && { dateTo }),
      ...(cursor !== undefined && { cursor }),
    },
  };
}

/** The query parameters that ask for this list again; instants in UTC with `Z`. */
export const listParameters = (query: ListQuery): Record<string, string | number | undefined> => ({
  date_from: query.dateFrom && formatDateTime(query.dateFrom, '2.3.0'),
  date_to: query.dateTo && formatDateTime(query.dateTo, '2.3.0'),
  offset: query.offset,
  limit: query.limit,
  cursor: query.cursor,
});
