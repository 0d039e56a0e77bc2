import { OCPI_VERSIONS, type OcpiVersion } from '../types/ocpi-version.js';
import { type InterfaceRole } from '../types/role.js';

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
  /** All we can serve on this version; a deployment or connection may switch modules off. */
  modules: readonly ServedModule[];
  /** The four OCPI-to/from headers exist (TRN-52). */
  routingHeaders: boolean;
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
    modules: [...SENDER, ...RECEIVER_V211],
    routingHeaders: false,
  },
  '2.2.1': {
    modules: [...SENDER, ...RECEIVER],
    routingHeaders: true,
  },
  '2.3.0': {
    modules: [...SENDER, ...RECEIVER],
    routingHeaders: true,
  },
};

/** What a version asks of the transport and which modules we serve on it (VER-06, VER-07). */
export const versionManifest = (version: OcpiVersion): VersionManifest => MANIFESTS[version];

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
