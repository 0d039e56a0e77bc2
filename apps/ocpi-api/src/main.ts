import { createLogger, gatewayEnvironment, GracefulShutdown, reportFailedStart } from '#platform';
import { startOcpiApi } from './create-app.js';

const log = createLogger('main');

try {
  const { app, publicPort, internalPort } = await startOcpiApi(gatewayEnvironment());
  app.get(GracefulShutdown).exitOnSignals(() => app.close());
  log.info({ publicPort, internalPort }, 'ocpi-api is listening');
} catch (error) {
  reportFailedStart(log, 'ocpi-api', error);
}
