import { Type } from '@sinclair/typebox';
import { BusinessDetails } from '../../types/business-details.js';
import { type Decoded, refused } from '../../types/field-error.js';
import { type OcpiVersion } from '../../types/ocpi-version.js';
import { partyKey } from '../../types/party.js';
import { pick } from '../../types/pick.js';
import { compile } from '../../types/schema.js';
import { CountryCode, Credentials, CredentialsRole, PartyCode } from './credentials.js';

/** 2.1.1: one party, named in the object itself (CRD-28). */
export const CredentialsV211 = Type.Object({
  ...pick(Credentials.properties, ['token', 'url']),
  business_details: CredentialsRole.properties.business_details,
  party_id: PartyCode(),
  country_code: CountryCode(),
});

/** 2.2.1: a hub is a role (CRD-35). */
export const CredentialsV221 = Type.Omit(Credentials, ['hub_party_id']);

const flat = compile(CredentialsV211);
const withRoles = compile(Credentials);
const withoutHub = compile(CredentialsV221);

/**
 * A partner's credentials object in canonical form, or everything that is wrong with it (CRD-10). A 2.1.1 partner is an
 * eMSP, its version knows no other. Role values outside the enum are kept (CRD-39); a party twice in one role is refused.
 */
export function decodeCredentials(version: OcpiVersion, wire: unknown): Decoded<Credentials> {
  if (version === '2.1.1') {
    const decoded = flat.decode(wire);
    if (!decoded.ok) return decoded;
    const { token, url, business_details, party_id, country_code } = decoded.value;
    const role = {
      role: 'EMSP',
      business_details: details(business_details),
      party_id,
      country_code,
    };
    return { ok: true, value: { token, url, roles: [role] } };
  }
  const decoded: Decoded<Credentials> =
    version === '2.2.1' ? withoutHub.decode(wire) : withRoles.decode(wire);
  if (!decoded.ok) return decoded;
  const roles = decoded.value.roles.map((role) => ({
    ...pick(role, ['role', 'party_id', 'country_code']),
    business_details: details(role.business_details),
  }));
  const seen = new Set<string>();
  for (const [index, role] of roles.entries()) {
    const key = `${role.role} ${partyKey(role)}`;
    if (seen.has(key)) {
      return refused({ path: `roles[${index}]`, message: 'the same role and party twice' });
    }
    seen.add(key);
  }
  const hub = version === '2.3.0' ? pick(decoded.value, ['hub_party_id']) : {};
  return { ok: true, value: { ...pick(decoded.value, ['token', 'url']), ...hub, roles } };
}

/** Half of a surrogate pair in the name is replaced: no database takes it. */
const details = (value: BusinessDetails): BusinessDetails => ({
  ...pick(value, Object.keys(BusinessDetails.properties) as (keyof BusinessDetails)[]),
  name: value.name.toWellFormed(),
});
