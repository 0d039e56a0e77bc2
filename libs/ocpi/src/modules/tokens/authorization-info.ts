import { type Static, Type } from '@sinclair/typebox';
import { DisplayText } from '../../types/display-text.js';
import { type Decoded, within } from '../../types/field-error.js';
import { type OcpiVersion } from '../../types/ocpi-version.js';
import { pick } from '../../types/pick.js';
import { CiString, ClosedEnum, compile, Optional } from '../../types/schema.js';
import { type WireObject } from '../locations/location-view.js';
import { present } from '../locations/wire-object.js';
import { decodeToken } from './decode-token.js';
import { Token } from './token.js';

export const ALLOWED_TYPES = ['ALLOWED', 'BLOCKED', 'EXPIRED', 'NO_CREDIT', 'NOT_ALLOWED'] as const;

/** A Location, and if named the EVSEs of it, that a token is or is to be authorised for (TOK-25, TOK-27). */
export const LocationReferences = Type.Object({
  location_id: CiString(36),
  evse_uids: Optional(Type.Array(CiString(36))),
});
export type LocationReferences = Static<typeof LocationReferences>;

/** The eMSP's answer in real time. 2.1.1 never has a token or a reference, other partners may forget the token (TOK-49). */
export const AuthorizationInfo = Type.Object({
  allowed: ClosedEnum(ALLOWED_TYPES),
  token: Optional(Token),
  location: Optional(LocationReferences),
  authorization_reference: Optional(CiString(36)),
  info: Optional(DisplayText),
});
export type AuthorizationInfo = Static<typeof AuthorizationInfo>;

const frame = compile(
  Type.Object({
    ...pick(AuthorizationInfo.properties, [
      'allowed',
      'location',
      'authorization_reference',
      'info',
    ]),
    token: Optional(Type.Unknown()),
  }),
);

/** An eMSP's answer in canonical form (T10). */
export function decodeAuthorizationInfo(
  version: OcpiVersion,
  wire: unknown,
): Decoded<AuthorizationInfo> {
  const decoded = frame.decode(wire);
  if (!decoded.ok) return decoded;
  const answer = pick(decoded.value, ['allowed', 'location', 'info']);
  if (version === '2.1.1') return { ok: true, value: answer };
  const { authorization_reference, token } = decoded.value;
  const referenced = { ...answer, ...(authorization_reference && { authorization_reference }) };
  if (token === undefined) return { ok: true, value: referenced };
  const whole = decodeToken(version, token);
  if (whole.ok) return { ok: true, value: { ...referenced, token: whole.value } };
  return { ok: false, errors: within('token', whole.errors) };
}

/** What we ask about; `connector_ids` exists in 2.1.1 alone and is optional there, so it is never sent (TOK-25). */
export const encodeLocationReferences = (references: LocationReferences): WireObject =>
  present({ location_id: references.location_id, evse_uids: references.evse_uids });
