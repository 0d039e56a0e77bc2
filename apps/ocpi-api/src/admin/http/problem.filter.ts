import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException } from '@nestjs/common';
import { OcpiError } from '#ocpi';
import { ConnectionError, HandshakeRunningError, TokenWithdrawnError } from '#partners';
import { createLogger } from '#platform';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { Problem, type ProblemBody, problemBody } from './problem.js';

/** Turns whatever the admin API throws into problem+json. What we did not foresee is logged, and named by its id alone. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly log = createLogger('admin');

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const body = this.bodyOf(error, http.getRequest<FastifyRequest>());
    void http
      .getResponse<FastifyReply>()
      .status(body.status)
      .header('content-type', 'application/problem+json; charset=utf-8')
      .send(body);
  }

  private bodyOf(error: unknown, request: FastifyRequest): ProblemBody {
    const problem = problemOf(error);
    if (problem) return problem;
    this.log.error({ err: error, requestId: request.id }, 'admin request failed');
    return problemBody(500, `Something went wrong here; the log tells more at ${request.id}`);
  }
}

/** What an error of the admin API means to the caller; undefined for what we did not foresee. */
export function problemOf(error: unknown): ProblemBody | undefined {
  if (error instanceof Problem) return error.getResponse() as ProblemBody;
  if (error instanceof HttpException) return problemBody(error.getStatus(), error.message);
  if (error instanceof ConnectionError) return problemBody(error.status, error.message);
  if (error instanceof HandshakeRunningError || error instanceof TokenWithdrawnError) {
    return problemBody(409, error.message);
  }
  if (error instanceof OcpiError) return handshakeProblem(error);
  const status = (error as { statusCode?: unknown } | null)?.statusCode;
  if (error instanceof Error && typeof status === 'number' && status < 500) {
    return problemBody(status, error.message);
  }
  return undefined;
}

/** A handshake of ours that failed: the partner's doing (3xxx), or not the moment for it. */
function handshakeProblem(error: OcpiError): ProblemBody {
  if (error.httpStatus === 405) {
    return problemBody(409, 'The state of the connection does not allow this now');
  }
  const { message } = (error.cause ?? {}) as { message?: unknown };
  const why = typeof message === 'string' ? ` (${message})` : '';
  return problemBody(error.statusCode >= 3000 ? 502 : 400, `${error.message}${why}`);
}
