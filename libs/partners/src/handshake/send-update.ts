import { Injectable } from '@nestjs/common';
import {
  chooseVersion,
  endpointUrl,
  OCPI_VERSIONS,
  OcpiError,
  type OcpiVersion,
  type VersionEntry,
} from '#ocpi';
import { GatewaySettings } from '#platform';
import { DataSource } from 'typeorm';
import { type Connection } from '../connection.js';
import { ConnectionDirectory } from '../connection-directory.js';
import {
  activateToken,
  gracePredecessors,
  issueToken,
  keepToken,
  spendToken,
} from '../credentials-tokens.js';
import { HandshakeAudit } from './handshake-audit.js';
import { HandshakeGate } from './handshake-gate.js';
import { OwnCredentials } from './own-credentials.js';
import { type Key, PartnerApi } from './partner-api.js';
import { connectedEndpoints, remarksOn, requireModules } from './registration.js';
import { entryOf, preferredEncoding, settledEncoding } from './registration-reader.js';
import { RegistrationStore } from './registration-store.js';
import { credentialsIn, pendingSeconds } from './start-registration.js';

/** Which version an update aims at. */
export type UpdateTarget = 'same' | 'newest';

/**
 * PUT credentials as the client: rotation, our roles or endpoints changed, or a newer version (CRD-25, CRD-26, CRD-31,
 * CRD-41, VER-17). The partner's versions and details are read first.
 */
@Injectable()
export class SendUpdate {
  constructor(
    private readonly dataSource: DataSource,
    private readonly directory: ConnectionDirectory,
    private readonly api: PartnerApi,
    private readonly own: OwnCredentials,
    private readonly store: RegistrationStore,
    private readonly gate: HandshakeGate,
    private readonly settings: GatewaySettings,
    private readonly audit: HandshakeAudit,
  ) {}

  /**
   * `same` keeps the agreed version, `newest` takes the highest both speak. @throws OcpiError with the reason; the old
   * tokens are then as good as before and the new one is withdrawn, unless the answer got lost twice: then it lasts beside
   * them, for the partner may have taken it. @throws TokenWithdrawnError, HandshakeRunningError
   */
  execute(connection: Connection, target: UpdateTarget): Promise<void> {
    const work = () => this.gate.run(connection.id, () => this.update(connection, target));
    return this.audit.sent(connection.id, 'update', work);
  }

  private async update(connection: Connection, target: UpdateTarget): Promise<void> {
    const { id, version: current, versionsUrl } = connection;
    if (
      connection.state === 'invited' ||
      connection.state === 'unregistered' ||
      current === null ||
      versionsUrl === null
    ) {
      throw OcpiError.methodNotAllowed(['POST']);
    }
    const shown = connection.outboundEncoding ?? preferredEncoding(connection, current);
    const key: Key = { connectionId: id, token: connection.outboundToken(), encoding: shown };
    const { entries, key: used } = await this.api.versions(versionsUrl, key);
    const version = versionFor(connection, current, entries, target);
    const detailsKey = {
      ...used,
      encoding: version === current ? used.encoding : preferredEncoding(connection, version),
    };
    const read = await this.api.details(entryOf(entries, version), detailsKey);
    const endpoints = connectedEndpoints(read.details);
    requireModules(endpoints, connection.profile);
    const url = endpointUrl(read.details, 'credentials', 'SENDER');
    if (url === undefined) throw OcpiError.clientApiUnusable('no credentials endpoint');

    const token = await issueToken(this.dataSource, id, 'full', {
      state: 'pending',
      lifetimeSeconds: pendingSeconds(this.settings),
    });
    let lost = false;
    try {
      const body = this.own.for(connection, version, token);
      const put = () => this.api.credentials('PUT', url, read.key, body);
      const first = await put();
      lost = first.kind === 'failed' && first.reason !== 'address-refused';
      // The partner's new token stands in its answer alone. Who keeps the old one for a while, as we do (CRD-16), tells it again.
      const answer = lost ? await put() : first;
      const credentials = credentialsIn(answer, version);
      const outboundEncoding = settledEncoding(version, read.key.encoding);
      const remarks = remarksOn(read.details, endpoints);
      await this.store.save(
        id,
        { version, credentials, endpoints, outboundEncoding, remarks },
        async (tx) => {
          await activateToken(tx, token);
          await gracePredecessors(tx, id, token, this.settings.tokenGraceSeconds);
        },
      );
    } catch (error) {
      if (lost) await keepToken(this.dataSource, token);
      else await this.dataSource.transaction((tx) => spendToken(tx, token));
      await this.directory.changed();
      throw error;
    }
  }
}

function versionFor(
  connection: Connection,
  current: OcpiVersion,
  entries: readonly VersionEntry[],
  target: UpdateTarget,
): OcpiVersion {
  const offered = entries.map((entry) => entry.version);
  if (target === 'same' && offered.includes(current)) return current;
  const version = chooseVersion(offered, connection.offeredVersions ?? OCPI_VERSIONS);
  if (!version) throw OcpiError.unsupportedVersion('the partner offers no version that we speak');
  return version;
}
