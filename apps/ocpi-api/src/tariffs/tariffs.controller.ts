import { Controller, Get, Res } from '@nestjs/common';
import { encodeTariff, OcpiError, type Tariff, tariffVisible } from '#ocpi';
import { ConnectionView } from '#partner-push';
import { offersModule, shownClause } from '#partners';
import { Clock } from '#platform';
import { type FastifyReply } from 'fastify';
import { DataSource } from 'typeorm';
import { callerOf } from '../http/caller.js';
import { ListPages, type ListSource, type PageQuery } from '../http/list-pages.js';
import { ObjectFilter } from '../http/object-filter.js';

/** The Sender interface of Tariffs: a list and nothing else (TAR-01, TAR-02). */
@Controller('ocpi/:version/tariffs')
export class TariffsController {
  constructor(
    private readonly dataSource: DataSource,
    private readonly pages: ListPages,
    private readonly clock: Clock,
  ) {}

  @Get()
  list(@Res() reply: FastifyReply): Promise<FastifyReply> {
    const { connection } = callerOf(reply.request);
    if (!offersModule(connection, 'tariffs')) throw OcpiError.unknownResource();
    return this.pages.send(reply, 'tariffs', this.source(reply));
  }

  /** A party has few tariffs and what 2.1.1 may see of them depends on the hour: all are judged, then paged. */
  private source(reply: FastifyReply): ListSource {
    let visible: Promise<{ id: number; text: string }[]> | undefined;
    const all = (dates: Pick<PageQuery, 'from' | 'to'>) => (visible ??= this.visible(reply, dates));
    return {
      count: async (dates) => (await all(dates)).length,
      page: async ({ afterId, offset, limit, ...dates }) =>
        (await all(dates)).filter(({ id }) => id > afterId).slice(offset, offset + limit),
    };
  }

  private async visible(reply: FastifyReply, dates: Pick<PageQuery, 'from' | 'to'>) {
    const caller = callerOf(reply.request);
    const { connection, version } = caller;
    const filter = new ObjectFilter(caller, dates);
    filter.clauses.push('o.deleted_at IS NULL');
    filter.add(
      (p) => `${p}::text IS NOT NULL AND ${shownClause('tariff', 'o', connection.tariffsShown, p)}`,
      connection.id,
    );
    const rows = await this.dataSource.query<
      { id: number; body: string; acVoltage: number | null }[]
    >(
      `SELECT o.id, o.body, o.ac_voltage AS "acVoltage" FROM tariff o WHERE ${filter.where} ORDER BY o.id`,
      filter.parameters,
    );
    const view = new ConnectionView(this.dataSource, { ...connection, version });
    const now = this.clock.now();
    return rows.flatMap(({ id, body, acVoltage }) => {
      const tariff = JSON.parse(body) as Tariff;
      if (!tariffVisible(version, tariff, now)) return [];
      const encoded = encodeTariff(version, tariff, view.tariffView(acVoltage));
      return 'wire' in encoded ? [{ id, text: JSON.stringify(encoded.wire) }] : [];
    });
  }
}
