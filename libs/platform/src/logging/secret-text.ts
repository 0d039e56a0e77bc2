const AUTHORIZATION = /\b(token|bearer|basic)(["']?[\s:=]+["']?)[!#-&(-~]{8,}/gi;
/** In text that quotes JSON, the quotes may be escaped once more. */
const QUOTED_FIELD =
  /(\\*"(?:[a-z]*[-_]?token(?:_[abc])?|[a-z]*[-_]?secret|password|[a-z]+[-_]?key|authorization)\\*"\s*:\s*\\*")(?:\\\\.|[^"\\])+/gi;
const URL_PASSWORD = /(\b[a-z][a-z0-9+.-]*:\/\/[^\s:/@]*):[^\s/]*@/gi;
/** JSON Web Tokens need no word before them to be known. */
const WEB_TOKEN = /\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*/g;

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

/** The text without values of authorization headers, secrets in quoted JSON, passwords in URLs, and secrets of this process (P15). */
export function scrubSecrets(text: string): string {
  if (text.length < SHORTEST) return text;
  let scrubbed = text.replace(AUTHORIZATION, '$1$2[redacted]');
  if (scrubbed.includes('"')) scrubbed = scrubbed.replace(QUOTED_FIELD, '$1[redacted]');
  if (scrubbed.includes('://')) scrubbed = scrubbed.replace(URL_PASSWORD, '$1:[redacted]@');
  if (scrubbed.includes('eyJ')) scrubbed = scrubbed.replace(WEB_TOKEN, '[redacted]');
  return known ? scrubbed.replace(known, '[redacted]') : scrubbed;
}
