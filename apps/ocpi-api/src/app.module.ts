import { type DynamicModule, Module } from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import { ChangeLogSignal } from '#change-log';
import {
  ChargingPreferencesAcceptance,
  ChargingProfileAcceptance,
  CommandAcceptance,
  CommandSignal,
  OutcomeWaiter,
  ResponseUrls,
} from '#commands';
import { DatabaseModule } from '#database';
import { PartnersModule } from '#partners';
import { type EnvironmentVariables, PlatformModule } from '#platform';
import { AdminModule } from './admin/admin.module.js';
import { CdrReader } from './cdrs/cdr-reader.js';
import { CdrsController } from './cdrs/cdrs.controller.js';
import { ChargingProfilesController } from './charging-profiles/charging-profiles.controller.js';
import { CommandsController } from './commands/commands.controller.js';
import { CredentialsController } from './credentials/credentials.controller.js';
import { Authenticate } from './http/authenticate.js';
import { KnownTokens } from './http/known-tokens.js';
import { ListPages } from './http/list-pages.js';
import { OcpiExceptionFilter } from './http/ocpi-exception.filter.js';
import { RequestLimits } from './http/request-limits.js';
import { TokenLookup } from './http/token-lookup.js';
import { LocationReader } from './locations/location-reader.js';
import { LocationsController } from './locations/locations.controller.js';
import { ChargingPreferencesController } from './sessions/charging-preferences.controller.js';
import { SessionsController } from './sessions/sessions.controller.js';
import { TariffsController } from './tariffs/tariffs.controller.js';
import { TokensController } from './tokens/tokens.controller.js';
import { VersionsController } from './versions/versions.controller.js';

/** The partner-facing process: OCPI on the public port, admin API, health and metrics on the internal one. */
@Module({})
export class AppModule {
  static forRoot(environment: EnvironmentVariables = process.env): DynamicModule {
    return {
      module: AppModule,
      imports: [
        PlatformModule.forRoot(environment),
        DatabaseModule.forRoot('ocpi-api'),
        PartnersModule.forRoot(),
        AdminModule,
      ],
      controllers: [
        VersionsController,
        CredentialsController,
        LocationsController,
        TariffsController,
        SessionsController,
        CdrsController,
        TokensController,
        CommandsController,
        ChargingProfilesController,
        ChargingPreferencesController,
      ],
      providers: [
        Authenticate,
        TokenLookup,
        RequestLimits,
        KnownTokens,
        ListPages,
        LocationReader,
        CdrReader,
        ChangeLogSignal,
        CommandAcceptance,
        ChargingProfileAcceptance,
        ChargingPreferencesAcceptance,
        CommandSignal,
        OutcomeWaiter,
        ResponseUrls,
        { provide: APP_FILTER, useClass: OcpiExceptionFilter },
      ],
    };
  }
}
