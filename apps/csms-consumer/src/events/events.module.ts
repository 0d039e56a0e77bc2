import { Module } from '@nestjs/common';
import { EventProcessor } from './event-processor.js';

@Module({
  providers: [EventProcessor],
  exports: [EventProcessor],
})
export class EventsModule {}
