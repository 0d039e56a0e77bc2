import { once } from 'node:events';
import http from 'node:http';
import { type AddressInfo } from 'node:net';
import { serveCalls } from '../processes/worker-calls.js';

let own = new Map<string, number>();

/** An eMSP that allows every card after a while; returns its origin. */
async function listen({ afterMs }: { afterMs: number }): Promise<string> {
  const server = http.createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
    const startedAt = performance.now();
    request.resume();
    const uid = /\/tokens\/([^/]+)\/authorize/.exec(request.url ?? '')?.[1] ?? '';
    setTimeout(() => {
      const data = { allowed: 'ALLOWED' };
      const timestamp = new Date().toISOString();
      const text = JSON.stringify({ data, status_code: 1000, timestamp });
      response.writeHead(200, {
        'content-type': 'application/json',
        'content-length': text.length,
      });
      response.end(text);
      own.set(uid, performance.now() - startedAt);
    }, afterMs);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const functions = {
  listen,
  /** How long each question took here since the last call, by uid. */
  ownTimes(_: undefined): Map<string, number> {
    const times = own;
    own = new Map();
    return times;
  },
};
export type Emsp = typeof functions;

serveCalls(functions);
