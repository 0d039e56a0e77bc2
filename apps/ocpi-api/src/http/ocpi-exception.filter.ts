import { type ArgumentsHost, Catch, HttpException, Injectable } from '@nestjs/common';
import { BaseExceptionFilter, HttpAdapterHost } from '@nestjs/core';
import { CORRELATION_ID_HEADER, envelope, OcpiError, REQUEST_ID_HEADER, STATUS_CODES } from '#ocpi';
import { createLogger, DeepJsonException, MalformedJsonException } from '#platform';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { ProblemFilter } from '../admin/http/problem.filter.js';
import { allowedMethods, readOcpiPath } from './ocpi-path.js';

const UNDER_ADMIN = /^\/admin(\/|\?|$)/;

/** Total: whatever goes wrong on the public port, the answer is an envelope with the right HTTP status (TRN-48). */
@Injectable()
@Catch()
export class OcpiExceptionFilter extends BaseExceptionFilter {
  private readonly log = createLogger('ocpi');
  private readonly problems = new ProblemFilter();

  constructor(adapterHost: HttpAdapterHost) {
    super(adapterHost.httpAdapter);
  }

  override catch(exception: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const reply = http.getResponse<FastifyReply>();
    if (request.surface === 'internal') {
      if (UNDER_ADMIN.test(request.url)) this.problems.catch(exception, host);
      else super.catch(exception, host);
      return;
    }
    if (reply.sent) return;
    const error = this.toOcpiError(exception, request);
    const version = request.caller?.version;
    void reply
      .status(error.httpStatus)
      .headers({
        [REQUEST_ID_HEADER]: request.id,
        [CORRELATION_ID_HEADER]: request.correlationId,
        ...(error.allow && { allow: error.allow.join(', ') }),
        ...(error.retryAfterSeconds && { 'retry-after': String(error.retryAfterSeconds) }),
      })
      .type('application/json; charset=utf-8')
      .send(
        JSON.stringify(
          envelope(undefined, {
            statusCode: error.statusCode,
            message: error.message,
            now: new Date(),
            ...(version && { version }),
          }),
        ),
      );
  }

  private toOcpiError(exception: unknown, request: FastifyRequest): OcpiError {
    if (exception instanceof OcpiError) {
      if (exception.cause !== undefined) this.log.warn({ err: exception.cause }, exception.message);
      return exception;
    }
    if (exception instanceof DeepJsonException) {
      return OcpiError.badJson(exception, 'the body is nested too deep');
    }
    if (exception instanceof MalformedJsonException) return OcpiError.badJson(exception);
    const status = statusOf(exception);
    if (status === 413) return OcpiError.tooLarge();
    if (status === 404) return unserved(request);
    if (status !== undefined && status < 500) {
      return new OcpiError(status, STATUS_CODES.clientError, 'the request cannot be understood');
    }
    this.log.error(
      { err: exception, requestId: request.id, connection: request.caller?.connection.id },
      'a request failed',
    );
    const message = `the server could not do this; see ${request.id}`;
    return request.caller === undefined
      ? OcpiError.unavailable(message)
      : OcpiError.ownFailure(message);
  }
}

/** What no route serves: a known resource with another method is 405, everything else 404 (TRN-18, LOC-09, TAR-02). */
function unserved({ url, method }: FastifyRequest): OcpiError {
  const allowed = allowedMethods(readOcpiPath(url));
  return allowed && !allowed.includes(method)
    ? OcpiError.methodNotAllowed(allowed)
    : OcpiError.unknownResource();
}

function statusOf(exception: unknown): number | undefined {
  if (exception instanceof HttpException) return exception.getStatus();
  const { statusCode } = (exception ?? {}) as { statusCode?: unknown };
  return typeof statusCode === 'number' && statusCode >= 400 ? statusCode : undefined;
}
