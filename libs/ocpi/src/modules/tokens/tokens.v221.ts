import { Type } from '@sinclair/typebox';
import { ClosedEnum } from '../../types/schema.js';
import { Token } from './token.js';
import { CLOSED_TOKEN_TYPES, tokenTypeFor } from './token-type-for.js';
import { canonicalTokenCodec, tokensV230 } from './tokens.v230.js';

/** 2.2.1: the same Token with a closed TokenType; a type that it does not have is shown as OTHER (TOK-16). */
export const TokenV221 = Type.Object({
  ...Token.properties,
  type: ClosedEnum(CLOSED_TOKEN_TYPES['2.2.1']),
});

export const tokensV221 = canonicalTokenCodec(TokenV221, (token) =>
  tokensV230.encode({ ...token, type: tokenTypeFor('2.2.1', token.type) }),
);
