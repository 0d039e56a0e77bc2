import { once } from 'node:events';
import http from 'node:http';
import { type AddressInfo } from 'node:net';
import { type Token } from '#ocpi';
import pg from 'pg';
import { serveCalls } from '../processes/worker-calls.js';

const UPSERT = `INSERT INTO token (connection_id, party_key, uid_key, type, body, valid, last_updated)
  VALUES ('bare', $1, $2, $3, $4, $5, $6)
  ON CONFLICT (party_key, uid_key, type) DO UPDATE
    SET body = excluded.body, valid = excluded.valid, last_updated = excluded.last_updated`;

/** PUT of a token as a bare server does it: parse, one prepared upsert, one commit. No token, no check, no outbox. */
async function listen({ databaseUrl }: { databaseUrl: string }): Promise<string> {
  const pool = new pg.Pool({ connectionString: databaseUrl, max: 20 });
  const server = http.createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString();
      void store(pool, body).then(
        () => {
          const timestamp = new Date().toISOString();
          const answer = `{"status_code":1000,"timestamp":"${timestamp}"}`;
          response.writeHead(200, {
            'content-type': 'application/json',
            'content-length': answer.length,
          });
          response.end(answer);
        },
        (error: unknown) => {
          response.statusCode = 500;
          response.end(String(error));
        },
      );
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function store(pool: pg.Pool, body: string): Promise<unknown> {
  const token = JSON.parse(body) as Token;
  return pool.query({
    name: 'upsert',
    text: UPSERT,
    values: [
      `BARE*${token.party_id}`,
      token.uid,
      token.type,
      body,
      token.valid,
      token.last_updated,
    ],
  });
}

const functions = { listen };
export type TokenReference = typeof functions;

serveCalls(functions);
