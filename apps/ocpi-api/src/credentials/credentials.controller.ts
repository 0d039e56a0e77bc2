import { Body, Controller, Delete, Get, Post, Put, Res } from '@nestjs/common';
import { OcpiError } from '#ocpi';
import {
  type CredentialsCall,
  OwnCredentials,
  ReceiveRegistration,
  ReceiveUnregistration,
  ReceiveUpdate,
} from '#partners';
import { type FastifyReply } from 'fastify';
import { answer } from '../http/answer.js';
import { callerOf } from '../http/caller.js';

/** The credentials module; which methods are open depends on the kind of token shown (CRD-04, CRD-05). */
@Controller('ocpi/:version/credentials')
export class CredentialsController {
  constructor(
    private readonly own: OwnCredentials,
    private readonly registration: ReceiveRegistration,
    private readonly update: ReceiveUpdate,
    private readonly unregistration: ReceiveUnregistration,
  ) {}

  /** Our object with the token that the caller uses (CRD-06, CRD-43). */
  @Get()
  get(@Res() reply: FastifyReply): FastifyReply {
    const { connection, version, token } = callerOf(reply.request);
    return answer(reply, this.own.for(connection, version, token));
  }

  @Post()
  async post(@Body() body: unknown, @Res() reply: FastifyReply): Promise<FastifyReply> {
    const call = callOf(reply, body, 'bootstrap', ['GET', 'PUT', 'DELETE']);
    return answer(reply, await this.registration.execute(call));
  }

  @Put()
  async put(@Body() body: unknown, @Res() reply: FastifyReply): Promise<FastifyReply> {
    const call = callOf(reply, body, 'full', ['GET', 'POST']);
    return answer(reply, await this.update.execute(call));
  }

  @Delete()
  async delete(@Res() reply: FastifyReply): Promise<FastifyReply> {
    await this.unregistration.execute(callOf(reply, undefined, 'full', ['GET', 'POST']));
    return answer(reply, undefined);
  }
}

function callOf(
  reply: FastifyReply,
  body: unknown,
  purpose: 'bootstrap' | 'full',
  otherwise: readonly string[],
): CredentialsCall {
  const { connection, version, token, purpose: shown } = callerOf(reply.request);
  if (shown !== purpose) throw OcpiError.methodNotAllowed(otherwise);
  const { ip, id } = reply.request;
  return { connection, version, token, body, origin: { sourceAddress: ip, requestId: id } };
}
