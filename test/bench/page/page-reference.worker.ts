import { once } from 'node:events';
import http from 'node:http';
import { type AddressInfo } from 'node:net';
import pg from 'pg';
import { serveCalls } from '../processes/worker-calls.js';

const LIMIT = 100;

interface LocationRow {
  id: string;
  text: string;
  last_updated: Date;
}

interface EvseRow {
  location_id: string;
  text: string;
  status: string;
  last_updated: Date;
}

type Column = 'v211' | 'v221' | 'v230';

/** The stamps of 2.1.1 have no fractions; neither have those of whole seconds. */
const printed = (at: Date, column: Column): string =>
  column === 'v211' ? `${at.toISOString().slice(0, 19)}Z` : at.toISOString().replace('.000Z', 'Z');

/** A page as a bare server makes it: two prepared queries, joined and concatenated here. No token, no count, no rules. */
async function pageOf(pool: pg.Pool, column: Column, afterId: number) {
  const { rows: locations } = await pool.query<LocationRow>({
    name: `locations-${column}`,
    text: `SELECT id, ${column} AS text, last_updated FROM location
            WHERE ${column} IS NOT NULL AND id > $1 ORDER BY id LIMIT ${LIMIT}`,
    values: [afterId],
  });
  const { rows: evses } = await pool.query<EvseRow>({
    name: `evses-${column}`,
    text: `SELECT e.location_id, e.${column} AS text, s.status, s.last_updated
             FROM evse e JOIN evse_state s ON s.evse_id = e.id
            WHERE e.location_id = ANY($1) ORDER BY e.location_id, e.position`,
    values: [locations.map(({ id }) => id)],
  });
  const byLocation = new Map<string, { list: string; newest: Date }>();
  for (const { location_id, text, status, last_updated } of evses) {
    const evse = `${text},"status":"${status}","last_updated":"${printed(last_updated, column)}"}`;
    const known = byLocation.get(location_id);
    if (!known) byLocation.set(location_id, { list: evse, newest: last_updated });
    else {
      known.list += `,${evse}`;
      if (last_updated > known.newest) known.newest = last_updated;
    }
  }
  const texts = locations.map(({ id, text, last_updated }) => {
    const of = byLocation.get(id);
    const newest = of && of.newest > last_updated ? of.newest : last_updated;
    return `${text}${of ? `,"evses":[${of.list}]` : ''},"last_updated":"${printed(newest, column)}"}`;
  });
  const last = locations.length === LIMIT ? locations.at(-1)?.id : undefined;
  const timestamp = new Date().toISOString();
  return {
    body: `{"data":[${texts.join(',')}],"status_code":1000,"timestamp":"${timestamp}"}`,
    last,
  };
}

function answer(response: http.ServerResponse, body: string | Buffer, next: string | undefined) {
  response.setHeader('content-type', 'application/json; charset=utf-8');
  response.setHeader('content-length', Buffer.byteLength(body));
  if (next !== undefined) response.setHeader('link', `<${next}>; rel="next"`);
  response.end(body);
}

/** Serves `/rows/{column}` from the database and `/memory/{column}` from memory, both walked by `Link`. */
async function listen({ databaseUrl }: { databaseUrl: string }): Promise<string> {
  const pool = new pg.Pool({ connectionString: databaseUrl, max: 20 });
  const memory = new Map<string, Buffer[]>();
  const server = http.createServer((request, response) => {
    void serve(request.url ?? '', response).catch((error: unknown) => {
      response.statusCode = 500;
      response.end(String(error));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return origin;

  async function serve(path: string, response: http.ServerResponse): Promise<void> {
    const url = new URL(path, origin);
    const column = url.pathname.slice(-4) as Column;
    const after = Number(url.searchParams.get('after') ?? 0);
    const linkTo = (place: number | string) => `${origin}${url.pathname}?after=${place}`;
    if (url.pathname.startsWith('/rows/')) {
      const { body, last } = await pageOf(pool, column, after);
      answer(response, body, last === undefined ? undefined : linkTo(last));
      return;
    }
    let pages = memory.get(column);
    if (!pages) memory.set(column, (pages = await allPages(pool, column)));
    const place = after % pages.length;
    answer(response, pages[place] ?? '', place + 1 < pages.length ? linkTo(place + 1) : undefined);
  }
}

async function allPages(pool: pg.Pool, column: Column): Promise<Buffer[]> {
  const pages: Buffer[] = [];
  for (let after: number | undefined = 0; after !== undefined;) {
    const { body, last } = await pageOf(pool, column, after);
    pages.push(Buffer.from(body));
    after = last === undefined ? undefined : Number(last);
  }
  return pages;
}

const functions = { listen };
export type PageReference = typeof functions;

serveCalls(functions);
