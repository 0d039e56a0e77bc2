import { Module } from '@nestjs/common';
import { EventsModule } from '../events/events.module.js';
import { CsmsClientGuard } from './csms-client.guard.js';
import { EventsController } from './events.controller.js';

@Module({
  imports: [EventsModule],
  controllers: [EventsController],
  providers: [CsmsClientGuard],
  exports: [CsmsClientGuard],
})
export class HttpBindingModule {}
