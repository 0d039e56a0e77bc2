import { type ConnectionKind, type ConnectionState, type ShownRule } from '#database';
import { type InterfaceRole, type ModuleId, type OcpiVersion, type PartyId } from '#ocpi';
import { type PartnerProfile } from './profile/knobs.js';

/** A party reached over a connection. */
export interface ConnectedParty {
  /** `NL*TNM`, folded. */
  partyKey: string;
  countryCode: string;
  partyId: string;
  /** As the partner wrote it; values outside the enum grant nothing (CRD-39). */
  role: string;
}

export interface ConnectedEndpoint {
  identifier: string;
  role: 'SENDER' | 'RECEIVER';
  url: string;
}

/** One credentials relationship as the process knows it; a new object after every change, never altered in place. */
export interface Connection {
  id: string;
  name: string;
  kind: ConnectionKind;
  state: ConnectionState;
  paused: boolean;
  /** Null before the first handshake. */
  version: OcpiVersion | null;
  /** Null = all versions (VER-05). */
  offeredVersions: OcpiVersion[] | null;
  versionsUrl: string | null;
  /** Party keys of ours that this partner meets on its version; null = all. On 2.1.1 it is one (CRD-28). */
  hostedParties: string[] | null;
  /** The same as an operator set it, whatever the version. */
  configuredParties: string[] | null;
  /** Party keys the partner may claim; `*` = any that is not bound elsewhere (CRD-32). */
  allowedParties: string[];
  locationsShown: ShownRule;
  tariffsShown: ShownRule;
  profile: PartnerProfile;
  endpoints: ConnectedEndpoint[];
  parties: ConnectedParty[];
  outboundEncoding: 'base64' | 'plain' | null;
  tokenIssuedAt: Date | null;
  registeredAt: Date | null;
  /** Its messages are kept until then. */
  tracedUntil: Date | null;
  /** The key we use with the partner, in plain. @throws Error before a handshake; UnreadableSecretError */
  outboundToken(): string;
}

/** The URL of a module of the partner (VER-10); undefined: the partner does not list it and is not called (VER-11). */
export const endpointUrl = (
  connection: Pick<Connection, 'endpoints'>,
  identifier: ModuleId,
  role: InterfaceRole,
): string | undefined =>
  connection.endpoints.find(
    (endpoint) => endpoint.identifier === identifier && endpoint.role === role,
  )?.url;

/** Automated traffic (pushes, pulls) may run: registered, not paused by an operator, not refused by the partner. */
export const isLive = (
  connection: Connection,
): connection is Connection & { version: OcpiVersion } =>
  connection.state === 'registered' && !connection.paused && connection.version !== null;

export const partyIdOf = (party: ConnectedParty): PartyId => ({
  country_code: party.countryCode,
  party_id: party.partyId,
});
