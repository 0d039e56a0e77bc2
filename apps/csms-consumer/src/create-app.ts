import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import {
  createGatewayApp,
  databaseCheck,
  type EnvironmentVariables,
  GatewaySettings,
  listenOnInternalPort,
  migrationsCheck,
  ReadinessGate,
} from '#platform';
import { DataSource } from 'typeorm';
import { AppModule } from './app.module.js';

/** The application, not listening yet; several may live in one process, each with its own environment. */
async function createCsmsConsumer(
  environment: EnvironmentVariables = process.env,
): Promise<NestFastifyApplication> {
  const app = await createGatewayApp(AppModule.forRoot(environment), { passDeepBodies: true });
  const dataSource = app.get(DataSource);
  const gate = app.get(ReadinessGate);
  gate.appName = 'csms-consumer';
  gate.register('database', databaseCheck(dataSource));
  gate.register('migrations', migrationsCheck(dataSource));
  return app;
}

/** Listens on the internal port; 0 takes a free one. */
export async function startCsmsConsumer(
  environment: EnvironmentVariables = process.env,
): Promise<{ app: NestFastifyApplication; internalPort: number }> {
  const app = await createCsmsConsumer(environment);
  const { consumerInternalPort, bindAddress } = app.get(GatewaySettings);
  const internalPort = await listenOnInternalPort(app, {
    internalPort: consumerInternalPort,
    bindAddress,
  });
  return { app, internalPort };
}
