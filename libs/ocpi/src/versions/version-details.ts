import { type Decoded, decoded, refused } from '../types/field-error.js';
import { type OcpiVersion } from '../types/ocpi-version.js';
import { type InterfaceRole } from '../types/role.js';
import { joinUrl } from '../transport/url-join.js';
import { MODULE_IDS, type ModuleId, type ServedModule, versionManifest } from './manifest.js';

/** Our version details; 2.1.1 knows no roles (VER-06, VER-07). */
export interface VersionDetails {
  version: OcpiVersion;
  endpoints: { identifier: string; role?: InterfaceRole; url: string }[];
}

/**
 * Our details document for a version. `versionUrl` is its own public URL; modules live beneath it (TRN-64). `custom` are
 * entries beyond OCPI, with URLs of their own (VER-13).
 */
export function writeVersionDetails(
  version: OcpiVersion,
  versionUrl: string,
  modules: readonly ServedModule[] = versionManifest(version).modules,
  custom: readonly { identifier: string; role: InterfaceRole; url: string }[] = [],
): VersionDetails {
  const own = modules.map((module) => {
    const url = joinUrl(versionUrl, module.identifier);
    return { ...module, url: isContinued(version, module) ? `${url}/` : url };
  });
  const endpoints = [...own, ...custom].map(({ identifier, role, url }) => ({
    identifier,
    ...(version === '2.1.1' ? {} : { role }),
    url,
  }));
  return { version, endpoints };
}

/** What follows these URLs is put right behind them, by the letter of these chapters (CMD-03, CHP-02). */
const isContinued = (version: OcpiVersion, { identifier }: ServedModule): boolean =>
  version !== '2.1.1' && (identifier === 'commands' || identifier === 'chargingprofiles');

/** An endpoint of a partner. On 2.1.1, and where a partner left the role out, there is none. */
export interface PartnerEndpoint {
  identifier: ModuleId;
  role?: InterfaceRole;
  url: string;
}

export interface PartnerDetails {
  version: string;
  endpoints: PartnerEndpoint[];
  /** Identifiers we do not know, as the partner writes them: skipped, not fatal (VER-12). */
  skipped: string[];
  /** `identifier` or `identifier/ROLE` listed with different URLs: an operator should look (VER-08). */
  ambiguous: string[];
}

const ALIASES: Readonly<Record<string, ModuleId>> = {
  booking: 'bookings',
  payment: 'payments',
  hub_client_info: 'hubclientinfo',
  charging_profiles: 'chargingprofiles',
  invoice_reconciliation: 'invoicereconciliation',
};

/** The module a partner means, whatever the case; add-ons are spelled in several ways (VER-14). */
export function moduleIdOf(identifier: string): ModuleId | undefined {
  const folded = identifier.trim().toLowerCase();
  return MODULE_IDS.find((id) => id === folded) ?? ALIASES[folded];
}

/**
 * Reads the `data` of a partner's version details. Unknown modules, entries without URL and roles that make no sense
 * are passed over (VER-09, VER-12); what is not an object with endpoints is an error.
 */
export function readVersionDetails(data: unknown, expected: string): Decoded<PartnerDetails> {
  const { version, endpoints } = (data ?? {}) as Record<string, unknown>;
  if (!Array.isArray(endpoints)) {
    return refused({ path: 'data.endpoints', message: 'not a list of endpoints' });
  }
  if (typeof version === 'string' && version.trim() !== expected) {
    return refused({ path: 'data.version', message: `${version} instead of ${expected}` });
  }
  const skipped: string[] = [];
  const found: PartnerEndpoint[] = [];
  for (const item of endpoints as unknown[]) {
    const entry = (item ?? {}) as Record<string, unknown>;
    if (typeof entry.identifier !== 'string') continue;
    const identifier = moduleIdOf(entry.identifier);
    if (!identifier || typeof entry.url !== 'string' || entry.url.trim() === '') {
      skipped.push(entry.identifier);
      continue;
    }
    const role = roleOf(entry.role);
    found.push({ identifier, ...(role && { role }), url: entry.url.trim() });
  }
  return decoded({ version: expected, endpoints: found, skipped, ambiguous: ambiguities(found) });
}

function roleOf(value: unknown): InterfaceRole | undefined {
  const text = typeof value === 'string' ? value.trim().toUpperCase() : '';
  return text === 'SENDER' || text === 'RECEIVER' ? text : undefined;
}

function ambiguities(endpoints: readonly PartnerEndpoint[]): string[] {
  const urls = new Map<string, Set<string>>();
  for (const { identifier, role, url } of endpoints) {
    if (identifier === 'credentials') continue;
    const name = role ? `${identifier}/${role}` : identifier;
    urls.set(name, (urls.get(name) ?? new Set()).add(url.replace(/\/+$/, '')));
  }
  return [...urls].filter(([, different]) => different.size > 1).map(([name]) => name);
}

/**
 * The URL of a partner's module in a role (VER-10); undefined: the partner does not have it, and it is not called
 * (VER-11). Credentials and 2.1.1 have no role to go by (VER-07, VER-09). An ambiguous 2.1.1 module is not guessed at.
 */
export function endpointUrl(
  details: Pick<PartnerDetails, 'version' | 'endpoints' | 'ambiguous'>,
  identifier: ModuleId,
  role: InterfaceRole,
): string | undefined {
  const candidates = details.endpoints.filter((endpoint) => endpoint.identifier === identifier);
  if (identifier === 'credentials') return candidates[0]?.url;
  if (details.version !== '2.1.1') {
    return candidates.find((endpoint) => endpoint.role === role)?.url;
  }
  return details.ambiguous.some((name) => name.split('/')[0] === identifier)
    ? undefined
    : candidates[0]?.url;
}
