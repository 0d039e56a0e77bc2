import { readNextLink } from '#ocpi';
import { Pool } from 'undici';
import { serveCalls } from '../processes/worker-calls.js';

/** Follows `Link` from `url` and parses every page, no more; rows per second. */
async function crawl({ url }: { url: string }): Promise<number> {
  const pool = new Pool(new URL(url).origin, { connections: 1, pipelining: 1 });
  const startedAt = performance.now();
  let rows = 0;
  for (let next: string | undefined = url; next !== undefined;) {
    const { pathname, search } = new URL(next);
    const answer = await pool.request({ method: 'GET', path: pathname + search });
    const { data } = (await answer.body.json()) as { data: unknown[] };
    rows += data.length;
    next = readNextLink(answer.headers['link']);
  }
  await pool.close();
  return rows / ((performance.now() - startedAt) / 1000);
}

const functions = { crawl };
export type BareCrawl = typeof functions;

serveCalls(functions);
