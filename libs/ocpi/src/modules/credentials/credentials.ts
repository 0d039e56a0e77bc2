import { type Static, Type } from '@sinclair/typebox';
import { BusinessDetails } from '../../types/business-details.js';
import { Optional, Text, Url } from '../../types/schema.js';

export const CountryCode = () => Type.String({ pattern: '^[A-Za-z]{2}$' });
export const PartyCode = () => Type.String({ pattern: '^[A-Za-z0-9]{3}$' });

/** One party behind a connection. Role values outside the enum are taken in and grant nothing (CRD-39). */
export const CredentialsRole = Type.Object({
  role: Text(32, { minLength: 1 }),
  business_details: Type.Intersect([
    BusinessDetails,
    Type.Object({ name: Type.String({ minLength: 1 }) }),
  ]),
  party_id: PartyCode(),
  country_code: CountryCode(),
});
export type CredentialsRole = Static<typeof CredentialsRole>;

/** The credentials object of 2.3.0 (CRD-29, CRD-34, CRD-36); `token` is plain here, never base64. */
export const Credentials = Type.Object({
  token: Type.String({ pattern: '^[!-~]{1,64}$' }),
  url: Url(),
  hub_party_id: Optional(Type.String({ pattern: '^[A-Za-z]{2}[A-Za-z0-9]{3}$' })),
  roles: Type.Array(CredentialsRole, { minItems: 1 }),
});
export type Credentials = Static<typeof Credentials>;
