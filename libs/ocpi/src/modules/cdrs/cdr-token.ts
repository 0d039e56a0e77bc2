import { type Static, Type } from '@sinclair/typebox';
import { CiString } from '../../types/schema.js';
import { TokenType } from '../../types/token-type.js';

/** The token a session was started with, as it was then (SES-30, CDR-22). */
export const CdrToken = Type.Object({
  country_code: CiString(2),
  party_id: CiString(3),
  uid: CiString(36),
  type: TokenType,
  contract_id: CiString(36),
});
export type CdrToken = Static<typeof CdrToken>;
