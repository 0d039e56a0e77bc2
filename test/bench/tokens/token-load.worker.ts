import { setTimeout as sleep } from 'node:timers/promises';
import { Pool } from 'undici';
import { quantile } from '../numbers.js';
import { serveCalls } from '../processes/worker-calls.js';
import { benchToken } from './bench-token.js';

interface TokenLoad {
  /** Of the receiver's tokens endpoint for the party, without the uid. */
  url: string;
  authorization: string;
  party: { countryCode: string; partyId: string };
  connections: number;
  seconds: number;
  /** Number of the first token; every request is for a token of its own. */
  from: number;
}

export interface TokenLoadResult {
  perSecond: number;
  requests: number;
  p50Ms: number;
  p99Ms: number;
}

async function put(pool: Pool, load: TokenLoad, n: number): Promise<void> {
  const token = benchToken(n, load.party);
  const answer = await pool.request({
    method: 'PUT',
    path: `${new URL(load.url).pathname}/${token.uid}?type=RFID`,
    headers: { authorization: load.authorization, 'content-type': 'application/json' },
    body: JSON.stringify(token),
  });
  const text = await answer.body.text();
  if (answer.statusCode >= 300 || !text.includes('"status_code":1000')) {
    throw new Error(`PUT token: HTTP ${answer.statusCode} ${text.slice(0, 500)}`);
  }
}

const poolOf = ({ url, connections }: TokenLoad) =>
  new Pool(new URL(url).origin, { connections, pipelining: 1 });

const result = (latencies: number[], seconds: number): TokenLoadResult => ({
  perSecond: latencies.length / seconds,
  requests: latencies.length,
  p50Ms: quantile(latencies, 0.5),
  p99Ms: quantile(latencies, 0.99),
});

/** As fast as the answers come, on every connection. */
async function maximum(load: TokenLoad): Promise<TokenLoadResult> {
  const pool = poolOf(load);
  const latencies: number[] = [];
  let n = load.from;
  const end = performance.now() + load.seconds * 1000;
  await Promise.all(
    Array.from({ length: load.connections }, async () => {
      while (performance.now() < end) {
        const at = performance.now();
        await put(pool, load, n++);
        const now = performance.now();
        if (now <= end) latencies.push(now - at);
      }
    }),
  );
  await pool.close();
  return result(latencies, load.seconds);
}

/** At a set rate; latency counts from when a request was due, so that waiting for a connection counts too. */
async function steady(load: TokenLoad & { perSecond: number }): Promise<TokenLoadResult> {
  const pool = poolOf(load);
  const latencies: number[] = [];
  const total = load.seconds * load.perSecond;
  const startedAt = performance.now();
  const running: Promise<void>[] = [];
  for (let sent = 0; sent < total;) {
    const due = Math.min(total, ((performance.now() - startedAt) / 1000) * load.perSecond);
    for (; sent < due; sent++) {
      const at = startedAt + (sent / load.perSecond) * 1000;
      running.push(
        put(pool, load, load.from + sent).then(() => {
          latencies.push(performance.now() - at);
        }),
      );
    }
    await sleep(1);
  }
  await Promise.all(running);
  const seconds = (performance.now() - startedAt) / 1000;
  await pool.close();
  return result(latencies, seconds);
}

const functions = { maximum, steady };
export type TokenLoader = typeof functions;

serveCalls(functions);
