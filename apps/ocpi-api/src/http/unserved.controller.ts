import { All, Controller, Req } from '@nestjs/common';
import { OcpiError } from '#ocpi';
import { type FastifyRequest } from 'fastify';
import { allowedMethods, readOcpiPath } from './ocpi-path.js';

/** What no module serves: a known resource with another method is 405, everything else 404 (TRN-18, LOC-09, TAR-02). */
@Controller('ocpi')
export class UnservedController {
  @All('*path')
  refuse(@Req() request: FastifyRequest): never {
    const allowed = allowedMethods(readOcpiPath(request.url));
    if (allowed && !allowed.includes(request.method)) throw OcpiError.methodNotAllowed(allowed);
    throw OcpiError.unknownResource();
  }
}
