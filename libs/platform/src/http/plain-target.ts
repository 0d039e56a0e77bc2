const PLAIN = /^(?:\/[^%#?/]+)*\/?(\?[^#]*)?$/;
const ABSOLUTE = /^https?:\/\/[^/?#]*\/?/i;
const UNRESERVED = /[\w.~-]/;

/**
 * The one spelling of a request target: in origin form, without a fragment, with nothing encoded in its path that needs no
 * encoding (RFC 9110 7.1, RFC 3986 6.2.2.2), and with single slashes, however partners join URLs (CMD-03). The router reads every spelling, so whoever decides by the path must
 * see what the router sees.
 */
export function plainTarget(target: string): string {
  if (PLAIN.test(target)) return target;
  const [, path = '', query = ''] = /^([^?#]*)(\?[^#]*)?/.exec(target.replace(ABSOLUTE, '/')) ?? [];
  return path.replace(/%[0-9a-f]{2}/gi, decodeUnreserved).replace(/(?<=[^/])\/{2,}/g, '/') + query;
}

function decodeUnreserved(encoded: string): string {
  const char = String.fromCharCode(Number.parseInt(encoded.slice(1), 16));
  return UNRESERVED.test(char) ? char : encoded;
}
