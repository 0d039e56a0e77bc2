import { type DynamicModule, Module } from '@nestjs/common';
import { ConfigModule, registerAs } from '@nestjs/config';
import { TerminusModule } from '@nestjs/terminus';
import { LoggerModule } from 'nestjs-pino';
import { Clock, SystemClock } from './clock.js';
import { type EnvironmentVariables } from './configuration/environment-variables.js';
import { GatewaySettings } from './configuration/gateway-settings.js';
import { readSettings } from './configuration/read-settings.js';
import { secretsOf } from './configuration/secrets-of.js';
import { HealthController } from './health/health.controller.js';
import { ReadinessGate } from './health/readiness-gate.js';
import { HttpSurfaces } from './http/http-surfaces.js';
import { rootLogger, setLogLevel } from './logging/logger.js';
import { hideSecrets } from './logging/secret-text.js';
import { MetricsController } from './metrics/metrics.controller.js';
import { Metrics } from './metrics/metrics.js';
import { GracefulShutdown } from './shutdown/graceful-shutdown.js';
import { StartNotices } from './start-notices.js';

const SHARED = [Metrics, ReadinessGate, GracefulShutdown, HttpSurfaces];

/** What every part of both processes may inject, and the probes and metrics of the internal port. */
@Module({})
export class PlatformModule {
  /**
   * Reads the settings at once and throws a SettingsError that lists all problems. The environment is an argument so that
   * several applications with different settings live in one process; process.env is neither read elsewhere nor written.
   */
  static forRoot(environment: EnvironmentVariables = process.env): DynamicModule {
    const settings = readSettings(environment);
    hideSecrets(secretsOf(settings));
    setLogLevel(settings.logLevel);
    // A namespace of its own and no `validate`: that one writes what it read back into process.env.
    const gateway = registerAs('gateway', () => settings);
    return {
      module: PlatformModule,
      global: true,
      imports: [
        ConfigModule.forRoot({ ignoreEnvFile: true, ignoreEnvVars: true, load: [gateway] }),
        TerminusModule.forRoot({ logger: false }),
        // No middleware: requests are logged by a hook of Fastify.
        LoggerModule.forRoot({ pinoHttp: { logger: rootLogger() }, forRoutes: [] }),
      ],
      controllers: [HealthController, MetricsController],
      providers: [
        { provide: GatewaySettings, useExisting: gateway.KEY },
        { provide: Clock, useClass: SystemClock },
        StartNotices,
        ...SHARED,
      ],
      exports: [GatewaySettings, Clock, ...SHARED],
    };
  }
}
