import { type Static, Type } from '@sinclair/typebox';
import { CiString, TokenType } from '#ocpi';

/** Names a token that no partner vouches for any longer. */
export const RemovedToken = Type.Object({
  country_code: CiString(2),
  party_id: CiString(3),
  uid: CiString(36),
  type: TokenType,
});
export type RemovedToken = Static<typeof RemovedToken>;
