import { type DynamicModule, Module } from '@nestjs/common';
import { GatewaySettings } from '#platform';
import { ConnectionDirectory } from './connection-directory.js';
import { ConnectionMetrics } from './connection-metrics.js';
import { ConnectionObservations } from './connection-observations.js';
import { ConnectionsService } from './connections/connections.service.js';
import { HostedPartiesService } from './connections/hosted-parties.service.js';
import { VisibilityService } from './connections/visibility.service.js';
import { AnnounceChanges } from './handshake/announce-changes.js';
import { HandshakeAudit } from './handshake/handshake-audit.js';
import { HandshakeGate } from './handshake/handshake-gate.js';
import { OwnCredentials } from './handshake/own-credentials.js';
import { PartnerApi } from './handshake/partner-api.js';
import { ReceiveRegistration } from './handshake/receive-registration.js';
import { ReceiveUnregistration } from './handshake/receive-unregistration.js';
import { ReceiveUpdate } from './handshake/receive-update.js';
import { RegistrationReader } from './handshake/registration-reader.js';
import { RegistrationStore } from './handshake/registration-store.js';
import { SendUnregistration } from './handshake/send-unregistration.js';
import { SendUpdate } from './handshake/send-update.js';
import { StartRegistration } from './handshake/start-registration.js';
import { PartnerClient } from './http/partner-client.js';
import { MessageTrace } from './message-trace/message-trace.js';
import { PartnerTls } from './http/partner-tls.js';
import { TokenWriter } from './tokens/token-writer.js';

const SERVICES = [
  ConnectionDirectory,
  ConnectionMetrics,
  ConnectionObservations,
  ConnectionsService,
  HostedPartiesService,
  MessageTrace,
  VisibilityService,
  AnnounceChanges,
  HandshakeAudit,
  HandshakeGate,
  OwnCredentials,
  PartnerApi,
  ReceiveRegistration,
  ReceiveUnregistration,
  ReceiveUpdate,
  RegistrationReader,
  RegistrationStore,
  SendUnregistration,
  SendUpdate,
  StartRegistration,
  TokenWriter,
];

/** Connections, handshakes and the way out to partners; needs the platform and database modules. */
@Module({})
export class PartnersModule {
  static forRoot(): DynamicModule {
    return {
      module: PartnersModule,
      global: true,
      providers: [
        ...SERVICES,
        {
          provide: PartnerClient,
          inject: [GatewaySettings, MessageTrace],
          useFactory: (settings: GatewaySettings, trace: MessageTrace) =>
            new PartnerClient({
              trace,
              allowlist: settings.partnerUrlAllowlist,
              tls: new PartnerTls(settings),
            }),
        },
      ],
      exports: [...SERVICES, PartnerClient],
    };
  }
}
