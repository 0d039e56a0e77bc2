import { Body, Controller, Param, Put, Res } from '@nestjs/common';
import { ChargingPreferencesAcceptance } from '#commands';
import { OcpiError } from '#ocpi';
import { ConnectionDirectory, offersModule } from '#partners';
import { type FastifyReply } from 'fastify';
import { addressedParties } from '../http/addressed-parties.js';
import { answer } from '../http/answer.js';
import { callerOf } from '../http/caller.js';

/** What a driver wishes of a running Session, from 2.2.1 on (SES-05). */
@Controller('ocpi/:version/sessions/:sessionId/charging_preferences')
export class ChargingPreferencesController {
  constructor(
    private readonly acceptance: ChargingPreferencesAcceptance,
    private readonly directory: ConnectionDirectory,
  ) {}

  @Put()
  async put(
    @Param('sessionId') sessionId: string,
    @Body() body: unknown,
    @Res() reply: FastifyReply,
  ): Promise<FastifyReply> {
    const caller = callerOf(reply.request);
    if (caller.version === '2.1.1' || !offersModule(caller.connection, 'sessions')) {
      throw OcpiError.unknownResource();
    }
    const hosted = addressedParties(caller, this.directory);
    const { correlationId } = reply.request;
    const wishing = { ...caller, hosted };
    return answer(reply, await this.acceptance.accept(wishing, sessionId, body, correlationId));
  }
}
