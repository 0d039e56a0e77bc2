import { type Static, Type } from '@sinclair/typebox';
import { CdrToken, CiString, Optional } from '#ocpi';

/** A driver's token as far as Session and CDR repeat it, and its group. */
export const DriverToken = Type.Composite([
  CdrToken,
  Type.Object({ group_id: Optional(CiString(36)) }),
]);
export type DriverToken = Static<typeof DriverToken>;

/** An idToken of OCPP 2.0.1 and its type. */
export const IdToken = Type.Object({
  id_token: CiString(36),
  type: CiString(20),
});
export type IdToken = Static<typeof IdToken>;
