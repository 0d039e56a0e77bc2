import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, type Socket } from 'node:net';
import { GatewaySettings } from '../configuration/gateway-settings.js';
import { GracefulShutdown } from '../shutdown/graceful-shutdown.js';
import {
  answerUnreadable,
  applyTimeouts,
  type GatewayAppOptions,
  HTTP_SERVER_OPTIONS,
} from './create-gateway-app.js';
import { closeServer, trackConnections } from './closing-servers.js';
import { HttpSurfaces } from './http-surfaces.js';

/**
 * Listens on both ports of `ocpi-api` with one application: `/ocpi/**` answers on the public port alone, everything else
 * on the internal one alone. Port 0 takes a free one; resolves to the ports taken. Both close at shutdown and with the app.
 */
export async function listenOnTwoPorts(
  app: NestFastifyApplication,
  ports: { publicPort: number; internalPort: number; bindAddress: string },
  options: GatewayAppOptions = {},
): Promise<{ publicPort: number; internalPort: number }> {
  const surfaces = app.get(HttpSurfaces);
  surfaces.ownSurface = 'public';
  await app.init();
  const fastify = app.getHttpAdapter().getInstance();
  await fastify.ready();

  const internal = createServer(HTTP_SERVER_OPTIONS, (request, response) => {
    surfaces.markInternal(request);
    fastify.routing(request, response);
  });
  applyTimeouts(internal, app.get(GatewaySettings));
  trackConnections(internal);
  internal.on('clientError', (error, socket) => {
    answerUnreadable(error, socket as Socket, options);
  });
  surfaces.internalServer = internal;
  // The internal port first: probes are answered before partners come.
  await new Promise<void>((resolve, reject) => {
    internal.once('error', reject);
    internal.listen(ports.internalPort, ports.bindAddress, resolve);
  });
  await app.listen(ports.publicPort, ports.bindAddress);
  const own: Server = app.getHttpServer();
  closeAtShutdown(app, own);
  closeAtShutdown(app, internal);
  return { publicPort: portOf(own), internalPort: portOf(internal) };
}

/** Listens on the one port of a process that partners never reach; resolves to the port taken. */
export async function listenOnInternalPort(
  app: NestFastifyApplication,
  { internalPort, bindAddress }: { internalPort: number; bindAddress: string },
): Promise<number> {
  app.get(HttpSurfaces).ownSurface = 'internal';
  await app.listen(internalPort, bindAddress);
  const own: Server = app.getHttpServer();
  closeAtShutdown(app, own);
  return portOf(own);
}

const portOf = (server: Server) => (server.address() as AddressInfo).port;

function closeAtShutdown(app: NestFastifyApplication, server: Server): void {
  app.get(GracefulShutdown).onCloseListeners(
    () => closeServer(server),
    () => server.closeAllConnections(),
  );
}
