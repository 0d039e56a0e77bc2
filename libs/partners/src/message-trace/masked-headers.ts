import { withoutToken } from '../http/token-echo.js';

const INSTEAD = '***';
const SECRET_HEADERS = new Set([
  'authorization',
  'proxy-authorization',
  'cookie',
  'set-cookie',
  'x-api-key',
  'api-key',
]);
const SECRET_PARAMETER =
  /([?&](?:[\w.-]*(?:token|key|secret|password|signature|sig|auth))=)[^&#]*/gi;
const USER_IN_URL = /^(https?:\/\/)[^/?#@]*@/i;

/** Headers by their names in lower case; of a secret one its scheme is left (`Token ***`), as that is what goes wrong. */
export function maskedHeaders(
  headers: Record<string, string | number | readonly string[] | undefined>,
  tokens: readonly (string | undefined)[],
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) => {
      if (value === undefined) return [];
      const text = Array.isArray(value) ? value.join(', ') : String(value);
      const lower = name.toLowerCase();
      const shown = SECRET_HEADERS.has(lower)
        ? maskedSecret(text)
        : tokens.reduce<string>(withoutToken, text);
      return [[lower, shown]];
    }),
  );
}

const maskedSecret = (text: string): string =>
  text.replace(/^(?:(token|bearer|basic) +)?.*$/is, (_, scheme: string | undefined) =>
    scheme === undefined ? INSTEAD : `${scheme} ${INSTEAD}`,
  );

/** A URL without the given tokens, a user's password, and what stands in parameters that are named like secrets. */
export const maskedUrl = (url: string, tokens: readonly (string | undefined)[]): string =>
  tokens
    .reduce<string>(withoutToken, url)
    .replace(USER_IN_URL, `$1${INSTEAD}@`)
    .replace(SECRET_PARAMETER, `$1${INSTEAD}`);
