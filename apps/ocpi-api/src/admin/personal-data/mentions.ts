import { LONG_ENOUGH } from './pseudonymise.js';
import { type TokenSubject } from './token-subject.js';

/**
 * What a text or value says of a token: that it is it; that it is another eMSP's of the same uid; or its identifier as a word
 * in a text, which may mean either.
 */
export type Mention = 'own' | 'other' | 'word';

type Fields = Record<string, unknown>;

const CONTRACT_FIELDS = ['contract_id', 'auth_id', 'visual_number'];

/** Mentions in a JSON value. The `uid` of an EVSE is none: a token has a type or a contract beside it. */
export function mentionsIn(subject: TokenSubject, value: unknown): Mention[] {
  if (typeof value === 'string') return wordsIn(subject, value);
  if (Array.isArray(value)) return value.flatMap((item) => mentionsIn(subject, item));
  if (typeof value !== 'object' || value === null) return [];
  const fields = value as Fields;
  const names = CONTRACT_FIELDS.some((field) => isIdentifier(subject, fields[field]));
  const isUid = folded(fields['uid']) === subject.uidKey && isToken(fields);
  if (isUid || names) {
    if (isOthers(subject, fields)) return ['other'];
    if (names || isOfType(subject, fields['type'])) return ['own'];
    return [];
  }
  return Object.entries(fields).flatMap(([field, own]) =>
    isToken(fields) && field === 'uid' ? [] : mentionsIn(subject, own),
  );
}

/** Mentions in a text that is no JSON, such as the beginning of a body that was cut. */
export function mentionsInText(subject: TokenSubject, text: string): Mention[] {
  const fields = text.matchAll(
    /"(?:uid|contract_id|auth_id|visual_number)"\s*:\s*("(?:[^"\\]|\\.)*")/g,
  );
  const names = [...fields].some(([, value = '']) => isIdentifier(subject, textOf(value)));
  return names ? ['own'] : wordsIn(subject, text);
}

/** Mentions as words, also where a URL escapes them: an identifier that is short stands in texts by chance. */
export const wordsIn = ({ identifiers }: TokenSubject, text: string): Mention[] => {
  const words = decoded(text).toUpperCase();
  return identifiers.some((word) => word.length >= LONG_ENOUGH && hasWord(words, word))
    ? ['word']
    : [];
};

/** A URL, or a part of one, without escapes; what is none stays, and stops no other. */
export const decoded = (text: string): string =>
  text.replace(/(?:%[0-9a-f]{2})+/gi, (escapes) => {
    try {
      return decodeURIComponent(escapes);
    } catch {
      return escapes;
    }
  });

function hasWord(text: string, word: string): boolean {
  for (let at = text.indexOf(word); at !== -1; at = text.indexOf(word, at + 1)) {
    const around = (text[at - 1] ?? ' ') + (text[at + word.length] ?? ' ');
    if (!/[A-Z0-9]/.test(around)) return true;
  }
  return false;
}

/** Of a text as JSON writes it. */
function textOf(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined; // with escapes that JSON does not know
  }
}

const folded = (value: unknown): string | undefined =>
  typeof value === 'string' ? value.toUpperCase() : undefined;

const isIdentifier = ({ identifiers }: TokenSubject, value: unknown): boolean =>
  identifiers.includes(folded(value) ?? '');

const isToken = ({ type, contract_id }: Fields): boolean =>
  typeof type === 'string' || typeof contract_id === 'string';

/** OCPI 2.1.1 names no owner; `auth_id` stands in objects of the CPO. */
const isOthers = ({ partyKey }: TokenSubject, fields: Fields): boolean => {
  const [country, party] = [folded(fields['country_code']), folded(fields['party_id'])];
  if (country === undefined || party === undefined || 'auth_id' in fields) return false;
  return `${country}*${party}` !== partyKey;
};

const isOfType = (subject: TokenSubject, type: unknown): boolean =>
  subject.type === undefined || typeof type !== 'string' || type === subject.type;
