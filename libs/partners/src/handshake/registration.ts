import { storableText } from '#database';
import {
  type Credentials,
  endpointUrl,
  type InterfaceRole,
  MODULE_IDS,
  type ModuleId,
  OcpiError,
  type OcpiVersion,
  type PartnerDetails,
  withoutControlCharacters,
} from '#ocpi';
import { type ConnectedEndpoint } from '../connection.js';
import { type PartnerProfile } from '../profile/knobs.js';
import { type WireEncoding } from './partner-api.js';

/** What a handshake found out about a partner, ready to be stored. */
export interface Registration {
  version: OcpiVersion;
  /** The partner's credentials object; its token is our key to it. */
  credentials: Credentials;
  endpoints: ConnectedEndpoint[];
  /** Set when a probe settled it, else the version decides. */
  outboundEncoding: WireEncoding | null;
  /** What an operator should know about the partner's API, by name. */
  remarks: string[];
}

const SENDERS: readonly ModuleId[] = ['tokens', 'commands', 'chargingprofiles', 'hubclientinfo'];

/** Endpoints by identifier and role (VER-10). 2.1.1 has no roles: the one an eMSP plays in the module. */
export function connectedEndpoints(details: PartnerDetails): ConnectedEndpoint[] {
  const roles: InterfaceRole[] = ['SENDER', 'RECEIVER'];
  return MODULE_IDS.flatMap((identifier) => {
    if (identifier === 'credentials' || details.version === '2.1.1') {
      const role =
        identifier === 'credentials' || SENDERS.includes(identifier) ? 'SENDER' : 'RECEIVER';
      const url = endpointUrl(details, identifier, role);
      return url === undefined ? [] : [{ identifier, role, url }];
    }
    return roles.flatMap((role) => {
      const url = endpointUrl(details, identifier, role);
      return url === undefined ? [] : [{ identifier, role, url }];
    });
  });
}

/** @throws OcpiError 3003 naming what the profile holds indispensable and the partner lacks (CRD-09, CRD-20). */
export function requireModules(
  endpoints: readonly ConnectedEndpoint[],
  profile: PartnerProfile,
): void {
  const offered = new Set(endpoints.map(({ identifier, role }) => `${identifier}/${role}`));
  const missing = profile.requiredModules.filter((name) => !offered.has(name));
  if (missing.length > 0) throw OcpiError.missingEndpoints(`missing: ${missing.join(', ')}`);
}

/** Oddities of a partner's details that nothing fails on, but an operator should see (VER-08, VER-12, VER-16). */
export function remarksOn(
  details: PartnerDetails,
  endpoints: readonly ConnectedEndpoint[],
): string[] {
  const has = (name: string) =>
    endpoints.some(({ identifier, role }) => `${identifier}/${role}` === name);
  return [
    ...details.ambiguous.map((name) => `ambiguous_endpoint ${name}`),
    ...details.skipped.slice(0, 10).map((name) => `unknown_module ${readable(name)}`),
    ...(has('locations/RECEIVER') && !has('tariffs/RECEIVER') ? ['locations_without_tariffs'] : []),
  ];
}

const readable = (text: string): string => storableText(withoutControlCharacters(text), 40);
