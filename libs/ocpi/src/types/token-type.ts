import { type Static } from '@sinclair/typebox';
import { OpenEnum } from './schema.js';

/** Kinds of driver tokens known to 2.3.0 (Tokens chapter); the enum is open there. */
export const TOKEN_TYPES = ['AD_HOC_USER', 'APP_USER', 'EMAID', 'OTHER', 'RFID'] as const;
export const TokenType = OpenEnum(TOKEN_TYPES);
export type TokenType = Static<typeof TokenType>;
