import { once } from 'node:events';
import http from 'node:http';
import { type AddressInfo } from 'node:net';
import { serveCalls } from '../processes/worker-calls.js';
import { benchToken } from './bench-token.js';

interface Source {
  tokens: number;
  party: { countryCode: string; partyId: string };
}

let firstAt = 0;
let requests = 0;

/** A partner that serves its tokens in pages of up to 1,000 from memory; returns its origin. */
async function listen({ tokens, party }: Source): Promise<string> {
  const pages = new Map<string, Buffer>();
  const pageOf = (offset: number, limit: number): Buffer => {
    const key = `${offset}/${limit}`;
    let page = pages.get(key);
    if (!page) {
      const list = Array.from({ length: Math.min(limit, tokens - offset) }, (_, index) =>
        benchToken(offset + index, party),
      );
      page = Buffer.from(
        JSON.stringify({ data: list, status_code: 1000, timestamp: '2026-01-01T00:00:00Z' }),
      );
      pages.set(key, page);
    }
    return page;
  };
  const server = http.createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
    if (requests === 0) firstAt = Date.now();
    requests += 1;
    const url = new URL(request.url ?? '', origin);
    const offset = Number(url.searchParams.get('offset') ?? 0);
    const limit = Math.min(1000, Number(url.searchParams.get('limit') ?? 1000));
    const page = pageOf(offset, limit);
    response.setHeader('content-type', 'application/json');
    response.setHeader('content-length', page.length);
    response.setHeader('x-total-count', tokens);
    response.setHeader('x-limit', limit);
    if (offset + limit < tokens) {
      url.searchParams.set('offset', String(offset + limit));
      url.searchParams.set('limit', String(limit));
      response.setHeader('link', `<${url.href}>; rel="next"`);
    }
    response.end(page);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return origin;
}

const functions = {
  listen,
  reset(_: undefined): void {
    requests = 0;
  },
  /** When the first request came, in milliseconds since 1970, and how many there were. */
  seen: (_: undefined) => ({ firstAt, requests }),
};
export type TokenSource = typeof functions;

serveCalls(functions);
