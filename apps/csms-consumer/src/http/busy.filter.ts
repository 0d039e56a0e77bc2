import { type ArgumentsHost, Catch, type ExceptionFilter } from '@nestjs/common';
import { type FastifyReply } from 'fastify';
import { BusyException } from './busy-exception.js';

const RETRY_AFTER_SECONDS = 2;

@Catch(BusyException)
export class BusyFilter implements ExceptionFilter<BusyException> {
  catch(exception: BusyException, host: ArgumentsHost): void {
    void host
      .switchToHttp()
      .getResponse<FastifyReply>()
      .header('retry-after', String(RETRY_AFTER_SECONDS))
      .status(exception.getStatus())
      .send({ statusCode: exception.getStatus(), message: exception.message });
  }
}
