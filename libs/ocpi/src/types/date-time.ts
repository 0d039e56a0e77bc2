import type { OcpiVersion } from './ocpi-version.js';

const DATE_TIME = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})(\.\d+)?(Z|[+-]\d{2}:\d{2})?$/;
const WHOLE_SECONDS_UTC = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/;
const USUAL_UTC = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{3})?Z$/;

/**
 * Reads an OCPI DateTime: with or without `Z`, no designator means UTC (TYP-07). Numeric offsets lie outside the
 * format; they are read and normalised (TYP-08). A blank before an offset is a `+` that a query string swallowed.
 */
export function parseDateTime(text: string): Date | undefined {
  // Every event and every object of a list comes through here, and nearly all are written this way.
  if (USUAL_UTC.test(text)) return realInstant(text, text.slice(0, 19));
  const match = DATE_TIME.exec(text.replace(/ (?=\d{2}:\d{2}$)/, '+'));
  if (!match) return undefined;
  const [, seconds = '', fraction = '', zone = 'Z'] = match;
  const written = `${seconds}${fraction.slice(0, 4)}${zone}`;
  return realInstant(written, zone === 'Z' ? seconds : undefined);
}

/** `Date` rolls 31 February over into March and hour 24 into the next day; a text in UTC must name a real second. */
function realInstant(written: string, secondsUtc: string | undefined): Date | undefined {
  const instant = new Date(written);
  if (Number.isNaN(instant.getTime())) return undefined;
  const mayRoll =
    secondsUtc !== undefined && (secondsUtc.slice(8, 10) > '28' || secondsUtc.slice(11, 13) > '23');
  return mayRoll && !instant.toISOString().startsWith(secondsUtc) ? undefined : instant;
}

/** Whether a DateTime names its zone by a number, which lies outside the format (TYP-08). */
export const hasNumericOffset = (text: string): boolean => /[+ -]\d{2}:\d{2}$/.test(text);

/** Writes UTC with `Z`: whole seconds for 2.1.1, at most three decimals later; cut, never rounded up (TYP-06, TYP-09). */
export function formatDateTime(instant: Date, version: OcpiVersion): string {
  const iso = instant.toISOString();
  if (version === '2.1.1') return `${iso.slice(0, 19)}Z`;
  return iso.endsWith('.000Z') ? `${iso.slice(0, 19)}Z` : iso;
}

/** An already canonical DateTime text as the given version writes it. */
export function reformatDateTime(text: string, version: OcpiVersion): string {
  if (WHOLE_SECONDS_UTC.test(text)) return text; // the same in every version
  const instant = parseDateTime(text);
  return instant ? formatDateTime(instant, version) : text;
}
