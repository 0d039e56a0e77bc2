import { Writable } from 'node:stream';
import { readNextLink } from '#ocpi';
import { Pool } from 'undici';
import { quantile } from '../numbers.js';
import { serveCalls } from '../processes/worker-calls.js';

export interface Load {
  url: string;
  headers?: Record<string, string>;
  connections: number;
  seconds: number;
}

interface LoadResult {
  perSecond: number;
  requests: number;
  bytes: number;
  p50Ms: number;
  p99Ms: number;
}

interface Got {
  bytes: number;
  next: string | undefined;
}

/** Reads a page to its end without looking at it, as cheaply as a client can. */
async function get(pool: Pool, url: string, headers: Record<string, string>): Promise<Got> {
  const { pathname, search } = new URL(url);
  const got: Got = { bytes: 0, next: undefined };
  await pool.stream(
    { path: pathname + search, method: 'GET', headers },
    ({ statusCode, headers: answered }) => {
      if (statusCode !== 200) throw new Error(`GET ${url}: HTTP ${statusCode}`);
      got.next = readNextLink((answered as Record<string, string | string[] | undefined>)['link']);
      return new Writable({
        write(chunk: Buffer, _encoding, done) {
          got.bytes += chunk.length;
          done();
        },
      });
    },
  );
  return got;
}

/** Loops over `step` on every connection until the time is over; only what ended within it counts. */
async function loop(load: Load, follow: boolean): Promise<LoadResult> {
  const { url, headers = {}, connections, seconds } = load;
  const pool = new Pool(new URL(url).origin, { connections, pipelining: 1 });
  const startedAt = performance.now();
  const end = startedAt + seconds * 1000;
  const latencies: number[] = [];
  let bytes = 0;
  await Promise.all(
    Array.from({ length: connections }, async () => {
      for (let next = url; performance.now() < end;) {
        const at = performance.now();
        const got = await get(pool, next, headers);
        const now = performance.now();
        if (now > end) return;
        latencies.push(now - at);
        bytes += got.bytes;
        next = follow ? (got.next ?? url) : url;
      }
    }),
  );
  await pool.close();
  return {
    perSecond: latencies.length / seconds,
    requests: latencies.length,
    bytes,
    p50Ms: quantile(latencies, 0.5),
    p99Ms: quantile(latencies, 0.99),
  };
}

async function pagesOf({ url, headers = {} }: Pick<Load, 'url' | 'headers'>): Promise<string[]> {
  const pool = new Pool(new URL(url).origin, { connections: 1 });
  const pages = [url];
  for (let next: string | undefined = url; next !== undefined;) {
    next = (await get(pool, next, headers)).next;
    if (next !== undefined) pages.push(next);
  }
  await pool.close();
  return pages;
}

const functions = {
  /** Follows `Link` from the first page to the last, and starts over. */
  crawl: (load: Load) => loop(load, true),
  /** Asks for one URL again and again. */
  repeat: (load: Load) => loop(load, false),
  /** Follows `Link` once; the addresses of all pages. */
  pagesOf,
};
export type HttpLoad = typeof functions;

serveCalls(functions);
