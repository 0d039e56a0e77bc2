import { isSecretName, SECRET_NAME_ENDS } from './secret-names.js';

/** What stands where a secret stood. */
export const HIDDEN = '***';

const AUTHORIZATION = /\b(token|bearer|basic)(["']?[\s:=]+["']?)[!#-&(-~]{8,}/gi;
/** JSON Web Tokens need no word before them to be known. */
const WEB_TOKEN = /(?<![\w-])eyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*/g;
/** A name alone may be a token, and a password may hold an `@`; JSON may escape the slashes. */
const URL_USER = /(:\\*\/\\*\/)[^\s/?#"'<>\\]*@/g;

/** Of URLs and forms, also within JSON, and of a URL that is itself the value of a parameter. A signed URL works for whoever has it. */
const PARAMETER = new RegExp(
  `((?:${SECRET_NAME_ENDS}|(?<![a-z])sig(?:nature)?)(?:\\]|%5D)?)` +
    `(?:(=)(?:[^&#"'\\s\\\\<>]|\\\\+/)+|(%3D)(?:(?!%26|%23)[^&#"'\\s\\\\<>])+)`,
  'gi',
);

/** JSON, and JSON as a text within JSON, whose quotes are `\"`, then `\\\"`: a backslash is written as 1, 2, 4 … of them. */
const [PLAIN_FIELD, ...ESCAPED_FIELDS] = [1, 2, 4, 8].map(fieldPattern) as [RegExp, ...RegExp[]];

/** A field whose value is a text: what leads to the value, the name, and the value, which need not be closed. */
function fieldPattern(backslash: number): RegExp {
  const times = (count: number) => `\\\\{${count}}`;
  const quote = `${times(backslash - 1)}"`;
  const name = `(?:[^"\\\\]|${times(backslash)}u00[0-7][0-9a-f]){1,100}`;
  const value = `(?:[^"\\\\]|${times(2 * backslash)}|${times(2 * backslash - 1)}"|\\\\+[^"\\\\])*`;
  return new RegExp(`(?<!\\\\)(${quote}(${name})${quote}\\s*:\\s*${quote})${value}`, 'gi');
}

const spelledOut = (name: string): string =>
  name.replace(/\\+u00([0-7][0-9a-f])/gi, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );

const hideField = (all: string, head: string, name: string): string =>
  isSecretName(spelledOut(name)) ? head + HIDDEN : all;

/**
 * The text without what is a secret by its name or its form (P15): fields of JSON, however often escaped, parameters of URLs
 * and forms, users in URLs, and web tokens. A number or an object hides nothing: drivers' tokens stay.
 */
export function hideNamedSecrets(text: string): string {
  let shown = text;
  if (shown.includes('"')) shown = shown.replace(PLAIN_FIELD, hideField);
  if (shown.includes('\\"')) {
    for (const pattern of ESCAPED_FIELDS) shown = shown.replace(pattern, hideField);
  }
  if (/=|%3d/i.test(shown)) shown = shown.replace(PARAMETER, `$1$2$3${HIDDEN}`);
  if (shown.includes('@')) shown = shown.replace(URL_USER, `$1${HIDDEN}@`);
  return shown.includes('eyJ') ? shown.replace(WEB_TOKEN, HIDDEN) : shown;
}

/** Shorter ones would hide words that mean nothing. */
const LEAST_LENGTH = 12;

/** A password in a URL needs as many. */
const SHORTEST = 8;

let known: RegExp | undefined;
const knownSecrets = new Set<string>();

/** Secrets of this process, such as those of its settings: from now on they are hidden wherever they stand, as they are. */
export function hideSecrets(secrets: Iterable<string>): void {
  for (const secret of secrets) {
    if (secret.length >= LEAST_LENGTH) knownSecrets.add(secret);
  }
  const patterns = [...knownSecrets]
    .sort((a, b) => b.length - a.length)
    .map((secret) => secret.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  known = patterns.length === 0 ? undefined : new RegExp(patterns.join('|'), 'g');
}

/** The text without named secrets, what follows the words of an authorization header, and secrets of this process (P15). */
export function scrubSecrets(text: string): string {
  if (text.length < SHORTEST) return text;
  const scrubbed = hideNamedSecrets(text.replace(AUTHORIZATION, `$1$2${HIDDEN}`));
  return known ? scrubbed.replace(known, HIDDEN) : scrubbed;
}
