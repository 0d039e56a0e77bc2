import {
  createLogger,
  gatewayEnvironment,
  GracefulShutdown,
  readSettings,
  reportFailedStart,
  startTracing,
} from '#platform';
import { startCsmsConsumer } from './create-app.js';

const log = createLogger('main');

try {
  const environment = gatewayEnvironment();
  const tracing = await startTracing(readSettings(environment), 'csms-consumer');
  const { app, internalPort } = await startCsmsConsumer(environment);
  app.get(GracefulShutdown).exitOnSignals(async () => {
    await app.close();
    await tracing.end();
  });
  log.info({ internalPort }, 'csms-consumer is listening');
} catch (error) {
  reportFailedStart(log, 'csms-consumer', error);
}
