import { Controller, Get, Param, Req, Res } from '@nestjs/common';
import {
  isOcpiVersion,
  joinUrl,
  OCPI_VERSIONS,
  OcpiError,
  versionManifest,
  writeVersionDetails,
  writeVersionList,
} from '#ocpi';
import { customModules, offersModule } from '#partners';
import { GatewaySettings } from '#platform';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { answer } from '../http/answer.js';
import { anyCallerOf, callerOf } from '../http/caller.js';

/** Modules of the manifest that this process answers; the others are not advertised (VER-16). */
const SERVED = [
  'credentials',
  'locations',
  'sessions',
  'cdrs',
  'tariffs',
  'tokens',
  'commands',
  'chargingprofiles',
];

/** Versions and version details; free of side effects (VER-15). */
@Controller('ocpi')
export class VersionsController {
  private readonly base: string;

  constructor(settings: GatewaySettings) {
    this.base = joinUrl(settings.publicUrl, 'ocpi');
  }

  @Get('versions')
  list(@Req() request: FastifyRequest, @Res() reply: FastifyReply): FastifyReply {
    const offered = anyCallerOf(request).connection.offeredVersions;
    const versions = OCPI_VERSIONS.filter((version) => offered?.includes(version) ?? true);
    return answer(reply, writeVersionList(this.base, versions));
  }

  @Get(':version')
  details(@Param('version') version: string, @Res() reply: FastifyReply): FastifyReply {
    if (!isOcpiVersion(version)) throw OcpiError.unknownResource();
    const { connection } = callerOf(reply.request);
    if (connection.offeredVersions?.includes(version) === false && connection.version !== version) {
      throw OcpiError.unknownResource();
    }
    const modules = versionManifest(version).modules.filter(
      ({ identifier }) => SERVED.includes(identifier) && offersModule(connection, identifier),
    );
    const custom = customModules(connection);
    return answer(
      reply,
      writeVersionDetails(version, joinUrl(this.base, version), modules, custom),
    );
  }
}
