import { type DynamicModule, Module } from '@nestjs/common';
import { Clock, SystemClock } from './clock.js';
import { type EnvironmentVariables } from './configuration/environment-variables.js';
import { GatewaySettings } from './configuration/gateway-settings.js';
import { readSettings } from './configuration/read-settings.js';

/** What every part of both processes may inject: settings and clock. */
@Module({})
export class PlatformModule {
  /**
   * Reads the settings at once and throws a SettingsError that lists all problems. The environment is an argument so that
   * several applications with different settings live in one process; process.env is neither read elsewhere nor written.
   */
  static forRoot(environment: EnvironmentVariables = process.env): DynamicModule {
    return {
      module: PlatformModule,
      global: true,
      providers: [
        { provide: GatewaySettings, useValue: readSettings(environment) },
        { provide: Clock, useClass: SystemClock },
      ],
      exports: [GatewaySettings, Clock],
    };
  }
}
