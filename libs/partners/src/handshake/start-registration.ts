import { Injectable } from '@nestjs/common';
import { chooseVersion, decodeCredentials, endpointUrl, OCPI_VERSIONS, OcpiError } from '#ocpi';
import { createLogger, GatewaySettings } from '#platform';
import { DataSource } from 'typeorm';
import { type Connection } from '../connection.js';
import { ConnectionDirectory } from '../connection-directory.js';
import { activateToken, endPredecessors, issueToken, spendToken } from '../credentials-tokens.js';
import { SecretBox } from '../secrets.js';
import { type PartnerAnswer } from '../http/partner-request.js';
import { HandshakeAudit } from './handshake-audit.js';
import { HandshakeGate } from './handshake-gate.js';
import { OwnCredentials } from './own-credentials.js';
import { encodingOf, isSuccessful, type Key, PartnerApi } from './partner-api.js';
import { connectedEndpoints, remarksOn, requireModules } from './registration.js';
import { entryOf, settledEncoding } from './registration-reader.js';
import { RegistrationStore, signal } from './registration-store.js';

/** We register with a partner that gave us its token A and its versions URL (CRD-19). */
@Injectable()
export class StartRegistration {
  private readonly log = createLogger('handshake');
  private readonly secrets: SecretBox;

  constructor(
    private readonly dataSource: DataSource,
    private readonly directory: ConnectionDirectory,
    private readonly api: PartnerApi,
    private readonly own: OwnCredentials,
    private readonly store: RegistrationStore,
    private readonly gate: HandshakeGate,
    private readonly settings: GatewaySettings,
    private readonly audit: HandshakeAudit,
  ) {
    this.secrets = SecretBox.of(settings);
  }

  /**
   * Registers; token and URL are kept for another try, so they may be left out then. @throws OcpiError 3001, 3002 or 3003
   * with the reason: nothing is registered, our token B is withdrawn and the partner's A kept (CRD-20, CRD-23).
   */
  execute(connection: Connection, given: { versionsUrl?: string; token?: string }): Promise<void> {
    const work = async () => {
      const { url, tokenA } = await this.keep(connection, given);
      try {
        await this.register(connection, url, tokenA);
      } catch (error) {
        if (error instanceof OcpiError) {
          this.log.warn(
            { connection: connection.id, reason: error.message, err: error.cause },
            'registration failed',
          );
        }
        throw error;
      }
    };
    return this.audit.sent(connection.id, 'register', () => this.gate.run(connection.id, work));
  }

  private async register(connection: Connection, url: string, tokenA: string): Promise<void> {
    const { id, profile } = connection;
    const probed = profile.outEncoding === 'auto' ? 'base64' : profile.outEncoding;
    const first: Key = { connectionId: id, token: tokenA, encoding: probed };
    const { entries, key } = await this.api.versions(url, first);
    const version = chooseVersion(
      entries.map((entry) => entry.version),
      connection.offeredVersions ?? OCPI_VERSIONS,
    );
    if (!version) throw OcpiError.unsupportedVersion('the partner offers no version that we speak');
    const settled = key.encoding !== first.encoding || profile.outEncoding !== 'auto';
    const detailsKey = settled ? key : { ...key, encoding: encodingOf(version) };
    const { details, key: used } = await this.api.details(entryOf(entries, version), detailsKey);
    const endpoints = connectedEndpoints(details);
    requireModules(endpoints, profile);
    const credentialsUrl = endpointUrl(details, 'credentials', 'SENDER');
    if (credentialsUrl === undefined) throw OcpiError.clientApiUnusable('no credentials endpoint');

    // Committed before the POST leaves: the partner calls back with B inside it (CRD-21, CRD-22).
    const tokenB = await issueToken(this.dataSource, id, 'full', {
      state: 'pending',
      lifetimeSeconds: pendingSeconds(this.settings),
    });
    try {
      const body = this.own.for(connection, version, tokenB);
      const answer = await this.api.credentials('POST', credentialsUrl, used, body);
      const credentials = credentialsIn(answer, version);
      await this.store.save(
        id,
        {
          version,
          credentials,
          endpoints,
          outboundEncoding: settledEncoding(version, used.encoding),
          remarks: remarksOn(details, endpoints),
        },
        async (tx) => {
          await activateToken(tx, tokenB);
          await endPredecessors(tx, id, tokenB);
        },
      );
    } catch (error) {
      await this.dataSource.transaction((tx) => spendToken(tx, tokenB));
      await this.directory.changed();
      throw error;
    }
  }

  /** Token A waits encrypted where C will be; an operator need not type it again after a failure. */
  private async keep(
    connection: Connection,
    { versionsUrl, token }: { versionsUrl?: string; token?: string },
  ): Promise<{ url: string; tokenA: string }> {
    const url = versionsUrl ?? connection.versionsUrl;
    if (connection.state === 'registered') throw OcpiError.methodNotAllowed(['PUT', 'DELETE']);
    if (url === null) {
      throw OcpiError.invalidParameters('the partner’s versions URL is not known');
    }
    const tokenA = token ?? connection.outboundToken();
    await this.dataSource.query(
      'UPDATE connection SET versions_url = $2, outbound_token = $3 WHERE id = $1',
      [connection.id, url, this.secrets.encrypt(tokenA)],
    );
    await signal(this.dataSource, connection.id);
    await this.directory.changed(); // another try may come before the signal does
    return { url, tokenA };
  }
}

/** How long a token of ours waits for the outcome of the handshake it was sent in. */
export const pendingSeconds = (settings: GatewaySettings): number =>
  (settings.handshakeTimeoutMs * 5) / 1000 + 60;

/** The credentials object of a POST or PUT answer. @throws OcpiError 3001 unless it is a success that carries one (CRD-23). */
export function credentialsIn(
  answer: PartnerAnswer,
  version: Parameters<typeof decodeCredentials>[0],
) {
  if (answer.kind === 'failed') {
    throw OcpiError.clientApiUnusable(`the credentials endpoint gave no answer: ${answer.reason}`);
  }
  if (!isSuccessful(answer)) {
    throw OcpiError.clientApiUnusable(
      `the credentials endpoint answered HTTP ${answer.httpStatus} and ${answer.ocpiStatus ?? 'no status_code'}`,
    );
  }
  const credentials = decodeCredentials(version, answer.data);
  if (!credentials.ok) {
    throw OcpiError.clientApiUnusable('the credentials endpoint answered no credentials object');
  }
  return credentials.value;
}
