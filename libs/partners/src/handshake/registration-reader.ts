import { Injectable } from '@nestjs/common';
import { decodeCredentials, OcpiError, type OcpiVersion, type VersionEntry } from '#ocpi';
import { type Connection } from '../connection.js';
import { encodingOf, type Key, PartnerApi, type WireEncoding } from './partner-api.js';
import {
  connectedEndpoints,
  type Registration,
  remarksOn,
  requireModules,
} from './registration.js';

/** Reads from a partner what a registration needs; nothing is stored. */
@Injectable()
export class RegistrationReader {
  constructor(private readonly api: PartnerApi) {}

  /**
   * What a partner states in the body of its POST or PUT, and what its versions and details say when asked with the token
   * of that body (CRD-02). The body is judged before any request leaves (CRD-10).
   */
  async ofPartner(
    connection: Connection,
    version: OcpiVersion,
    body: unknown,
  ): Promise<Registration> {
    const credentials = decodeCredentials(version, body);
    if (!credentials.ok) throw OcpiError.invalidParameters(credentials.errors);
    const { token, url } = credentials.value;
    const first = preferredEncoding(connection, version);
    const key: Key = { connectionId: connection.id, token, encoding: first };
    const { entries, key: used } = await this.api.versions(url, key);
    const { details, key: settled } = await this.api.details(entryOf(entries, version), used);
    const endpoints = connectedEndpoints(details);
    requireModules(endpoints, connection.profile);
    return {
      version,
      credentials: credentials.value,
      endpoints,
      outboundEncoding: settledEncoding(version, settled.encoding),
      remarks: remarksOn(details, endpoints),
    };
  }
}

/** How to write a token to this partner on a version: by its profile, else as the version says. */
export function preferredEncoding(connection: Connection, version: OcpiVersion): WireEncoding {
  const { outEncoding } = connection.profile;
  return outEncoding === 'auto' ? encodingOf(version) : outEncoding;
}

/** Worth remembering only where it is not what the version says (TRN-14). */
export const settledEncoding = (
  version: OcpiVersion,
  encoding: WireEncoding,
): WireEncoding | null => (encoding === encodingOf(version) ? null : encoding);

/** @throws OcpiError 3002 when the partner does not list the version (CRD-08). */
export function entryOf(entries: readonly VersionEntry[], version: OcpiVersion): VersionEntry {
  const entry = entries.find((candidate) => candidate.version === version);
  if (!entry) throw OcpiError.unsupportedVersion(`version ${version} is not in the versions list`);
  return entry;
}
