import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import {
  ConnectionDirectory,
  ConnectionsService,
  HostedPartiesService,
  hashToken,
  issueToken,
  SecretBox,
  type NewConnection,
} from '#partners';
import { GatewaySettings } from '#platform';
import { randomBytes } from 'node:crypto';
import { type IncomingMessage, request as httpRequest } from 'node:http';
import { text as textOf } from 'node:stream/consumers';
import { DataSource } from 'typeorm';
import { request } from 'undici';
import { createTestDatabase, type TestDatabase } from './database.js';
import { startOcpiApi } from '../../apps/ocpi-api/src/create-app.js';

/** What was read from the wire. */
export type Json = ReturnType<typeof JSON.parse>;

export interface Answer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  text: string;
  json: Json;
}

export interface CallOptions {
  token?: string;
  /** `raw` or `base64`; the version of the path decides when left out. */
  encoding?: 'raw' | 'base64';
  method?: string;
  body?: unknown;
  /** Sent as it is. */
  text?: string;
  headers?: Record<string, string>;
}

/** A listening gateway on a database of its own. */
export class ApiHarness {
  private constructor(
    readonly app: NestFastifyApplication,
    readonly database: TestDatabase,
    readonly base: string,
    /** Admin API, health and metrics. */
    readonly internalBase: string,
  ) {}

  static async start(environment: Record<string, string> = {}): Promise<ApiHarness> {
    const database = await createTestDatabase();
    const publicUrl = environment['OCPI_PUBLIC_URL'] ?? 'https://cpo.example.com';
    const { app, publicPort, internalPort } = await startOcpiApi({
      OCPI_ENVIRONMENT: 'test',
      OCPI_LOG_LEVEL: 'silent',
      DATABASE_URL: database.url,
      DATABASE_POOL_SIZE: '8',
      OCPI_PUBLIC_URL: publicUrl,
      OCPI_PUBLIC_PORT: '0',
      OCPI_INTERNAL_PORT: '0',
      OCPI_BIND_ADDRESS: '127.0.0.1',
      OCPI_ADMIN_KEY: 'test-admin-key-0123456789',
      OCPI_ENCRYPTION_KEY: randomBytes(32).toString('base64'),
      OCPI_PARTNER_URL_ALLOWLIST: '127.0.0.1',
      OCPI_HANDSHAKE_TIMEOUT_MS: '30000', // no test depends on speed, see patience.js
      ...environment,
    });
    const at = (port: number): string => `http://127.0.0.1:${port}`;
    return new ApiHarness(app, database, at(publicPort), at(internalPort));
  }

  get dataSource(): DataSource {
    return this.app.get(DataSource);
  }

  get directory(): ConnectionDirectory {
    return this.app.get(ConnectionDirectory);
  }

  async host(...keys: string[]): Promise<void> {
    for (const key of keys) {
      const [country_code = '', party_id = ''] = key.split('*');
      await this.app
        .get(HostedPartiesService)
        .put({ country_code, party_id }, { name: `CPO ${key}` });
    }
  }

  /** A connection with a token A. */
  async invite(id: string, given: Partial<NewConnection> = {}): Promise<string> {
    const { token } = await this.app.get(ConnectionsService).create({
      id,
      name: id,
      allowedParties: ['*'],
      ...given,
    });
    return token;
  }

