import { withoutToken } from '../http/token-echo.js';

const INSTEAD = '***';

/** A letter as JSON may write it. */
const letter = (char: string): string =>
  `(?:${char}|\\\\u00${char.charCodeAt(0).toString(16)}|\\\\u00${char.toUpperCase().charCodeAt(0).toString(16)})`;

/** Drivers' tokens are objects, so a text by this name is a credentials token. A cut body may not close it. */
const TOKEN_FIELD = new RegExp(
  `("${['t', 'o', 'k', 'e', 'n'].map(letter).join('')}"\\s*:\\s*")(?:[^"\\\\]|\\\\.)*`,
  'gi',
);

/** A body with the given tokens hidden, and every text of a field `token`: credentials objects hold others (P15). */
export const maskedBody = (text: string, tokens: readonly (string | undefined)[]): string =>
  tokens.reduce<string>(withoutToken, text).replace(TOKEN_FIELD, `$1${INSTEAD}`);
