import { type Static, Type } from '@sinclair/typebox';
import { CiString, ClosedEnum, DateTime, Optional, Text } from '../../types/schema.js';
import { TokenType } from '../../types/token-type.js';
import { ProfileType } from '../sessions/charging-preferences.js';

const WHITELIST_TYPES = ['ALWAYS', 'ALLOWED', 'ALLOWED_OFFLINE', 'NEVER'] as const;
export const WhitelistType = ClosedEnum(WHITELIST_TYPES);
export type WhitelistType = Static<typeof WhitelistType>;

/** The driver's own energy supplier; `contract_id` is a case-sensitive text of that supplier (TOK-45). */
export const EnergyContract = Type.Object({
  supplier_name: Text(64),
  contract_id: Optional(Text(64)),
});
export type EnergyContract = Static<typeof EnergyContract>;

/** A driver's token as its eMSP states it (Tokens chapter of 2.3.0, TOK-15, TOK-46). */
export const Token = Type.Object({
  country_code: CiString(2),
  party_id: CiString(3),
  uid: CiString(36),
  type: TokenType,
  contract_id: CiString(36),
  visual_number: Optional(Text(64)),
  issuer: Text(64),
  group_id: Optional(CiString(36)),
  valid: Type.Boolean(),
  whitelist: WhitelistType,
  language: Optional(Type.String({ pattern: '^[A-Za-z]{2}$' })),
  default_profile_type: Optional(ProfileType),
  energy_contract: Optional(EnergyContract),
  last_updated: DateTime(),
});
export type Token = Static<typeof Token>;
