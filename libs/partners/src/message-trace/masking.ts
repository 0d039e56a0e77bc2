import { HIDDEN, hideNamedSecrets, isSecretName } from '#platform';
import { withoutToken } from '../http/token-echo.js';

/**
 * A body, a URL or another text with the given tokens hidden, and what is a secret by its name (P15): credentials objects
 * hold others. Drivers' tokens stay, for commands are about them.
 */
export const masked = (text: string, tokens: readonly (string | undefined)[]): string =>
  hideNamedSecrets(tokens.reduce<string>(withoutToken, text));

/** Headers by their names in lower case; of a secret one its scheme is left (`Token ***`), as that is what goes wrong. */
export function maskedHeaders(
  headers: Record<string, string | number | readonly string[] | undefined>,
  tokens: readonly (string | undefined)[],
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) => {
      if (value === undefined) return [];
      const text = Array.isArray(value) ? value.join(', ') : String(value);
      const shown = isSecretName(name) ? maskedSecret(text) : masked(text, tokens);
      return [[name.toLowerCase(), shown]];
    }),
  );
}

const maskedSecret = (text: string): string =>
  text.replace(/^(?:(token|bearer|basic) +)?.*$/is, (_, scheme: string | undefined) =>
    scheme === undefined ? HIDDEN : `${scheme} ${HIDDEN}`,
  );
