import { type INestApplicationContext } from '@nestjs/common';
import {
  type EnvironmentVariables,
  gatewayEnvironment,
} from './configuration/environment-variables.js';
import { readSettings } from './configuration/read-settings.js';
import { createLogger } from './logging/logger.js';
import { reportFailedStart } from './report-failed-start.js';
import { GracefulShutdown } from './shutdown/graceful-shutdown.js';
import { startTracing } from './tracing/start-tracing.js';

interface Listening {
  app: INestApplicationContext;
  publicPort?: number;
  internalPort: number;
}

/**
 * The life of a process that serves: it traces from before the application is made until it is closed, and ends in order on
 * SIGTERM and SIGINT. Never throws: of a start that fails the reason is said, and the process ends with 1.
 */
export async function runProcess(
  appName: string,
  start: (environment: EnvironmentVariables) => Promise<Listening>,
): Promise<void> {
  const log = createLogger('main');
  try {
    const environment = gatewayEnvironment();
    const tracing = await startTracing(readSettings(environment), appName);
    const { app, ...ports } = await start(environment);
    app.get(GracefulShutdown).exitOnSignals(async () => {
      await app.close();
      await tracing.end();
    });
    log.info(ports, `${appName} is listening`);
  } catch (error) {
    reportFailedStart(log, appName, error);
  }
}
