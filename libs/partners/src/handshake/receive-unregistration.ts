import { Injectable } from '@nestjs/common';
import { type CredentialsCall } from './receive-registration.js';
import { HandshakeAudit } from './handshake-audit.js';
import { RegistrationStore } from './registration-store.js';

/** DELETE credentials by a registered partner (CRD-17). */
@Injectable()
export class ReceiveUnregistration {
  constructor(
    private readonly store: RegistrationStore,
    private readonly audit: HandshakeAudit,
  ) {}

  execute({ connection, origin }: CredentialsCall): Promise<void> {
    return this.audit.received(connection.id, 'unregister', origin, () =>
      this.store.end(connection.id, 'the partner unregistered'),
    );
  }
}
