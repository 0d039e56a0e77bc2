import { Module } from '@nestjs/common';
import { ConnectionOverview } from './connections/connection-overview.js';
import { ConnectionRegister } from './connections/connection-register.js';
import { ConnectionsController } from './connections/connections.controller.js';
import { CsmsClientRegister } from './csms-clients/csms-client-register.js';
import { CsmsClientsController } from './csms-clients/csms-clients.controller.js';
import { HostedPartiesController } from './parties/hosted-parties.controller.js';
import { HostedPartyRegister } from './parties/hosted-party-register.js';

/** The admin API: /admin/v1/** on the internal port. Needs PlatformModule and DatabaseModule. */
@Module({
  controllers: [HostedPartiesController, CsmsClientsController, ConnectionsController],
  providers: [HostedPartyRegister, CsmsClientRegister, ConnectionRegister, ConnectionOverview],
})
export class AdminModule {}
