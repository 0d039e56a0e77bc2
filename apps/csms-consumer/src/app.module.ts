import { type DynamicModule, Module } from '@nestjs/common';
import { DatabaseModule } from '#database';
import { PartnersModule } from '#partners';
import { type EnvironmentVariables, PlatformModule } from '#platform';
import { AuthorizationModule } from './authorization/authorization.module.js';
import { SignalsModule } from './signals.module.js';
import { CommandsModule } from './commands/commands.module.js';
import { ChargingProfilePushesModule } from './feeds/charging-profile-pushes.module.js';
import { FeedsModule } from './feeds/feeds.module.js';
import { HttpBindingModule } from './http/http-binding.module.js';
import { JobsModule } from './jobs/jobs.module.js';
import { KafkaBindingModule } from './kafka/kafka-binding.module.js';
import { OutboxModule } from './outbox/outbox.module.js';
import { TokenPullModule } from './token-pull/token-pull.module.js';

/** CSMS events in, partner pushes out, timers. Modules are listed in the order in which they drain at shutdown. */
@Module({})
export class AppModule {
  static forRoot(environment: EnvironmentVariables = process.env): DynamicModule {
    return {
      module: AppModule,
      imports: [
        PlatformModule.forRoot(environment),
        DatabaseModule.forRoot('csms-consumer'),
        SignalsModule,
        PartnersModule.forRoot(),
        KafkaBindingModule,
        HttpBindingModule,
        AuthorizationModule,
        JobsModule,
        CommandsModule,
        TokenPullModule,
        FeedsModule,
        ChargingProfilePushesModule,
        OutboxModule,
      ],
    };
  }
}
