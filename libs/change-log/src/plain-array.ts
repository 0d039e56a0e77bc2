/**
 * An array parameter as PostgreSQL reads it, of values that need no quoting: numbers, identifiers in hexadecimal, single
 * words, instants by `toISOString`. In batches of a thousand, pg's own printing, which looks into every element for what
 * to escape, costs more than the statement.
 */
export const plainArray = (values: readonly (string | number | null)[]): string =>
  `{${values.map((value) => value ?? 'NULL').join(',')}}`;
