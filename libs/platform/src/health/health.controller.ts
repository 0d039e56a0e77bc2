import { Controller, Get, HttpException, Res } from '@nestjs/common';
import { HealthCheckService } from '@nestjs/terminus';
import { type FastifyReply } from 'fastify';
import { ReadinessGate } from './readiness-gate.js';

/**
 * Probes. Liveness asks the event loop alone: restarting this process heals no database. The answers are written here,
 * not thrown, so that they do not depend on the filters of the application.
 */
@Controller('health')
export class HealthController {
  constructor(
    private readonly health: HealthCheckService,
    private readonly gate: ReadinessGate,
  ) {}

  @Get('live')
  live(): { status: 'ok' } {
    return { status: 'ok' };
  }

  @Get('ready')
  ready(@Res({ passthrough: true }) reply: FastifyReply): Promise<object> {
    return this.answer(reply);
  }

  @Get('startup')
  async startup(@Res({ passthrough: true }) reply: FastifyReply): Promise<object> {
    return this.gate.started ? { status: 'ok' } : this.answer(reply);
  }

  private async answer(reply: FastifyReply): Promise<object> {
    const results = await this.gate.results();
    try {
      return await this.health.check(results.map((result) => () => result));
    } catch (error) {
      if (!(error instanceof HttpException)) throw error;
      reply.status(error.getStatus());
      return error.getResponse() as object;
    }
  }
}
