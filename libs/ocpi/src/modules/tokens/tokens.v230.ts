import { type TObject, Type } from '@sinclair/typebox';
import { reformatDateTime } from '../../types/date-time.js';
import { type Decoded } from '../../types/field-error.js';
import { pick } from '../../types/pick.js';
import { compile } from '../../types/schema.js';
import { Token } from './token.js';
import { type StatedToken, type TokenCodec } from './token-codec.js';

const FIELDS = Object.keys(Token.properties) as (keyof Token)[];

export const tokensV230: TokenCodec = canonicalTokenCodec(Token, (token) => pick(token, FIELDS));

/** A codec for a version whose Token has the canonical field names. */
export function canonicalTokenCodec(schema: TObject, encode: (token: Token) => object): TokenCodec {
  const whole = compile(schema);
  const part = compile(Type.Partial(schema));
  const required = schema.required ?? [];
  const canonical = <T extends Partial<StatedToken>>(decoded: Decoded<unknown>): Decoded<T> => {
    if (!decoded.ok) return decoded;
    const value = pick(decoded.value as Token, FIELDS);
    if ('last_updated' in value) value.last_updated = reformatDateTime(value.last_updated, '2.3.0');
    return { ok: true, value: value as unknown as T };
  };
  return {
    required,
    optional: FIELDS.filter((field) => !required.includes(field)),
    decode: (wire) => canonical(whole.decode(wire)),
    decodePart: (wire) => canonical(part.decode(wire)),
    encode,
  };
}
