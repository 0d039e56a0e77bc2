import { type Decoded, decoded, refused } from '../types/field-error.js';
import { type OcpiVersion } from '../types/ocpi-version.js';
import { joinUrl } from '../transport/url-join.js';

/** One line of a versions document; a partner may name versions nobody knows (VER-12). */
export interface VersionEntry {
  version: string;
  url: string;
}

/** Our versions document (VER-01); `baseUrl` is the public base under which `/{version}` lives. */
export const writeVersionList = (
  baseUrl: string,
  versions: readonly OcpiVersion[],
): VersionEntry[] => versions.map((version) => ({ version, url: joinUrl(baseUrl, version) }));

/**
 * Reads the `data` of a partner's versions document: the plain list, or one wrapped in `versions` (VER-01). Entries
 * without a version or URL are skipped; no usable entry at all is an error.
 */
export function readVersionList(data: unknown): Decoded<VersionEntry[]> {
  const list = Array.isArray(data) ? (data as unknown[]) : wrapped(data);
  if (!list) return refused({ path: 'data', message: 'not a list of versions' });
  const entries = list.flatMap((item): VersionEntry[] => {
    const { version, url } = (item ?? {}) as Record<string, unknown>;
    return typeof version === 'string' && typeof url === 'string' && url !== ''
      ? [{ version: version.trim(), url: url.trim() }]
      : [];
  });
  if (entries.length === 0) return refused({ path: 'data', message: 'names no version' });
  return decoded(entries);
}

function wrapped(data: unknown): unknown[] | undefined {
  if (typeof data !== 'object' || data === null) return undefined;
  const { versions } = data as Record<string, unknown>;
  return Array.isArray(versions) ? versions : undefined;
}
