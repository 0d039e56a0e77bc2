import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { envelope, STATUS_CODES } from '#ocpi';
import { ConnectionObservations, MessageTrace } from '#partners';
import {
  createGatewayApp,
  databaseCheck,
  type EnvironmentVariables,
  GatewaySettings,
  type GatewayAppOptions,
  listenOnTwoPorts,
  Metrics,
  migrationsCheck,
  publicTls,
  ReadinessGate,
  readSettings,
} from '#platform';
import { DataSource } from 'typeorm';
import { serveAdminDocs } from './admin/admin-docs.js';
import { AppModule } from './app.module.js';
import { Authenticate } from './http/authenticate.js';
import { allowedMethods, readOcpiPath } from './http/ocpi-path.js';
import { traceMessages } from './http/trace-messages.js';
import { serveOcpiDocs } from './openapi/ocpi-docs.js';

const JSON_TYPE = /^\s*application\/json\s*(;|$)/i;

const OPTIONS: GatewayAppOptions = {
  unreadableRequestBody: () =>
    JSON.stringify(
      envelope(undefined, {
        statusCode: STATUS_CODES.clientError,
        message: 'the request cannot be read',
        now: new Date(),
      }),
    ),
};

/** The application, not listening yet; several may live in one process, each with its own environment. */
export async function createOcpiApi(
  environment: EnvironmentVariables = process.env,
): Promise<NestFastifyApplication> {
  // The server is made before the application that will hold the settings.
  const tls = publicTls(readSettings(environment));
  const app = await createGatewayApp(AppModule.forRoot(environment), { ...OPTIONS, tls });
  const dataSource = app.get(DataSource);
  const gate = app.get(ReadinessGate);
  gate.appName = 'ocpi-api';
  gate.register('database', databaseCheck(dataSource));
  gate.register('migrations', migrationsCheck(dataSource));
  const authenticate = app.get(Authenticate);
  const observations = app.get(ConnectionObservations);
  serveAdminDocs(app);
  serveOcpiDocs(app);
  const fastify = app.getHttpAdapter().getInstance();
  fastify.decorateRequest('caller', undefined);
  fastify.decorateRequest('principal', undefined);
  traceMessages(fastify, app.get(MessageTrace));
  // Whatever comes by the public port, and before its body is read: who is not known gets 401 (TRN-05, STA-03).
  fastify.addHook('onRequest', async (request, reply) => {
    if (request.surface === 'public') await authenticate.run(request, reply);
  });
  const { partnerCallsTotal } = app.get(Metrics);
  fastify.addHook('onResponse', (request, reply, done) => {
    const connection = request.caller?.connection.id;
    if (connection !== undefined) {
      const path = readOcpiPath(request.url);
      const module = (allowedMethods(path) && path.resource) ?? 'none';
      partnerCallsTotal.inc({ connection, module, status: reply.statusCode });
    }
    done();
  });
  // A body is judged by its JSON, not by its label; the label is reported (TRN-70).
  fastify.addHook('preHandler', (request, _reply, done) => {
    const { caller, rawBody, declaredContentType } = request;
    if (caller && rawBody?.length && !JSON_TYPE.test(declaredContentType ?? '')) {
      observations.deviation(caller.connection.id, 'wrong_content_type');
    }
    done();
  });
  return app;
}

/** Listens on both ports; 0 takes free ones. */
export async function startOcpiApi(
  environment: EnvironmentVariables = process.env,
): Promise<{ app: NestFastifyApplication; publicPort: number; internalPort: number }> {
  const app = await createOcpiApi(environment);
  const { publicPort, internalPort, bindAddress } = app.get(GatewaySettings);
  const ports = await listenOnTwoPorts(app, { publicPort, internalPort, bindAddress }, OPTIONS);
  return { app, ...ports };
}
