import { type Static, Type } from '@sinclair/typebox';
import { reformatDateTime } from '../../types/date-time.js';
import { type Decoded } from '../../types/field-error.js';
import { pick } from '../../types/pick.js';
import { ClosedEnum, compile } from '../../types/schema.js';
import { Token } from './token.js';
import { type StatedToken, type TokenCodec } from './token-codec.js';
import { CLOSED_TOKEN_TYPES, tokenTypeFor } from './token-type-for.js';

const SHARED = [
  'uid',
  'type',
  'visual_number',
  'issuer',
  'valid',
  'whitelist',
  'language',
  'last_updated',
] as const;

/** 2.1.1: no owner, group, profile or energy contract; the contract is called `auth_id` (TOK-17, T10). */
export const TokenV211 = Type.Object({
  ...pick(Token.properties, SHARED),
  type: ClosedEnum(CLOSED_TOKEN_TYPES['2.1.1']),
  auth_id: Token.properties.contract_id,
});
type TokenV211 = Static<typeof TokenV211>;

const OPTIONAL = ['visual_number', 'language'] as const;

const whole = compile(TokenV211);
const part = compile(Type.Partial(TokenV211));

function canonical<T>(decoded: Decoded<Partial<TokenV211>>): Decoded<T> {
  if (!decoded.ok) return decoded;
  const { auth_id, last_updated } = decoded.value;
  const value: Partial<StatedToken> = {
    ...pick(decoded.value, SHARED),
    ...(auth_id !== undefined && { contract_id: auth_id }),
    ...(last_updated !== undefined && { last_updated: reformatDateTime(last_updated, '2.3.0') }),
  };
  return { ok: true, value: value as T };
}

export const tokensV211: TokenCodec = {
  required: Object.keys(TokenV211.properties).filter((key) => !OPTIONAL.includes(key as never)),
  optional: OPTIONAL,
  decode: (wire) => canonical(whole.decode(wire)),
  decodePart: (wire) => canonical(part.decode(wire)),
  encode: (token) => ({
    ...pick(token, SHARED),
    auth_id: token.contract_id,
    type: tokenTypeFor('2.1.1', token.type),
    last_updated: reformatDateTime(token.last_updated, '2.1.1'),
  }),
};
