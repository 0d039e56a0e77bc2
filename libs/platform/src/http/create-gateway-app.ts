import { type DynamicModule, HttpException, NotFoundException, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import {
  type FastifyError,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
} from 'fastify';
import { type IncomingMessage, type Server, STATUS_CODES } from 'node:http';
import { type Socket } from 'node:net';
import { type Server as TlsServer } from 'node:tls';
import { Logger } from 'nestjs-pino';
import { GatewaySettings } from '../configuration/gateway-settings.js';
import { newCorrelationId, newRequestId } from '../ids.js';
import { frameworkLogger } from '../logging/framework-logger.js';
import { withLogFields } from '../logging/log-fields.js';
import { createLogger } from '../logging/logger.js';
import { type PublicTls } from '../tls/public-tls.js';
import { Metrics } from '../metrics/metrics.js';
import { GracefulShutdown } from '../shutdown/graceful-shutdown.js';
import { traceRequests } from '../tracing/trace-requests.js';
import { traceFields } from '../tracing/tracing.js';
import { closeServer, endUnusedConnections, trackConnections } from './closing-servers.js';
import { type HttpSurface, HttpSurfaces } from './http-surfaces.js';
import { DeepJsonException, parseJsonBody } from './json-body.js';
import { plainTarget } from './plain-target.js';
import { givenId } from './request-ids.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** X-Correlation-ID as given, else a fresh one; `id` is the same for X-Request-ID. */
    correlationId: string;
    /** Content-Type as sent; the header itself is mended where it names no media type (TRN-70). */
    declaredContentType: string | undefined;
    /** The body before parsing. */
    rawBody: Uint8Array | undefined;
    /** The port the request came by; while ports are not separated, the one its path belongs to. */
    surface: HttpSurface;
  }
}

export interface GatewayAppOptions {
  /** The JSON body of an answer to what is no HTTP request at all (bad framing, headers too large). */
  unreadableRequestBody?: (status: number) => string;
  /** A body that nests too deep reaches its controller as `rawBody` alone, instead of being refused. */
  passDeepBodies?: boolean;
  /** Of the application's own server; plain HTTP without. */
  tls?: PublicTls | undefined;
}

export const HTTP_SERVER_OPTIONS = {
  maxHeaderSize: 32_768,
  connectionsCheckingInterval: 1000, // for callers that send too slowly
};
const KEEP_ALIVE_TIMEOUT_MS = 72_000; // longer than the 60 s of common load balancers

/**
 * A Nest application on Fastify as both processes need it: any content type is read as JSON, an empty body is undefined,
 * slashes at the end do not matter (TRN-65), every request has ids, a log line and a duration. Rejects when the start
 * fails, never exits. The root module imports `PlatformModule.forRoot`.
 */
export async function createGatewayApp(
  rootModule: Type | DynamicModule,
  options: GatewayAppOptions = {},
): Promise<NestFastifyApplication> {
  const { tls } = options;
  const adapter = new FastifyAdapter({
    ...(tls
      ? { https: { ...HTTP_SERVER_OPTIONS, ...tls.options } as never }
      : { http: HTTP_SERVER_OPTIONS }),
    routerOptions: { ignoreTrailingSlash: true, caseSensitive: true, maxParamLength: 1024 },
    keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS,
    genReqId: (request: IncomingMessage) => givenId(request, 'x-request-id') ?? newRequestId(),
    rewriteUrl: ({ url = '/' }) => plainTarget(url),
    clientErrorHandler: (error, socket) => answerUnreadable(error, socket, options),
    // A path that cannot be decoded never meets hooks or filters.
    frameworkErrors: (error: FastifyError, request: FastifyRequest, reply: FastifyReply) => {
      const status = error.statusCode ?? 400;
      const body = options.unreadableRequestBody?.(status);
      void reply
        .status(status)
        .header('x-request-id', request.id)
        .header('x-correlation-id', givenId(request.raw, 'x-correlation-id') ?? newCorrelationId())
        .type('application/json; charset=utf-8')
        .send(body ?? JSON.stringify({ statusCode: status, message: 'unreadable' }));
    },
  });
  const app = await NestFactory.create<NestFastifyApplication>(rootModule, adapter, {
    abortOnError: false,
    bufferLogs: true,
    autoFlushLogs: false, // who started it says why it failed
    bodyParser: false,
  });
  app.useLogger(frameworkLogger(app.get(Logger)));
  app.flushLogs();
  const fastify = adapter.getInstance<FastifyInstance>();
  const settings = app.get(GatewaySettings);
  applyTimeouts(fastify.server, settings);
  readEveryBodyAsJson(fastify, settings.maxBodyBytes, options);
  describeRequests(fastify, app.get(HttpSurfaces), app.get(GracefulShutdown));
  refuseLongUrls(fastify, settings.maxUrlBytes);
  traceRequests(fastify);
  reportRequests(fastify, app.get(Metrics));
  closeConnectionsInTime(fastify, app.get(HttpSurfaces));
  if (tls) {
    const stop = tls.attend(fastify.server as unknown as TlsServer);
    fastify.addHook('onClose', (_app, done) => {
      stop();
      done();
    });
  }
  return app;
}

