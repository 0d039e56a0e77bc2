import { formatDateTime } from '../../types/date-time.js';
import { type Decoded, type FieldError, refused } from '../../types/field-error.js';
import { type OcpiVersion } from '../../types/ocpi-version.js';
import { foldId, sameParty, type PartyId } from '../../types/party.js';
import { type Token } from './token.js';
import { type StatedToken, type TokenCodec } from './token-codec.js';
import { tokensV211 } from './tokens.v211.js';
import { tokensV221 } from './tokens.v221.js';
import { tokensV230 } from './tokens.v230.js';

const CODECS: Record<OcpiVersion, TokenCodec> = {
  '2.1.1': tokensV211,
  '2.2.1': tokensV221,
  '2.3.0': tokensV230,
};

/** What the request says about the token beside its body. Pulled 2.2.1+ tokens have none of it, they name their owner. */
export interface TokenOrigin {
  /** Owner in the URL; for a pulled 2.1.1 token the connection's party (TRN-45). */
  urlParty?: PartyId;
  urlUid?: string;
  /** The `type` query, only if it was given (TOK-04). */
  urlType?: string;
}

/** A whole Token of a PUT, a page or an authorization as the canonical one, or everything that is wrong (TOK-01 to TOK-17). */
export function decodeToken(
  version: OcpiVersion,
  wire: unknown,
  origin: TokenOrigin = {},
): Decoded<Token> {
  const stated = CODECS[version].decode(wire);
  if (!stated.ok) return stated;
  const errors = contradictions(version, stated.value, origin);
  if (errors.length > 0) return refused(...errors);
  const { country_code, party_id } = stated.value.country_code
    ? stated.value
    : (origin.urlParty ?? {});
  if (country_code === undefined || party_id === undefined) {
    return refused({
      path: 'country_code',
      message: 'the owner is named neither here nor by the URL',
    });
  }
  return { ok: true, value: { ...stated.value, country_code, party_id } };
}

/**
 * The stored Token with the fields of a PATCH put over it (TRN-33 to TRN-38). A `null` clears an optional field and is
 * refused for a required one. Without `last_updated` a PATCH is refused, on 2.1.1 it is stamped with its receipt.
 */
export function mergeTokenPatch(
  version: OcpiVersion,
  stored: Token,
  patch: unknown,
  receivedAt: Date,
): Decoded<Token> {
  if (typeof patch !== 'object' || patch === null || Array.isArray(patch)) {
    return refused({ path: '', message: 'expected an object' });
  }
  const codec = CODECS[version];
  const nulled = Object.entries(patch).flatMap(([key, value]) => (value === null ? [key] : []));
  const emptied = nulled.filter((key) => codec.required.includes(key));
  if (emptied.length > 0) {
    return refused(...emptied.map((path) => ({ path, message: 'required, cannot be null' })));
  }
  const part = codec.decodePart(patch);
  if (!part.ok) return part;
  if (version !== '2.1.1' && part.value.last_updated === undefined) {
    return refused({ path: 'last_updated', message: 'required in a PATCH' });
  }
  const errors = contradictions(version, part.value, {
    urlParty: stored,
    urlUid: stored.uid,
    ...(part.value.type !== undefined && { urlType: codecType(codec, stored) }),
  });
  if (errors.length > 0) return refused(...errors);
  const changes = { last_updated: formatDateTime(receivedAt, '2.3.0'), ...part.value };
  const { country_code, party_id, uid, type } = stored;
  const merged: Token = {
    ...stored,
    ...changes,
    country_code,
    party_id,
    uid,
    type,
  };
  const cleared = new Set<string>(codec.optional.filter((field) => nulled.includes(field)));
  const left = Object.entries(merged).filter(([field]) => !cleared.has(field));
  return { ok: true, value: Object.fromEntries(left) as Token };
}

/** A Token as the version shows it, for answers to GET (TOK-09). */
export const encodeToken = (version: OcpiVersion, token: Token): object =>
  CODECS[version].encode(token);

const codecType = (codec: TokenCodec, token: Token): string =>
  (codec.encode(token) as { type: string }).type;

/** URL and body must name the same token (TOK-04, TOK-05, TRN-42); 2.1.1 has no owner in the body and no `type` query. */
function contradictions(
  version: OcpiVersion,
  stated: Partial<StatedToken>,
  { urlParty, urlUid, urlType }: TokenOrigin,
): FieldError[] {
  const errors: FieldError[] = [];
  if (urlUid !== undefined && stated.uid !== undefined && foldId(urlUid) !== foldId(stated.uid)) {
    errors.push({ path: 'uid', message: 'differs from the uid in the URL' });
  }
  if (urlType !== undefined && stated.type !== undefined && urlType !== stated.type) {
    if (version !== '2.1.1')
      errors.push({ path: 'type', message: 'differs from the type of the URL' });
  }
  if (urlParty === undefined) return errors;
  const body = {
    country_code: stated.country_code ?? urlParty.country_code,
    party_id: stated.party_id ?? urlParty.party_id,
  };
  if (!sameParty(body, urlParty)) {
    errors.push({ path: 'party_id', message: 'the owner differs from the one in the URL' });
  }
  return errors;
}
