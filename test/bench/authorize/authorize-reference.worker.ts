import { once } from 'node:events';
import http from 'node:http';
import { type AddressInfo } from 'node:net';
import pg from 'pg';
import { Pool } from 'undici';
import { serveCalls } from '../processes/worker-calls.js';

const SELECT = 'SELECT body FROM token WHERE uid_key = $1 AND type = $2';

type Decide = (body: string) => Promise<string>;

/** A local decision as a bare server makes it: parse, one indexed read, and yes. */
async function listenLocal({ databaseUrl }: { databaseUrl: string }): Promise<string> {
  const pool = new pg.Pool({ connectionString: databaseUrl, max: 20 });
  return serve(async (body) => {
    const { uid, type } = JSON.parse(body) as { uid: string; type: string };
    const { rows } = await pool.query({ name: 'card', text: SELECT, values: [uid, type] });
    return rows.length > 0 ? '{"allowed":"ALLOWED"}' : '{"allowed":"UNKNOWN"}';
  });
}

/** A partner's decision as a bare server forwards it: its word, unread. */
async function listenForwarding({ partnerUrl }: { partnerUrl: string }): Promise<string> {
  const partner = new Pool(partnerUrl, { connections: 64, pipelining: 1 });
  return serve(async (body) => {
    const { uid, location_id, evse_uid } = JSON.parse(body) as Record<string, string>;
    const answer = await partner.request({
      method: 'POST',
      path: `/ocpi/2.2.1/tokens/${uid}/authorize?type=RFID`,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ location_id, evse_uids: [evse_uid] }),
    });
    const { data } = (await answer.body.json()) as { data: unknown };
    return JSON.stringify(data);
  });
}

async function serve(decide: Decide): Promise<string> {
  const server = http.createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      void decide(Buffer.concat(chunks).toString()).then(
        (text) => {
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

const functions = { listenLocal, listenForwarding };
export type AuthorizeReference = typeof functions;

serveCalls(functions);
