import { createLogger, gatewayEnvironment, GracefulShutdown } from '#platform';
import { startCsmsConsumer } from './create-app.js';

const log = createLogger('main');

try {
  const { app, internalPort } = await startCsmsConsumer(gatewayEnvironment());
  app.get(GracefulShutdown).exitOnSignals(() => app.close());
  log.info({ internalPort }, 'csms-consumer is listening');
} catch (error) {
  log.fatal({ err: error }, 'csms-consumer could not start');
  process.exitCode = 1;
}
