import { Authorizer, PartnerQuestions } from '#authorization';
import { Module } from '@nestjs/common';
import { EventsModule } from '../events/events.module.js';
import { CsmsClientGuard } from '../http/csms-client.guard.js';
import { AuthorizationWorker } from './authorization-worker.js';
import { AuthorizationsController } from './authorizations.controller.js';

/** Questions of the CSMS whether a driver may charge: those that wait over HTTP, and those that came as events. */
@Module({
  imports: [EventsModule],
  controllers: [AuthorizationsController],
  providers: [Authorizer, PartnerQuestions, AuthorizationWorker, CsmsClientGuard],
})
export class AuthorizationModule {}