  /** A registered connection without a handshake, with the token the partner shows us. */
  async register(
    id: string,
    version: string,
    parties: [partyKey: string, role: string][] = [['NL*TNM', 'EMSP']],
    given: Partial<NewConnection> & { urls?: string; token?: string } = {},
  ): Promise<string> {
    const { urls = 'http://127.0.0.1:9/none', token: wanted, ...connection } = given;
    await this.invite(id, connection);
    const box = new SecretBox(this.app.get(GatewaySettings).encryptionKey);
    await this.dataSource.query(
      `UPDATE connection SET state = 'registered', version = $2, versions_url = $3,
         outbound_token = $4, token_issued_at = now(), registered_at = now() WHERE id = $1`,
      [id, version, `${urls}/versions`, box.encrypt(`outbound-${id}`)],
    );
    await this.dataSource.query('DELETE FROM connection_token WHERE connection_id = $1', [id]);
    for (const [key, role] of parties) {
      const [country, party] = key.split('*');
      await this.dataSource.query(
        `INSERT INTO remote_party (connection_id, party_key, role, country_code, party_id)
         VALUES ($1, $2, $3, $4, $5)`,
        [id, key, role, country, party],
      );
    }
    const token = wanted ?? (await issueToken(this.dataSource, id, 'full'));
    if (wanted !== undefined) {
      await this.dataSource.query(
        `INSERT INTO connection_token (token_hash, connection_id, purpose) VALUES ($1, $2, 'full')`,
        [hashToken(wanted), id],
      );
    }
    await this.directory.changed();
    return token;
  }

  async call(path: string, options: CallOptions = {}): Promise<Answer> {
    const { token, method = 'GET', body, text, headers = {} } = options;
    const encoding = options.encoding ?? (path.startsWith('/ocpi/2.1.1') ? 'raw' : 'base64');
    const shown =
      token === undefined || encoding === 'raw' ? token : Buffer.from(token).toString('base64');
    const payload = text ?? (body === undefined ? undefined : JSON.stringify(body));
    const answer = await request(`${this.base}${path}`, {
      method: method as 'GET',
      headers: {
        ...(shown !== undefined && { authorization: `Token ${shown}` }),
        ...(payload !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(payload !== undefined && { body: payload }),
    });
    const answered = await answer.body.text();
    return {
      status: answer.statusCode,
      headers: answer.headers,
      text: answered,
      json: parsed(answered),
    };
  }

  /** Sends the request target as it is written, where `call` would put it in order. */
  async callRaw(
    target: string,
    options: Pick<CallOptions, 'method' | 'text' | 'headers'> = {},
  ): Promise<Answer> {
    const { method = 'GET', text, headers = {} } = options;
    const { hostname, port } = new URL(this.base);
    const sent = httpRequest({ hostname, port, path: target, method, headers, agent: false });
    const answered = await new Promise<IncomingMessage>((resolve, reject) => {
      sent.on('response', resolve).on('error', reject).end(text);
    });
    const answer = await textOf(answered);
    return {
      status: answered.statusCode ?? 0,
      headers: answered.headers,
      text: answer,
      json: parsed(answer),
    };
  }

  async stop(): Promise<void> {
    await this.app.close();
    await this.database.drop();
  }
}

function parsed(text: string): Json {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A sound Token as each version writes it. */
export function wireToken(
  version: string,
  uid: string,
  extra: object = {},
): Record<string, unknown> {
  const shared = {
    uid,
    type: 'RFID',
    issuer: 'TheNewMotion',
    valid: true,
    whitelist: 'ALWAYS',
    last_updated: '2026-01-02T03:04:05Z',
  };
  return version === '2.1.1'
    ? { ...shared, auth_id: 'DE8ACC12E46L89', ...extra }
    : { ...shared, country_code: 'NL', party_id: 'TNM', contract_id: 'DE8ACC12E46L89', ...extra };
}

/** Is this an answer in an envelope, with this status code? */
export function expectEnvelope(answer: Answer, httpStatus: number, statusCode: number): void {
  expect({ http: answer.status, ocpi: answer.json?.status_code, text: answer.text }).toEqual({
    http: httpStatus,
    ocpi: statusCode,
    text: answer.text,
  });
  expect(answer.headers['content-type']).toMatch(/^application\/json/);
  expect(answer.json.timestamp).toMatch(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,3})?Z$/);
  expect(Math.abs(Date.parse(answer.json.timestamp) - Date.now())).toBeLessThan(60_000);
  if (answer.json.status_message !== undefined) {
    expect(typeof answer.json.status_message).toBe('string');
  }
  expect(answer.json).not.toHaveProperty('statusCode');
  expect(answer.json).not.toHaveProperty('stack');
}