/** Answers on a socket whose bytes are no request; both servers use it. */
export function answerUnreadable(
  error: NodeJS.ErrnoException,
  socket: Socket,
  { unreadableRequestBody }: GatewayAppOptions = {},
): void {
  // Who does not get through the handshake of TLS has nothing to read an answer with.
  const isOfTls = /^ERR_(SSL|TLS)_/.test(error.code ?? '');
  if (error.code === 'ECONNRESET' || isOfTls || !socket.writable) {
    socket.destroy();
    return;
  }
  const status =
    { HPE_HEADER_OVERFLOW: 431, ERR_HTTP_REQUEST_TIMEOUT: 408 }[error.code ?? ''] ?? 400;
  const body =
    unreadableRequestBody?.(status) ??
    JSON.stringify({ statusCode: status, message: 'unreadable' });
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\nContent-Type: application/json\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  );
}

/** The same time limits on every server of the process. */
export function applyTimeouts(
  server: Server,
  { headersTimeoutMs, requestTimeoutMs }: GatewaySettings,
): void {
  server.keepAliveTimeout = KEEP_ALIVE_TIMEOUT_MS;
  server.headersTimeout = headersTimeoutMs;
  server.requestTimeout = requestTimeoutMs;
}

function refuseLongUrls(fastify: FastifyInstance, most: number): void {
  fastify.addHook('onRequest', (request, _reply, done) => {
    if (request.originalUrl.length > most) done(new HttpException('The URL is too long', 414));
    else done();
  });
}

function readEveryBodyAsJson(
  fastify: FastifyInstance,
  bodyLimit: number,
  { passDeepBodies = false }: GatewayAppOptions,
): void {
  fastify.removeAllContentTypeParsers();
  // The usual type by its name as well: Fastify looks that up instead of parsing the header of each request.
  const types = ['application/json', '*'];
  fastify.addContentTypeParser(types, { parseAs: 'buffer', bodyLimit }, (request, body, done) => {
    try {
      request.rawBody = body as Buffer;
      done(null, parseJsonBody(body as Buffer));
    } catch (error) {
      if (passDeepBodies && error instanceof DeepJsonException) done(null, undefined);
      else done(error as Error);
    }
  });
}

const MEDIA_TYPE = /^\s*[\w!#$%&'*+.^`|~-]+\/[\w!#$%&'*+.^`|~-]+\s*(;|$)/;

function describeRequests(
  fastify: FastifyInstance,
  surfaces: HttpSurfaces,
  shutdown: GracefulShutdown,
): void {
  fastify.decorateRequest('correlationId', '');
  fastify.decorateRequest('declaredContentType', undefined);
  fastify.decorateRequest('rawBody', undefined);
  fastify.decorateRequest('surface', 'internal');
  fastify.addHook('onRequest', (request, reply, done) => {
    const { raw } = request;
    request.correlationId = givenId(raw, 'x-correlation-id') ?? newCorrelationId();
    const path = request.routeOptions.url ?? request.url;
    request.surface = surfaces.surfaceOf(raw, path);
    request.declaredContentType = raw.headers['content-type'];
    if (!MEDIA_TYPE.test(request.declaredContentType ?? 'a/b')) {
      raw.headers['content-type'] = 'application/json';
    }
    if (shutdown.hasBegun) reply.header('connection', 'close');
    withLogFields({ requestId: request.id, correlationId: request.correlationId }, () => {
      if (surfaces.serves(raw, path)) done();
      else done(new NotFoundException(`Cannot ${request.method} ${pathOf(request)}`));
    });
  });
}

/** Closing waits for answers, not for connections that ask nothing (P11). */
function closeConnectionsInTime(fastify: FastifyInstance, surfaces: HttpSurfaces): void {
  trackConnections(fastify.server);
  fastify.addHook('preClose', (done) => {
    if (fastify.server.listening) endUnusedConnections(fastify.server);
    done();
  });
  fastify.addHook('onClose', async () => {
    if (surfaces.internalServer?.listening === true) await closeServer(surfaces.internalServer);
  });
}

function reportRequests(fastify: FastifyInstance, metrics: Metrics): void {
  const log = createLogger('http');
  fastify.addHook('onResponse', (request, reply, done) => {
    const route = request.routeOptions.url ?? 'none';
    const seconds = reply.elapsedTime / 1000;
    metrics.httpRequestDurationSeconds.observe(
      { route, method: request.method, status: reply.statusCode, version: versionOf(request) },
      seconds,
    );
    const line = {
      requestId: request.id,
      correlationId: request.correlationId,
      ...traceFields(request.span),
      method: request.method,
      path: pathOf(request),
      status: reply.statusCode,
      durationMs: Math.round(reply.elapsedTime * 10) / 10,
    };
    if (/^\/(health|metrics)/.test(route)) log.debug(line, 'request');
    else log.info(line, 'request');
    done();
  });
}

function pathOf({ url }: FastifyRequest): string {
  const queryAt = url.indexOf('?');
  return queryAt === -1 ? url : url.slice(0, queryAt);
}

function versionOf(request: FastifyRequest): string {
  // Whoever knocks could make a label of everything else.
  return /^\/ocpi\/(2\.1\.1|2\.2\.1|2\.3\.0)(?:\/|$)/.exec(pathOf(request))?.[1] ?? '';
}
