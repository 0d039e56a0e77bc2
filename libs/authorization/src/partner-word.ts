import {
  type AuthorizationInfo,
  decodeAuthorizationInfo,
  type DisplayText,
  foldId,
  isSuccess,
  type LocationReferences,
  type OcpiVersion,
  type PartyId,
  STATUS_CODES,
  sameParty,
  type Token,
  tokenTypeFor,
} from '#ocpi';
import { type Connection, isNotProcessed, ownsTokensOf, type PartnerAnswer } from '#partners';
import { type Driver, driverOf, type Refusal } from './decision.js';

/** A token as the partner is asked for it. */
export interface AskedToken {
  uid: string;
  type: string;
  /** Undefined: whose it is, is the question. */
  known: Token | undefined;
}

/** What a partner's answer comes to. */
export type PartnerWord =
  | { kind: 'allowed'; driver: Driver; reference?: string; info?: DisplayText }
  | { kind: 'refused'; verdict: Refusal['allowed']; why: string; info?: DisplayText }
  /** It does not know the token (TOK-31). */
  | { kind: 'unknown' }
  /** It wants to know more (TOK-32). */
  | { kind: 'more' }
  /** As good as no answer (TOK-33). */
  | { kind: 'unreachable'; why: string };

const refused = (why: string): PartnerWord => ({ kind: 'refused', verdict: 'NOT_ALLOWED', why });

interface Asked {
  connection: Connection & { version: OcpiVersion };
  token: AskedToken;
  references: LocationReferences;
}

/**
 * Judges the answer to a request for authorization: only a clear ALLOWED is a yes (TOK-26). No answer, HTTP 5xx, a redirect,
 * a refused key, OCPI 3xxx and 4xxx are as good as no answer (TOK-33); 404 and 2004, together or alone, an unknown token
 * (STA-12).
 */
export function partnerWord(answer: PartnerAnswer, asked: Asked): PartnerWord {
  if (answer.kind === 'failed') {
    return { kind: 'unreachable', why: `${answer.reason}: ${answer.message}` };
  }
  const { httpStatus, ocpiStatus } = answer;
  const said = `HTTP ${httpStatus}, OCPI ${ocpiStatus ?? 'none'}`;
  if (httpStatus >= 500 || isNotProcessed(httpStatus) || (ocpiStatus ?? 0) >= 3000) {
    return { kind: 'unreachable', why: said };
  }
  if (httpStatus === 401 || httpStatus === 403) return { kind: 'unreachable', why: said };
  if (httpStatus === 404 || ocpiStatus === STATUS_CODES.unknownToken) return { kind: 'unknown' };
  if (ocpiStatus === STATUS_CODES.notEnoughInformation) return { kind: 'more' };
  if (httpStatus >= 400) return refused(said);
  if (httpStatus < 200 || httpStatus > 299 || ocpiStatus === undefined) {
    return { kind: 'unreachable', why: said };
  }
  return isSuccess(ocpiStatus) ? fromData(answer.data, asked) : refused(said);
}

function fromData(data: unknown, asked: Asked): PartnerWord {
  const info = readInfo(data, asked);
  if (!info) return refused('the answer cannot be read');
  const shown = info.info ? { info: info.info } : {};
  if (info.allowed !== 'ALLOWED') {
    return { kind: 'refused', verdict: info.allowed, why: 'the partner says so', ...shown };
  }
  const fault = placeFault(info.location, asked.references) ?? tokenFault(info.token, asked);
  if (fault !== undefined) return { ...refused(fault), ...shown };
  const token = info.token ?? asked.token.known;
  if (!token)
    return { ...refused('allowed, but without a token to bill (TOK-30, TOK-49)'), ...shown };
  const { authorization_reference: reference } = info;
  return {
    kind: 'allowed',
    driver: driverOf(sameTypeAsAsked(token, asked)),
    ...(reference !== undefined && { reference }),
    ...shown,
  };
}

/** Of a token that we know, a broken copy in the answer is as good as none (TOK-49). */
function readInfo(data: unknown, { connection, token }: Asked): AuthorizationInfo | undefined {
  const whole = decodeAuthorizationInfo(connection.version, data);
  if (whole.ok) return whole.value;
  if (!token.known || !whole.errors.every(({ path }) => path.startsWith('token.')))
    return undefined;
  const { token: _broken, ...rest } = data as Record<string, unknown>;
  const without = decodeAuthorizationInfo(connection.version, rest);
  return without.ok ? without.value : undefined;
}

/** An answer that lists EVSEs allows those alone (TOK-27). */
function placeFault(
  allowed: LocationReferences | undefined,
  asked: LocationReferences,
): string | undefined {
  if (!allowed) return undefined;
  if (foldId(allowed.location_id) !== foldId(asked.location_id))
    return 'allowed at another Location';
  const listed = allowed.evse_uids?.map(foldId);
  if (!listed || listed.length === 0) return undefined;
  const isCovered = asked.evse_uids?.every((uid) => listed.includes(foldId(uid))) ?? false;
  return isCovered ? undefined : 'allowed at other EVSEs';
}

/** A token in the answer is the one asked for, and the partner's to state (TOK-29, P14). */
function tokenFault(
  token: Token | undefined,
  { connection, token: asked }: Asked,
): string | undefined {
  if (!token) return undefined;
  if (foldId(token.uid) !== foldId(asked.uid)) return 'the answer is about another token';
  if (asked.known && !sameParty(token, asked.known)) return 'the answer names another owner';
  return maySpeakFor(connection, token) ? undefined : 'the token is not of this partner';
}

/** Who is behind a hub is known to the hub. */
const maySpeakFor = (connection: Connection, owner: PartyId): boolean =>
  connection.kind === 'hub' || ownsTokensOf(connection, owner);

/** A version without our type's name answers with the one it was asked with (TYP-16). */
const sameTypeAsAsked = (token: Token, { connection, token: asked }: Asked): Token =>
  token.type === tokenTypeFor(connection.version, asked.type)
    ? { ...token, type: asked.type }
    : token;
