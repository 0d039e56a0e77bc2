import { decoded, type Mention, mentionsIn, mentionsInText, wordsIn } from './mentions.js';
import { type TokenSubject } from './token-subject.js';

/** A message of the trace, as far as it can name a token. */
export interface TracedMessage {
  module: string | null;
  url: string;
  headers: Record<string, string>;
  request: string | null;
  response: string | null;
}

/** Whether a message on a connection of the owner names the token. */
export function namesToken(subject: TokenSubject, message: TracedMessage): boolean {
  const mentions = [
    ...mentionsInUrl(subject, message),
    ...[message.request, message.response].flatMap((body) => mentionsInBody(subject, body)),
  ];
  return isOwn(mentions);
}

/**
 * What a body says of the token, for who asks for it: of a page only the objects that name it. Null also for what cannot be
 * taken apart, as a body that was cut: it may name others.
 */
export function bodyAbout(subject: TokenSubject, body: string | null): unknown {
  const value = parsed(body);
  if (Array.isArray(value)) return value.filter((item) => isAbout(subject, item));
  if (typeof value !== 'object' || value === null) return null;
  const { data } = value as { data?: unknown };
  if (!Array.isArray(data)) return value;
  return { ...value, data: data.filter((item) => isAbout(subject, item)) as unknown[] };
}

const isAbout = (subject: TokenSubject, item: unknown): boolean => isOwn(mentionsIn(subject, item));

const isOwn = (mentions: readonly Mention[]): boolean =>
  mentions.includes('own') || (mentions.includes('word') && !mentions.includes('other'));

function mentionsInBody(subject: TokenSubject, body: string | null): Mention[] {
  if (body === null) return [];
  const value = parsed(body);
  return value === undefined ? mentionsInText(subject, body) : mentionsIn(subject, value);
}

/** `…/tokens/DE/EMP/UID`, `…/tokens/UID/authorize`; elsewhere a short segment may be an EVSE's. */
function mentionsInUrl(subject: TokenSubject, message: TracedMessage): Mention[] {
  const [path = '', query = ''] = message.url.split('?');
  const segments = path.split('/').map((segment) => decoded(segment).toUpperCase());
  const at = segments.lastIndexOf(subject.uidKey);
  if (at === -1 || (message.module ?? 'tokens') !== 'tokens') {
    return wordsIn(subject, message.url);
  }
  const type = new URLSearchParams(query).get('type') ?? 'RFID';
  if (subject.type !== undefined && subject.type !== type) return [];
  const owner = `${segments[at - 2] ?? ''}*${segments[at - 1] ?? ''}`;
  const named = /^[A-Z]{2}\*[A-Z0-9]{3}$/.test(owner) ? owner : receiver(message);
  return [named === undefined || named === subject.partyKey ? 'own' : 'other'];
}

/** Whom a hub is to pass the message to. */
function receiver({ headers }: TracedMessage): string | undefined {
  const { 'ocpi-to-country-code': country, 'ocpi-to-party-id': party } = headers;
  return country && party ? `${country}*${party}`.toUpperCase() : undefined;
}

function parsed(body: string | null): unknown {
  try {
    return JSON.parse(body ?? '');
  } catch {
    return undefined;
  }
}
