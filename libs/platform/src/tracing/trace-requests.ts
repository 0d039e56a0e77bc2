import { type FastifyInstance } from 'fastify';
import { describeSpan, endSpan, isTracing, type Span, startSpan, withSpan } from './tracing.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** Of the request; undefined while no traces are made, and of probes. */
    span: Span | undefined;
  }
}

/**
 * A span for every request. The CSMS and operators may say what trace it belongs to. A partner may not: it would decide what
 * we record, so a trace of our own begins, linked to the partner's.
 */
export function traceRequests(fastify: FastifyInstance): void {
  fastify.decorateRequest('span', undefined);
  if (!isTracing()) return;
  fastify.addHook('onRequest', (request, _reply, done) => {
    const route = request.routeOptions.url ?? 'none';
    if (/^\/(health|metrics)/.test(route)) {
      done();
      return;
    }
    const given = request.headers['traceparent'];
    const traceparent = typeof given === 'string' ? given : undefined;
    const isPartner = request.surface === 'public';
    request.span = startSpan(`${request.method} ${route}`, {
      kind: 'server',
      parent: isPartner ? null : (traceparent ?? null),
      links: isPartner ? [traceparent] : [],
      attributes: {
        'http.request.method': request.method,
        'http.route': route,
        'ocpi.request_id': request.id,
        'ocpi.correlation_id': request.correlationId,
      },
    });
    withSpan(request.span, done);
  });
  fastify.addHook('onResponse', ({ span }, { statusCode }, done) => {
    if (span) describeSpan({ 'http.response.status_code': statusCode }, span);
    endSpan(span, statusCode >= 500 ? `HTTP ${statusCode}` : undefined);
    done();
  });
}
