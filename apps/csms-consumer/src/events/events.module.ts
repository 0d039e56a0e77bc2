import { Module } from '@nestjs/common';
import { EventProcessor } from './event-processor.js';
import { ParkedEvents } from './parked-events.js';

@Module({
  providers: [EventProcessor, ParkedEvents],
  exports: [EventProcessor, ParkedEvents],
})
export class EventsModule {}
