import { Injectable } from '@nestjs/common';
import { OcpiError } from '#ocpi';
import { GatewaySettings } from '#platform';
import { gracePredecessors, issueToken, isLiveToken } from '../credentials-tokens.js';
import { HandshakeAudit } from './handshake-audit.js';
import { OwnCredentials } from './own-credentials.js';
import { type CredentialsCall } from './receive-registration.js';
import { RegistrationReader } from './registration-reader.js';
import { RegistrationStore } from './registration-store.js';

/** PUT credentials by a registered partner: rotation, moved endpoints, other roles, another version (CRD-13, CRD-14). */
@Injectable()
export class ReceiveUpdate {
  constructor(
    private readonly reader: RegistrationReader,
    private readonly store: RegistrationStore,
    private readonly own: OwnCredentials,
    private readonly settings: GatewaySettings,
    private readonly audit: HandshakeAudit,
  ) {}

  /**
   * Our credentials object with a new token C'. The shown one lives on until C' is used or the grace ends, so that a
   * partner that never got this answer can ask again (CRD-16). A failure leaves everything as it was (CRD-15).
   */
  execute(call: CredentialsCall): Promise<object> {
    const { connection, origin } = call;
    return this.audit.received(connection.id, 'update', origin, () => this.update(call));
  }

  private async update({ connection, version, token, body }: CredentialsCall): Promise<object> {
    const registration = await this.reader.ofPartner(connection, version, body);
    let answer: object = {};
    await this.store.save(connection.id, registration, async (tx) => {
      if (!(await isLiveToken(tx, token))) throw OcpiError.unauthorized();
      const issued = await issueToken(tx, connection.id, 'full');
      await gracePredecessors(tx, connection.id, issued, this.settings.tokenGraceSeconds);
      answer = this.own.for(connection, version, issued);
    });
    return answer;
  }
}
