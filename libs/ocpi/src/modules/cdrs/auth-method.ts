import { type Static } from '@sinclair/typebox';
import { ClosedEnum } from '../../types/schema.js';

/** How a session was authorised (SES-31); 2.1.1 has no COMMAND. */
const AUTH_METHODS = ['AUTH_REQUEST', 'COMMAND', 'WHITELIST'] as const;
export const AuthMethod = ClosedEnum(AUTH_METHODS);
export type AuthMethod = Static<typeof AuthMethod>;
