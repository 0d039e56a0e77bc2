import { Injectable } from '@nestjs/common';
import { OcpiError, type OcpiVersion } from '#ocpi';
import { type Connection } from '../connection.js';
import { endPredecessors, issueToken, spendToken } from '../credentials-tokens.js';
import { HandshakeAudit } from './handshake-audit.js';
import { OwnCredentials } from './own-credentials.js';
import { RegistrationReader } from './registration-reader.js';
import { RegistrationStore } from './registration-store.js';

/** A call on our credentials endpoint. */
export interface CredentialsCall {
  connection: Connection;
  /** Of the endpoint that was called. */
  version: OcpiVersion;
  /** The token the caller showed. */
  token: string;
  body: unknown;
  /** For the audit log. */
  origin: { sourceAddress: string; requestId: string };
}

/** POST credentials by a partner that holds a token A (CRD-02). */
@Injectable()
export class ReceiveRegistration {
  constructor(
    private readonly reader: RegistrationReader,
    private readonly store: RegistrationStore,
    private readonly own: OwnCredentials,
    private readonly audit: HandshakeAudit,
  ) {}

  /**
   * Our credentials object with token C; A is dead then (CRD-03). @throws OcpiError 2001, 3001, 3002, 3003, with nothing
   * stored and A alive (CRD-11), or 405 when another call with the same A was faster (CRD-12).
   */
  execute(call: CredentialsCall): Promise<object> {
    const { connection, origin } = call;
    return this.audit.received(connection.id, 'register', origin, () => this.register(call));
  }

  private async register({ connection, version, token, body }: CredentialsCall): Promise<object> {
    const registration = await this.reader.ofPartner(connection, version, body);
    let answer: object = {};
    await this.store.save(connection.id, registration, async (tx) => {
      if (!(await spendToken(tx, token))) {
        throw OcpiError.methodNotAllowed(['GET', 'PUT', 'DELETE']);
      }
      const issued = await issueToken(tx, connection.id, 'full');
      await endPredecessors(tx, connection.id, issued);
      answer = this.own.for(connection, version, issued);
    });
    return answer;
  }
}
