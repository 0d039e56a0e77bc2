import { Pool } from 'undici';
import { serveCalls } from '../processes/worker-calls.js';
import { type RecordedRequest } from './receivers.worker.js';

interface Sending {
  requests: RecordedRequest[];
  /** How many to send in all; the requests are repeated in turn. */
  total: number;
  /** In flight at once per partner. */
  concurrency: number;
}

/** A bare loop over undici: the same requests to the same partners, as fast as they are answered. */
async function send({ requests, total, concurrency }: Sending): Promise<void> {
  const byOrigin = Map.groupBy(requests, ({ origin }) => origin);
  const each = Math.ceil(total / byOrigin.size);
  await Promise.all(
    [...byOrigin].map(async ([origin, mine]) => {
      const pool = new Pool(origin, { connections: concurrency, pipelining: 1 });
      let sent = 0;
      await Promise.all(
        Array.from({ length: concurrency }, async () => {
          while (sent < each) {
            const { path, method, headers, body } = mine[sent++ % mine.length] as RecordedRequest;
            const answer = await pool.request({
              path,
              method: method,
              headers,
              body,
            });
            await answer.body.text();
            if (answer.statusCode !== 200) throw new Error(`HTTP ${answer.statusCode}`);
          }
        }),
      );
      await pool.close();
    }),
  );
}

const functions = { send };
export type BareSender = typeof functions;

serveCalls(functions);
