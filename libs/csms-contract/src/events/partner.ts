import { type Static, Type } from '@sinclair/typebox';

const RemoteParty = Type.Object({
  country_code: Type.String(),
  party_id: Type.String(),
  role: Type.String(),
  name: Type.Optional(Type.String()),
});

/** A partner as it is now connected: which version it speaks and which parties live behind it. */
export const Partner = Type.Object({
  connection_id: Type.String({ minLength: 1 }),
  name: Type.String(),
  version: Type.Union([Type.Literal('2.1.1'), Type.Literal('2.2.1'), Type.Literal('2.3.0')]),
  parties: Type.Array(RemoteParty),
});
export type Partner = Static<typeof Partner>;

/** The connection ended; its tokens are no longer to be trusted. */
export const PartnerDisconnected = Type.Object({
  connection_id: Type.String({ minLength: 1 }),
  name: Type.String(),
  reason: Type.Optional(Type.String()),
});
export type PartnerDisconnected = Static<typeof PartnerDisconnected>;
