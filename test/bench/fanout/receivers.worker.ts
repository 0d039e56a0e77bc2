import { once } from 'node:events';
import http from 'node:http';
import { type AddressInfo } from 'node:net';
import { quantile } from '../numbers.js';
import { serveCalls } from '../processes/worker-calls.js';

/** A request as it arrived, to be sent again by the reference. */
export interface RecordedRequest {
  origin: string;
  path: string;
  method: string;
  headers: Record<string, string>;
  body: string;
}

export interface Receipts {
  count: number;
  /** Between the first and the last receipt. */
  seconds: number;
  /** From the event's time to the receipt, where the body's stamp has fractions. */
  p50Ms: number;
  p99Ms: number;
  maxMs: number;
}

const HOP_BY_HOP = new Set([
  'host',
  'connection',
  'content-length',
  'transfer-encoding',
  'keep-alive',
]);
const ANSWER = Buffer.from(
  JSON.stringify({ status_code: 1000, timestamp: '2026-01-01T00:00:00Z' }),
);

const latencies: number[] = [];
const recorded: RecordedRequest[] = [];
let recordUpTo = 0;
let count = 0;
let firstAt = 0;
let lastAt = 0;

/** Starts partners, each on a port of its own, that say yes to everything; their origins in order. */
async function listen({ partners }: { partners: number }): Promise<string[]> {
  const origins: string[] = [];
  for (let n = 0; n < partners; n++) {
    const server = http.createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        response.writeHead(200, {
          'content-type': 'application/json',
          'content-length': ANSWER.length,
        });
        response.end(ANSWER);
        receive(request, Buffer.concat(chunks).toString(), origins[n] ?? '');
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    origins.push(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  }
  return origins;
}

function receive(request: http.IncomingMessage, body: string, origin: string): void {
  const now = performance.timeOrigin + performance.now();
  if (count === 0) firstAt = now;
  lastAt = now;
  count += 1;
  const stamp = /"last_updated":"([^"]*\.\d+Z)"/.exec(body)?.[1];
  if (stamp !== undefined) latencies.push(now - Date.parse(stamp));
  if (recorded.length < recordUpTo) {
    const headers = Object.entries(request.headers).filter(([name]) => !HOP_BY_HOP.has(name));
    recorded.push({
      origin,
      path: request.url ?? '',
      method: request.method ?? '',
      headers: Object.fromEntries(headers.map(([name, text]) => [name, String(text)])),
      body,
    });
  }
}

const functions = {
  listen,
  /** Forgets what was received; from here on the first `record` requests are kept. */
  reset({ record }: { record: number }): void {
    latencies.length = 0;
    recorded.length = 0;
    recordUpTo = record;
    count = 0;
    firstAt = lastAt = 0;
  },
  count: (_: undefined): number => count,
  receipts: (_: undefined): Receipts => ({
    count,
    seconds: (lastAt - firstAt) / 1000,
    p50Ms: quantile(latencies, 0.5),
    p99Ms: quantile(latencies, 0.99),
    maxMs: quantile(latencies, 1),
  }),
  recorded: (_: undefined): RecordedRequest[] => recorded,
};
export type Receivers = typeof functions;

serveCalls(functions);
