import { Injectable } from '@nestjs/common';
import { OcpiError } from '#ocpi';
import { type Connection, endpointUrl } from '../connection.js';
import { HandshakeAudit } from './handshake-audit.js';
import { HandshakeGate } from './handshake-gate.js';
import { isSuccessful, PartnerApi } from './partner-api.js';
import { preferredEncoding } from './registration-reader.js';
import { RegistrationStore } from './registration-store.js';

const FORGOTTEN = [401, 403, 404, 405];

/** DELETE credentials as the client (CRD-40). */
@Injectable()
export class SendUnregistration {
  constructor(
    private readonly api: PartnerApi,
    private readonly store: RegistrationStore,
    private readonly gate: HandshakeGate,
    private readonly audit: HandshakeAudit,
  ) {}

  /**
   * Ends the connection. A partner that has forgotten us already is the same end. @throws OcpiError 3001 when it cannot be
   * reached or refuses, with everything as before; `force` ends our side all the same.
   */
  execute(connection: Connection, options: { force?: boolean } = {}): Promise<void> {
    const work = async () => {
      const refusal = await this.tell(connection);
      if (refusal !== undefined && options.force !== true)
        throw OcpiError.clientApiUnusable(refusal);
      await this.store.end(connection.id, 'unregistered by us', refusal);
    };
    return this.audit.sent(connection.id, 'unregister', () => this.gate.run(connection.id, work));
  }

  /** Why the partner could not be told; undefined when it was, or when there is nobody to tell. */
  private async tell(connection: Connection): Promise<string | undefined> {
    const url = endpointUrl(connection, 'credentials', 'SENDER');
    if (url === undefined || connection.version === null) return undefined;
    const answer = await this.api.credentials('DELETE', url, {
      connectionId: connection.id,
      token: connection.outboundToken(),
      encoding: connection.outboundEncoding ?? preferredEncoding(connection, connection.version),
    });
    if (answer.kind === 'failed') return `the partner cannot be reached: ${answer.reason}`;
    if (isSuccessful(answer) || FORGOTTEN.includes(answer.httpStatus)) return undefined;
    if (answer.httpStatus >= 200 && answer.httpStatus < 300 && answer.text === '') return undefined;
    return `the partner answered HTTP ${answer.httpStatus} and ${answer.ocpiStatus ?? 'no status_code'}`;
  }
}
