import { Module } from '@nestjs/common';
import { CsmsClientGuard } from '../http/csms-client.guard.js';
import { CsmsMessagesController } from './csms-messages.controller.js';
import { OutboxHousekeeping } from './outbox-housekeeping.js';
import { OutboxRelays } from './outbox-relays.js';
import { OutboxTail } from './outbox-tail.js';
import { WebhookClients } from './webhook-clients.js';

/**
 * What the gateway has to say to the CSMS, by the binding in use (D3, D4). Needs, from modules beside it, DataSource
 * and CommandSignal.
 */
@Module({
  controllers: [CsmsMessagesController],
  providers: [OutboxTail, OutboxRelays, OutboxHousekeeping, WebhookClients, CsmsClientGuard],
  exports: [OutboxHousekeeping],
})
export class OutboxModule {}
