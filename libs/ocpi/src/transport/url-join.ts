/**
 * An endpoint URL plus path segments: exactly one slash between them, each segment percent-encoded, a query string of
 * the endpoint kept where it belongs (TRN-41, TRN-64, TRN-65). Without segments the endpoint is returned unchanged.
 */
export function joinUrl(endpoint: string, ...segments: string[]): string {
  if (segments.length === 0) return endpoint;
  const [, path = '', tail = ''] = /^([^?#]*)(.*)$/.exec(endpoint) ?? [];
  const encoded = segments.map(encodeSegment).join('/');
  return `${path.replace(/\/+$/, '')}/${encoded}${tail}`;
}

/** A URL with query parameters added to those it has; undefined values are left out. */
export function withQuery(
  url: string,
  parameters: Readonly<Record<string, string | number | undefined>>,
): string {
  const query = Object.entries(parameters)
    .filter((entry): entry is [string, string | number] => entry[1] !== undefined)
    .map(([key, value]) => `${encodeURIComponent(key)}=${encodeURIComponent(value)}`)
    .join('&');
  if (query === '') return url;
  const [, base = '', fragment = ''] = /^([^#]*)(#.*)?$/.exec(url) ?? [];
  const glue = !base.includes('?') ? '?' : /[?&]$/.test(base) ? '' : '&';
  return `${base}${glue}${query}${fragment}`;
}

/** `.` and `..` would be eaten by every URL parser on the way, even encoded ones: such an id has no URL. */
function encodeSegment(segment: string): string {
  if (segment === '' || segment === '.' || segment === '..') {
    throw new RangeError(`no URL segment: "${segment}"`);
  }
  return encodeURIComponent(segment);
}
