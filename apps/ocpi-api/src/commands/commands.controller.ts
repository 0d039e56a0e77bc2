import { Body, Controller, HttpCode, Param, Post, Res } from '@nestjs/common';
import { CommandAcceptance } from '#commands';
import { encodeCommandResponse, OcpiError } from '#ocpi';
import { ConnectionDirectory, offersModule } from '#partners';
import { type FastifyReply } from 'fastify';
import { addressedParties } from '../http/addressed-parties.js';
import { answer } from '../http/answer.js';
import { callerOf } from '../http/caller.js';

/** The Receiver interface of Commands: our verdict at once, the result later to the `response_url` (CMD-01, CMD-10). */
@Controller('ocpi/:version/commands')
export class CommandsController {
  constructor(
    private readonly acceptance: CommandAcceptance,
    private readonly directory: ConnectionDirectory,
  ) {}

  @Post(':command')
  @HttpCode(200)
  async post(
    @Param('command') name: string,
    @Body() body: unknown,
    @Res() reply: FastifyReply,
  ): Promise<FastifyReply> {
    const asking = callerOf(reply.request);
    const { connection, version } = asking;
    if (!offersModule(connection, 'commands')) throw OcpiError.unknownResource();
    const caller = { ...asking, hosted: addressedParties(asking, this.directory) };
    const { correlationId } = reply.request;
    const { statusCode, ...response } = await this.acceptance.accept(
      caller,
      name,
      body,
      correlationId,
    );
    const bareWord = connection.profile.bareCommandWords;
    const data = encodeCommandResponse(version, response, { bareWord });
    return answer(reply, data, { statusCode, message: response.message?.[0]?.text });
  }
}
