import { Controller, Get, Res } from '@nestjs/common';
import { OcpiError } from '#ocpi';
import { offersModule } from '#partners';
import { type FastifyReply } from 'fastify';
import { callerOf } from '../http/caller.js';
import { ListPages } from '../http/list-pages.js';
import { CdrReader } from './cdr-reader.js';

/** The Sender interface of CDRs: the list of the caller's own (CDR-01 to CDR-03). */
@Controller('ocpi/:version/cdrs')
export class CdrsController {
  constructor(
    private readonly pages: ListPages,
    private readonly reader: CdrReader,
  ) {}

  @Get()
  list(@Res() reply: FastifyReply): Promise<FastifyReply> {
    const caller = callerOf(reply.request);
    if (!offersModule(caller.connection, 'cdrs')) throw OcpiError.unknownResource();
    return this.pages.send(reply, 'cdrs', this.reader.list(caller));
  }
}
