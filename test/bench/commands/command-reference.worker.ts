import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import http from 'node:http';
import { type AddressInfo } from 'node:net';
import pg from 'pg';
import { serveCalls } from '../processes/worker-calls.js';

const INSERT = `INSERT INTO command (id, kind, connection_id, version, party_key, sender_key, dedupe_key, body, deadline)
  VALUES ($1, 'START_SESSION', 'bare', '2.2.1', 'NL*BAR', 'DE*BAR', $2, $3, now())`;

/** A command as a bare server takes it: parse, one insert, one commit. No token, no check, no outbox, no result. */
async function listen({ databaseUrl }: { databaseUrl: string }): Promise<string> {
  const pool = new pg.Pool({ connectionString: databaseUrl, max: 20 });
  const insert = (body: string): Promise<unknown> => {
    const id = randomUUID();
    const values = [id, id, JSON.stringify(JSON.parse(body))];
    return pool.query({ name: 'command', text: INSERT, values });
  };
  const server = http.createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      void insert(Buffer.concat(chunks).toString()).then(
        () => {
          const text = '{"data":{"result":"ACCEPTED","timeout":30},"status_code":1000}';
          response.writeHead(200, {
            'content-type': 'application/json',
            'content-length': text.length,
          });
          response.end(text);
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

const functions = { listen };
export type CommandReference = typeof functions;

serveCalls(functions);
