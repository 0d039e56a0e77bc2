import { Controller, Get, Res } from '@nestjs/common';
import { encodeSession, type Location, OcpiError, type Session } from '#ocpi';
import { ConnectionView } from '#partner-push';
import { offersModule, seesAllSessions } from '#partners';
import { type FastifyReply } from 'fastify';
import { DataSource } from 'typeorm';
import { audienceOf } from '../http/audience.js';
import { callerOf } from '../http/caller.js';
import { ListPages, type ListSource, type PageQuery } from '../http/list-pages.js';
import { ObjectFilter } from '../http/object-filter.js';

interface SessionRow {
  id: number;
  body: string;
  snapshot: string | null;
}

/** The Sender interface of Sessions: the list of the caller's own drivers' (SES-01 to SES-04). */
@Controller('ocpi/:version/sessions')
export class SessionsController {
  constructor(
    private readonly dataSource: DataSource,
    private readonly pages: ListPages,
  ) {}

  @Get()
  list(@Res() reply: FastifyReply): Promise<FastifyReply> {
    const { connection } = callerOf(reply.request);
    if (!offersModule(connection, 'sessions')) throw OcpiError.unknownResource();
    const dateFromRequired = connection.profile.requireDateFrom;
    return this.pages.send(reply, 'sessions', this.source(reply), { dateFromRequired });
  }

  private source(reply: FastifyReply): ListSource {
    const caller = callerOf(reply.request);
    const { connection, version } = caller;
    const filterOf = (dates: Pick<PageQuery, 'from' | 'to'>) => {
      const filter = new ObjectFilter(caller, dates);
      if (!seesAllSessions(connection)) {
        filter.add((p) => `o.token_party_key = ANY(${p})`, audienceOf(caller));
      }
      // 2.1.1 embeds the Location; a Session without one is not shown there (SES-35).
      if (version === '2.1.1') filter.clauses.push('o.location_snapshot IS NOT NULL');
      return filter;
    };
    const locationView = new ConnectionView(this.dataSource, {
      ...connection,
      version,
    }).bareLocationView();
    return {
      count: async (dates) => {
        const { where, parameters } = filterOf(dates);
        const [row] = await this.dataSource.query<{ count: number }[]>(
          `SELECT count(*) AS count FROM session o WHERE ${where}`,
          parameters,
        );
        return row?.count ?? 0;
      },
      page: async ({ afterId, offset, limit, ...dates }) => {
        const filter = filterOf(dates);
        filter.add((p) => `o.id > ${p}`, afterId);
        const rows = await this.dataSource.query<SessionRow[]>(
          `SELECT o.id, o.body, o.location_snapshot AS snapshot FROM session o
            WHERE ${filter.where} ORDER BY o.id OFFSET ${offset} LIMIT ${limit}`,
          filter.parameters,
        );
        return rows.map(({ id, body, snapshot }) => {
          const location = snapshot === null ? undefined : (JSON.parse(snapshot) as Location);
          const encoded = encodeSession(version, JSON.parse(body) as Session, {
            ...(location && { location }),
            locationView,
          });
          return { id, text: 'wire' in encoded ? JSON.stringify(encoded.wire) : null };
        });
      },
    };
  }
}
