import { Body, Controller, Delete, Get, Param, Put, Res } from '@nestjs/common';
import { ChargingProfileAcceptance, type ProfileRequest } from '#commands';
import {
  type Decoded,
  decodeSetChargingProfile,
  encodeChargingProfileResponse,
  OcpiError,
  readClearChargingProfileQuery,
  readGetChargingProfileQuery,
} from '#ocpi';
import { ConnectionDirectory, ConnectionObservations, offersModule } from '#partners';
import { type FastifyReply } from 'fastify';
import { addressedParties } from '../http/addressed-parties.js';
import { answer } from '../http/answer.js';
import { callerOf } from '../http/caller.js';

/** The Receiver interface of ChargingProfiles, from 2.2.1 on: our verdict at once, the result later (CHP-01, CHP-02). */
@Controller('ocpi/:version/chargingprofiles/:sessionId')
export class ChargingProfilesController {
  constructor(
    private readonly acceptance: ChargingProfileAcceptance,
    private readonly directory: ConnectionDirectory,
    private readonly observations: ConnectionObservations,
  ) {}

  @Put()
  put(
    @Param('sessionId') sessionId: string,
    @Body() body: unknown,
    @Res() reply: FastifyReply,
  ): Promise<FastifyReply> {
    const { connection } = profileCaller(reply);
    const { strictOffsets } = connection.profile;
    const { request, deviations } = valueOf(decodeSetChargingProfile(body, { strictOffsets }));
    for (const deviation of deviations) this.observations.deviation(connection.id, deviation);
    return this.accept(sessionId, { kind: 'SET_CHARGING_PROFILE', ...request }, reply);
  }

  @Get()
  get(@Param('sessionId') sessionId: string, @Res() reply: FastifyReply): Promise<FastifyReply> {
    profileCaller(reply);
    const query = valueOf(readGetChargingProfileQuery(rawQuery(reply)));
    return this.accept(sessionId, { kind: 'GET_CHARGING_PROFILE', ...query }, reply);
  }

  @Delete()
  delete(@Param('sessionId') sessionId: string, @Res() reply: FastifyReply): Promise<FastifyReply> {
    profileCaller(reply);
    const query = valueOf(readClearChargingProfileQuery(rawQuery(reply)));
    return this.accept(sessionId, { kind: 'CLEAR_CHARGING_PROFILE', ...query }, reply);
  }

  private async accept(
    sessionId: string,
    request: ProfileRequest,
    reply: FastifyReply,
  ): Promise<FastifyReply> {
    const caller = profileCaller(reply);
    const hosted = addressedParties(caller, this.directory);
    const { correlationId } = reply.request;
    const command = { ...caller, hosted };
    const response = await this.acceptance.accept(command, sessionId, request, correlationId);
    return answer(reply, encodeChargingProfileResponse(response));
  }
}

/** @throws OcpiError 404 where there is no such module */
function profileCaller(reply: FastifyReply): ReturnType<typeof callerOf> {
  const caller = callerOf(reply.request);
  if (caller.version === '2.1.1' || !offersModule(caller.connection, 'chargingprofiles')) {
    throw OcpiError.unknownResource();
  }
  return caller;
}

/** @throws OcpiError 2001 */
function valueOf<T>(decoded: Decoded<T>): T {
  if (!decoded.ok) throw OcpiError.invalidParameters(decoded.errors);
  return decoded.value;
}

/** As it stands in the request line: whether a `response_url` was escaped shows only there (CHP-06). */
function rawQuery({ request: { url } }: FastifyReply): string {
  const at = url.indexOf('?');
  return at === -1 ? '' : url.slice(at + 1);
}
