import { Controller, Get, Param, Res } from '@nestjs/common';
import { OcpiError } from '#ocpi';
import { type FastifyReply } from 'fastify';
import { answer, answerText } from '../http/answer.js';
import { callerOf } from '../http/caller.js';
import { ListPages } from '../http/list-pages.js';
import { LocationReader } from './location-reader.js';

/** The Sender interface of Locations: the list, and single objects on three levels (LOC-01 to LOC-12). */
@Controller('ocpi/:version/locations')
export class LocationsController {
  constructor(
    private readonly pages: ListPages,
    private readonly reader: LocationReader,
  ) {}

  @Get()
  list(@Res() reply: FastifyReply): Promise<FastifyReply> {
    return this.pages.send(reply, 'locations', this.reader.list(callerOf(reply.request)));
  }

  @Get(':locationId')
  async location(
    @Param('locationId') id: string,
    @Res() reply: FastifyReply,
  ): Promise<FastifyReply> {
    const location = await this.reader.find(callerOf(reply.request), id);
    return answerText(reply, found(location?.locationText(), reply));
  }

  @Get(':locationId/:evseUid')
  async evse(
    @Param('locationId') id: string,
    @Param('evseUid') uid: string,
    @Res() reply: FastifyReply,
  ): Promise<FastifyReply> {
    const location = await this.reader.find(callerOf(reply.request), id);
    const row = location && evseOf(location, uid);
    return answerText(reply, found(row && location.evseText(row), reply));
  }

  @Get(':locationId/:evseUid/:connectorId')
  async connector(
    @Param('locationId') id: string,
    @Param('evseUid') uid: string,
    @Param('connectorId') connectorId: string,
    @Res() reply: FastifyReply,
  ): Promise<FastifyReply> {
    const location = await this.reader.find(callerOf(reply.request), id);
    const row = location && evseOf(location, uid);
    return answer(reply, found(row && location.connectorObject(row, connectorId), reply));
  }
}

type Found = NonNullable<Awaited<ReturnType<LocationReader['find']>>>;

const evseOf = (location: Found, uid: string) =>
  location.row.evses.find(({ evseKey }) => evseKey === uid.toUpperCase());

/** What is withheld, hidden or unknown looks the same (LOC-07). */
function found<T>(value: T | undefined, reply: FastifyReply): T {
  if (value !== undefined) return value;
  throw OcpiError.unknownObject('location', callerOf(reply.request).version);
}
