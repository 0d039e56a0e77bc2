import { Type } from '@sinclair/typebox';
import { ClosedEnum } from '../../types/schema.js';
import { CLOSED_TOKEN_TYPES } from '../tokens/token-type-for.js';
import { CdrToken } from './cdr-token.js';

/** What `cdrTokenFor` writes on 2.2.1. */
export const CdrTokenV221 = Type.Object({
  ...CdrToken.properties,
  type: ClosedEnum(CLOSED_TOKEN_TYPES['2.2.1']),
});
