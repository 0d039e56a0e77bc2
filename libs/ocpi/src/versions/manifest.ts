import { OCPI_VERSIONS, type OcpiVersion } from '../types/ocpi-version.js';
import { type InterfaceRole } from '../types/role.js';
import { type TokenEncoding, tokenEncoding } from '../transport/authorization.js';

/** Modules we know, by the identifiers of the version details. */
export const MODULE_IDS = [
  'cdrs',
  'chargingprofiles',
  'commands',
  'credentials',
  'hubclientinfo',
  'locations',
  'sessions',
  'tariffs',
  'tokens',
  'bookings',
  'payments',
  'invoicereconciliation',
] as const;
export type ModuleId = (typeof MODULE_IDS)[number];

/** A module as we serve it. `role` is what the version details say; 2.1.1 does not print it. */
export interface ServedModule {
  identifier: ModuleId;
  role: InterfaceRole;
}

export interface VersionManifest {
  version: OcpiVersion;
  /** All we can serve on this version; a deployment or connection may switch modules off. */
  modules: readonly ServedModule[];
  tokenEncoding: TokenEncoding;
  /** The four OCPI-to/from headers exist (TRN-52). */
  routingHeaders: boolean;
  /** X-Request-ID and X-Correlation-ID are part of the version; they are sent and echoed on all (TRN-63). */
  messageIds: boolean;
  /** DateTimes may have up to three decimals (TYP-06). */
  fractionalSeconds: boolean;
  /** A PATCH must carry last_updated (TRN-34, TRN-35). */
  patchNeedsLastUpdated: boolean;
  /** country_code and party_id are part of the objects (CHG-06). */
  ownerInBody: boolean;
  /** Enums that take unknown values exist (TYP-15). */
  openEnums: boolean;
}

const SENDER: ServedModule[] = [
  { identifier: 'credentials', role: 'SENDER' }, // listed once; its role says nothing (VER-09)
  { identifier: 'locations', role: 'SENDER' },
  { identifier: 'sessions', role: 'SENDER' },
  { identifier: 'cdrs', role: 'SENDER' },
  { identifier: 'tariffs', role: 'SENDER' },
];
const RECEIVER_V211: ServedModule[] = [
  { identifier: 'tokens', role: 'RECEIVER' },
  { identifier: 'commands', role: 'RECEIVER' },
];
const RECEIVER: ServedModule[] = [
  ...RECEIVER_V211,
  { identifier: 'chargingprofiles', role: 'RECEIVER' },
  { identifier: 'hubclientinfo', role: 'RECEIVER' },
];

const MANIFESTS: Record<OcpiVersion, VersionManifest> = {
  '2.1.1': {
    version: '2.1.1',
    modules: [...SENDER, ...RECEIVER_V211],
    tokenEncoding: tokenEncoding('2.1.1'),
    routingHeaders: false,
    messageIds: false,
    fractionalSeconds: false,
    patchNeedsLastUpdated: false,
    ownerInBody: false,
    openEnums: false,
  },
  '2.2.1': {
    version: '2.2.1',
    modules: [...SENDER, ...RECEIVER],
    tokenEncoding: tokenEncoding('2.2.1'),
    routingHeaders: true,
    messageIds: true,
    fractionalSeconds: true,
    patchNeedsLastUpdated: true,
    ownerInBody: true,
    openEnums: false,
  },
  '2.3.0': {
    version: '2.3.0',
    modules: [...SENDER, ...RECEIVER],
    tokenEncoding: tokenEncoding('2.3.0'),
    routingHeaders: true,
    messageIds: true,
    fractionalSeconds: true,
    patchNeedsLastUpdated: true,
    ownerInBody: true,
    openEnums: true,
  },
};

/** What a version asks of the transport and which modules we serve on it (VER-06, VER-07). */
export const versionManifest = (version: OcpiVersion): VersionManifest => MANIFESTS[version];

/** Do we serve this module on this version? */
export const servesModule = (version: OcpiVersion, identifier: ModuleId): boolean =>
  MANIFESTS[version].modules.some((module) => module.identifier === identifier);

/** The four headers belong to functional modules only, never to these (TRN-53). */
export const isConfigurationModule = (identifier: ModuleId | 'versions'): boolean =>
  ['versions', 'credentials', 'hubclientinfo'].includes(identifier);

/**
 * The highest version both sides speak, by exact text (VER-04); undefined when there is none. Deprecated and unknown
 * versions are passed over. `ours` may be cut per connection (VER-05).
 */
export function chooseVersion(
  offered: readonly string[],
  ours: readonly OcpiVersion[] = OCPI_VERSIONS,
): OcpiVersion | undefined {
  return OCPI_VERSIONS.filter((v) => ours.includes(v) && offered.includes(v)).at(-1);
}

/** Modules that need others beside them (VER-16): one message per fault, none when the choice is sound. */
export function moduleDependencyFaults(identifiers: readonly ModuleId[]): string[] {
  const needs: [ModuleId, readonly ModuleId[]][] = [
    ['commands', ['locations', 'sessions']],
    ['chargingprofiles', ['sessions']],
  ];
  return needs.flatMap(([module, required]) =>
    identifiers.includes(module)
      ? required
          .filter((other) => !identifiers.includes(other))
          .map((other) => `${module} needs ${other}`)
      : [],
  );
}
