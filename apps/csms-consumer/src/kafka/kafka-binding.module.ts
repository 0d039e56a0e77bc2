import { Module } from '@nestjs/common';
import { EventsModule } from '../events/events.module.js';
import { KafkaBinding } from './kafka-binding.js';

@Module({ imports: [EventsModule], providers: [KafkaBinding] })
export class KafkaBindingModule {}
