import { Injectable } from '@nestjs/common';
import { type OcpiVersion } from '#ocpi';
import { cdrViewKey, ConnectionView, keepRendition, readCdrs, renderCdr } from '#partner-push';
import { DataSource } from 'typeorm';
import { audienceOf } from '../http/audience.js';
import { type Caller } from '../http/caller.js';
import { type ListSource, type PageQuery } from '../http/list-pages.js';
import { ObjectFilter } from '../http/object-filter.js';

/** CDRs as they first left, by push or by pull: the bytes are kept (G8), later ones must equal them. */
@Injectable()
export class CdrReader {
  constructor(private readonly dataSource: DataSource) {}

  list(caller: Caller & { version: OcpiVersion }): ListSource {
    const { connection, version } = caller;
    const view = new ConnectionView(this.dataSource, { ...connection, version });
    const viewKey = cdrViewKey(view);
    const filterOf = (dates: Pick<PageQuery, 'from' | 'to'>) => {
      const filter = new ObjectFilter(caller, dates);
      filter.add((p) => `o.token_party_key = ANY(${p})`, audienceOf(caller));
      filter.add(
        (p) => `NOT EXISTS (SELECT FROM cdr_rendition w
          WHERE w.cdr_id = o.id AND w.view = ${p} AND w.withheld IS NOT NULL)`,
        viewKey,
      );
      return filter;
    };
    return {
      count: async (dates) => {
        const { where, parameters } = filterOf(dates);
        const [row] = await this.dataSource.query<{ count: number }[]>(
          `SELECT count(*) AS count FROM cdr o WHERE ${where}`,
          parameters,
        );
        return row?.count ?? 0;
      },
      page: async ({ afterId, offset, limit, ...dates }) => {
        const filter = filterOf(dates);
        filter.add((p) => `o.id > ${p}`, afterId);
        const key = filter.parameters.push(viewKey);
        const rows = await this.dataSource.query<{ id: number; text: string | null }[]>(
          `SELECT o.id, r.body AS text FROM cdr o
             LEFT JOIN cdr_rendition r ON r.cdr_id = o.id AND r.view = $${key}
            WHERE ${filter.where} ORDER BY o.id OFFSET ${offset} LIMIT ${limit}`,
          filter.parameters,
        );
        return this.complete(rows, view, viewKey);
      },
    };
  }

  /** Renders those that never left in this view, and keeps what was rendered. */
  private async complete(
    rows: { id: number; text: string | null }[],
    view: ConnectionView,
    viewKey: string,
  ) {
    const fresh = rows.filter(({ text }) => text === null).map(({ id }) => id);
    const cdrs = await readCdrs(this.dataSource, fresh);
    for (const row of rows) {
      const cdr = row.text === null ? cdrs.get(row.id) : undefined;
      if (!cdr) continue;
      const kept = await keepRendition(this.dataSource, row.id, viewKey, () =>
        renderCdr(cdr, view),
      );
      row.text = kept.body;
    }
    return rows;
  }
}
