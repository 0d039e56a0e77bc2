import { type Connection, isTraced, type MessageTrace } from '#partners';
import { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { readOcpiPath } from './ocpi-path.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** The partner asks whose trace is on; undefined for all others. */
    traced: { connectionId: string; token: string; answer: string } | undefined;
  }
}

/** Marks a request whose messages are kept, as soon as it is known whose it is. */
export function markTraced(request: FastifyRequest, connection: Connection, token: string): void {
  if (isTraced(connection)) request.traced = { connectionId: connection.id, token, answer: '' };
}

/** Keeps what partners ask and are answered, refusals included; for requests of others it costs a look at a field. */
export function traceMessages(fastify: FastifyInstance, trace: MessageTrace): void {
  fastify.decorateRequest('traced', undefined);
  fastify.addHook('onSend', (request, _reply, payload, done) => {
    if (request.traced && (typeof payload === 'string' || Buffer.isBuffer(payload))) {
      request.traced.answer = payload.toString();
    }
    done(null, payload);
  });
  fastify.addHook('onResponse', (request, reply, done) => {
    if (request.traced) record(trace, request, reply, request.traced);
    done();
  });
}

function record(
  trace: MessageTrace,
  request: FastifyRequest,
  reply: FastifyReply,
  { connectionId, token, answer }: NonNullable<FastifyRequest['traced']>,
): void {
  const { rawBody } = request;
  trace.record({
    connectionId,
    at: new Date(Date.now() - reply.elapsedTime),
    direction: 'in',
    module: readOcpiPath(request.url).resource ?? null,
    method: request.method,
    url: request.originalUrl,
    requestId: request.id,
    correlationId: request.correlationId,
    requestHeaders: { ...request.headers, 'content-type': request.declaredContentType },
    requestBody: rawBody && Buffer.from(rawBody).toString('utf8'),
    answer: { httpStatus: reply.statusCode, headers: reply.getHeaders(), body: answer },
    durationMs: reply.elapsedTime,
    tokens: [token],
  });
}
