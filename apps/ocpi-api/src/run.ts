import {
  createLogger,
  gatewayEnvironment,
  GracefulShutdown,
  readSettings,
  reportFailedStart,
  startTracing,
} from '#platform';
import { startOcpiApi } from './create-app.js';

const log = createLogger('main');

try {
  const environment = gatewayEnvironment();
  const tracing = await startTracing(readSettings(environment), 'ocpi-api');
  const { app, publicPort, internalPort } = await startOcpiApi(environment);
  app.get(GracefulShutdown).exitOnSignals(async () => {
    await app.close();
    await tracing.end();
  });
  log.info({ publicPort, internalPort }, 'ocpi-api is listening');
} catch (error) {
  reportFailedStart(log, 'ocpi-api', error);
}
