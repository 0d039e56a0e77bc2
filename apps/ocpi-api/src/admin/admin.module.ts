import { Module } from '@nestjs/common';
import { ChangeLogSignal } from '#change-log';
import { AdminKeys } from './access/admin-keys.js';
import { FailedAttempts } from './access/failed-attempts.js';
import { TokenSignIn } from './access/token-sign-in.js';
import { AuditArchive } from './audit/audit-archive.js';
import { AuditController } from './audit/audit.controller.js';
import { CommandArchive } from './commands/command-archive.js';
import { CommandsAdminController } from './commands/commands-admin.controller.js';
import { ReservationsAdminController } from './commands/reservations-admin.controller.js';
import { ConnectionActionsController } from './connections/connection-actions.controller.js';
import { ConnectionOverview } from './connections/connection-overview.js';
import { ConnectionRegister } from './connections/connection-register.js';
import { ConnectionsController } from './connections/connections.controller.js';
import { CsmsClientRegister } from './csms-clients/csms-client-register.js';
import { CsmsClientsController } from './csms-clients/csms-clients.controller.js';
import { EncryptionKeysController } from './encryption-keys/encryption-keys.controller.js';
import { HostedPartiesController } from './parties/hosted-parties.controller.js';
import { HostedPartyRegister } from './parties/hosted-party-register.js';
import { DeliveryReport } from './objects/delivery-report.js';
import { MessageArchive } from './messages/message-archive.js';
import { MessageTraceController } from './messages/message-trace.controller.js';
import { ObjectsController } from './objects/objects.controller.js';
import { PartnerSight } from './objects/partner-sight.js';
import { StoredObjects } from './objects/stored-object.js';
import { ParkedEventArchive } from './parked-events/parked-event-archive.js';
import { ParkedEventsController } from './parked-events/parked-events.controller.js';
import { ParkedPushArchive } from './parked-pushes/parked-push-archive.js';
import { ParkedPushesController } from './parked-pushes/parked-pushes.controller.js';
import { PersonalDataController } from './personal-data/personal-data.controller.js';
import { TokenPersonalData } from './personal-data/personal-data.js';
import { ProfileKnobsController } from './profile/profile-knobs.controller.js';
import { CardsController } from './tokens/cards.controller.js';
import { VisibilityController } from './visibility/visibility.controller.js';
import { VisibilityRules } from './visibility/visibility-rules.js';

/** The admin API: /admin/v1/** on the internal port. Needs PlatformModule, DatabaseModule and PartnersModule. */
@Module({
  controllers: [
    HostedPartiesController,
    CsmsClientsController,
    ConnectionsController,
    ConnectionActionsController,
    VisibilityController,
    ObjectsController,
    CardsController,
    PersonalDataController,
    ParkedPushesController,
    ParkedEventsController,
    ProfileKnobsController,
    CommandsAdminController,
    ReservationsAdminController,
    AuditController,
    MessageTraceController,
    EncryptionKeysController,
  ],
  providers: [
    AdminKeys,
    TokenSignIn,
    FailedAttempts,
    AuditArchive,
    MessageArchive,
    HostedPartyRegister,
    CsmsClientRegister,
    ConnectionRegister,
    ConnectionOverview,
    VisibilityRules,
    StoredObjects,
    PartnerSight,
    DeliveryReport,
    ParkedPushArchive,
    ParkedEventArchive,
    CommandArchive,
    TokenPersonalData,
    ChangeLogSignal,
  ],
})
export class AdminModule {}
