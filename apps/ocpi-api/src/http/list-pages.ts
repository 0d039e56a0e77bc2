import { Injectable } from '@nestjs/common';
import {
  hasNumericOffset,
  joinUrl,
  type ListQuery,
  nextLink,
  OcpiError,
  readListQuery,
} from '#ocpi';
import { ConnectionObservations } from '#partners';
import { GatewaySettings } from '#platform';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { LRUCache } from 'lru-cache';
import { createHash } from 'node:crypto';
import { answerText } from './answer.js';
import { type Caller, callerOf } from './caller.js';

export interface PageQuery {
  from: Date | undefined;
  to: Date | undefined;
  /** Rows with a greater id only. */
  afterId: number;
  /** Counted from there. */
  offset: number;
  limit: number;
}

/** A list as the database holds it, for one caller. */
export interface ListSource {
  /** JSON texts in order of creation, with the row ids; null where the object is withheld. */
  page(query: PageQuery): Promise<{ id: number; text: string | null }[]>;
  count(query: Pick<PageQuery, 'from' | 'to'>): Promise<number>;
}

const COUNT_REMEMBERED_MS = 5000;

/** Pages of a list with X-Total-Count, X-Limit and Link (TRN-20 to TRN-27). */
@Injectable()
export class ListPages {
  private readonly counts = new LRUCache<string, number>({ max: 1000, ttl: COUNT_REMEMBERED_MS });

  constructor(
    private readonly settings: GatewaySettings,
    private readonly observations: ConnectionObservations,
  ) {}

  /** @throws OcpiError 2001 for a query that makes no sense. */
  async send(
    reply: FastifyReply,
    module: string,
    source: ListSource,
    options: { dateFromRequired?: boolean } = {},
  ): Promise<FastifyReply> {
    const { request } = reply;
    const caller = callerOf(request);
    const { pageLimitMax } = caller.connection.profile;
    const query = this.readQuery(request, caller, {
      defaultLimit: Math.min(this.settings.pageLimit, pageLimitMax),
      maxLimit: pageLimitMax,
      ...options,
    });
    const { dateFrom: from, dateTo: to, limit } = query;
    const filter = filterKey(caller, module, query);
    const afterId = readCursor(query, filter);
    const rows = await source.page({
      from,
      to,
      afterId: afterId ?? 0,
      offset: afterId === undefined ? query.offset : 0,
      limit: limit + 1,
    });
    const shown = rows.slice(0, limit);
    const remembered = afterId === undefined ? undefined : this.counts.get(filter);
    const total = Math.max(
      remembered ?? (await source.count({ from, to })),
      rows.length === 0 ? 0 : query.offset + rows.length,
    );
    this.counts.set(filter, total);
    reply.header('X-Total-Count', total);
    reply.header('X-Limit', pageLimitMax);
    const last = shown.at(-1);
    if (rows.length > limit && last) {
      const offset = query.offset + shown.length;
      const url = joinUrl(this.settings.publicUrl, 'ocpi', caller.version, module);
      reply.header(
        'Link',
        nextLink(url, query, { offset, cursor: cursorOf(offset, last.id, filter) }),
      );
    }
    const texts = shown.flatMap(({ text }) => (text === null ? [] : [text]));
    return answerText(reply, `[${texts.join(',')}]`);
  }

  private readQuery(
    request: FastifyRequest,
    caller: Caller,
    limits: Parameters<typeof readListQuery>[1],
  ): ListQuery {
    const values = request.query as Record<string, unknown>;
    const dates = [values.date_from, values.date_to];
    if (dates.some((date) => typeof date === 'string' && hasNumericOffset(date))) {
      if (caller.connection.profile.strictOffsets) {
        throw OcpiError.invalidParameters('a DateTime has no numeric offset');
      }
      this.observations.deviation(caller.connection.id, 'numeric_offset');
    }
    const query = readListQuery(values, limits);
    if (!query.ok) throw OcpiError.invalidParameters(query.errors);
    return query.value;
  }
}

/** One list with its filters as one caller sees it; a cursor is good for no other. */
function filterKey(caller: Caller, module: string, { dateFrom, dateTo }: ListQuery): string {
  const { connection, version, parties, from } = caller;
  const parts = [connection.id, version, module, parties, from, dateFrom, dateTo];
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64url').slice(0, 12);
}

const cursorOf = (offset: number, afterId: number, filter: string): string =>
  Buffer.from(`${offset}.${afterId}.${filter}`).toString('base64url');

/** The row id a cursor stands for; undefined unless it was issued for this offset of this list (TRN-29). */
function readCursor(query: ListQuery, filter: string): number | undefined {
  if (query.cursor === undefined) return undefined;
  const [offset, afterId, made] = Buffer.from(query.cursor, 'base64url').toString().split('.');
  const id = Number(afterId);
  return Number(offset) === query.offset && made === filter && Number.isSafeInteger(id)
    ? id
    : undefined;
}
