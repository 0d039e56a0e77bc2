import { createLogger, gatewayEnvironment, GracefulShutdown, reportFailedStart } from '#platform';
import { startCsmsConsumer } from './create-app.js';

const log = createLogger('main');

try {
  const { app, internalPort } = await startCsmsConsumer(gatewayEnvironment());
  app.get(GracefulShutdown).exitOnSignals(() => app.close());
  log.info({ internalPort }, 'csms-consumer is listening');
} catch (error) {
  reportFailedStart(log, 'csms-consumer', error);
}
