import { Type } from '@sinclair/typebox';
import { type Decoded, type FieldError, refused } from '../../types/field-error.js';
import { compile, ResponseUrl } from '../../types/schema.js';

/** What a DELETE asks. */
export interface ClearChargingProfileQuery {
  response_url: string;
}

/** What a GET asks: the plan of the next `duration` seconds. */
export interface GetChargingProfileQuery extends ClearChargingProfileQuery {
  duration: number;
}

/** The query of a GET as it stands in the request line after its first `?`, not decoded (CHP-05, CHP-06). */
export function readGetChargingProfileQuery(raw: string): Decoded<GetChargingProfileQuery> {
  const { url, others } = splitQuery(raw, '&duration=');
  const durations = others.getAll('duration');
  const duration = Number(durations[0]);
  const errors = urlFaults(url, others);
  if (durations.length === 0) errors.push({ path: 'duration', message: 'required' });
  else if (durations.length > 1 || !/^\d{1,9}$/.test(durations[0] ?? '') || duration === 0) {
    errors.push({ path: 'duration', message: 'must be one integer of at least 1' });
  }
  if (url === undefined || errors.length > 0) return refused(...errors);
  return { ok: true, value: { response_url: url, duration } };
}

/** The query of a DELETE, likewise. */
export function readClearChargingProfileQuery(raw: string): Decoded<ClearChargingProfileQuery> {
  const { url, others } = splitQuery(raw);
  const errors = urlFaults(url, others);
  if (url === undefined || errors.length > 0) return refused(...errors);
  return { ok: true, value: { response_url: url } };
}

const checker = compile(Type.Object({ response_url: ResponseUrl() }));

function urlFaults(url: string | undefined, others: URLSearchParams): FieldError[] {
  if (others.has('response_url')) {
    return [{ path: 'response_url', message: 'given more than once' }];
  }
  const checked = checker.decode(url === undefined ? {} : { response_url: url });
  return checked.ok ? [] : checked.errors;
}

/**
 * The response_url, and the other parameters. Escaped, it is decoded once; a partner that forgot to escape it means the
 * text as it stands, up to the end where that URL has a query of its own, or up to `parameter`, which comes from nowhere else.
 */
function splitQuery(
  raw: string,
  parameter?: string,
): { url: string | undefined; others: URLSearchParams } {
  const name = /(?:^|&)response_url=/.exec(raw);
  if (!name) return { url: undefined, others: new URLSearchParams(raw) };
  const head = raw.slice(0, name.index);
  const rest = raw.slice(name.index + name[0].length);
  const [value = ''] = rest.split('&', 1);
  const ending = (end: number) => ({
    url: rest.slice(0, end),
    others: new URLSearchParams(head + rest.slice(end)),
  });
  if (isEscaped(value)) return { ...ending(value.length), url: unescapedOnce(value) };
  if (!value.includes('?')) return ending(value.length);
  const ours =
    parameter === undefined || `&${head}`.includes(parameter) ? -1 : rest.lastIndexOf(parameter);
  return ending(ours < 0 ? rest.length : ours);
}

/** Some clients leave `:`, `/` and `?` as they are and escape only what would end the parameter. */
const isEscaped = (value: string): boolean =>
  !/^https?:\/\//i.test(value) || /^[^?]*%3F|\?[^=]*%3D/i.test(value);

function unescapedOnce(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return ''; // no URL, which is what the partner is told
  }
}
