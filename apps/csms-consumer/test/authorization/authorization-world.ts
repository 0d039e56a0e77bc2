/* eslint-disable @typescript-eslint/no-unsafe-assignment, @typescript-eslint/no-unsafe-return, @typescript-eslint/no-non-null-assertion -- bodies are whatever was read */
import { type Evse, foldId, type Location, type OcpiVersion, partyKey, type Token } from '#ocpi';
import { ConnectionDirectory, SecretBox } from '#partners';
import { GracefulShutdown } from '#platform';
import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { createHash, randomUUID } from 'node:crypto';
import { DataSource } from 'typeorm';
import { createTestDatabase, type TestDatabase } from '../../../../test/harness/database.js';
import {
  PartnerServer,
  type RecordedRequest,
  type Script,
} from '../../../../test/harness/partner-server.js';
import { EventProcessor } from '../../src/events/event-processor.js';
import { type EventOutcome } from '../../src/events/incoming-event.js';
import { startCsmsConsumer } from '../../src/create-app.js';
import { incoming, type Json, site } from '../processor-harness.js';

const KEY = 'key-of-the-csms-of-authorization';
const ENCRYPTION_KEY = Buffer.alloc(32, 9).toString('base64');

export const LOCATION = 'HARBOUR-7';
export const EVSE = 'HARBOUR-7-1';
export const OTHER_EVSE = 'HARBOUR-7-2';
export const UID = '04A1B2C3D4E5F6';

export const token = (changes: Partial<Token> = {}): Token => ({
  country_code: 'DE',
  party_id: 'EMP',
  uid: UID,
  type: 'RFID',
  contract_id: 'DE-EMP-C00012345-X',
  issuer: 'Example eMSP',
  valid: true,
  whitelist: 'NEVER',
  last_updated: '2026-02-01T08:00:00Z',
  ...changes,
});

const CLEARED = [
  'authorization_request',
  'csms_message',
  'command',
  'reservation',
  'token_alias',
  'token',
  'session',
  'cdr',
  'feed',
  'remote_endpoint',
  'remote_party',
  'connection',
];

/** What Session and CDR repeat of it. */
export const cdrTokenOf = ({ country_code, party_id, uid, type, contract_id }: Token) => ({
  country_code,
  party_id,
  uid,
  type,
  contract_id,
});

export interface PartnerOptions {
  id?: string;
  version?: OcpiVersion;
  party?: string;
  kind?: 'peer' | 'hub';
  profile?: Record<string, unknown>;
  state?: string;
  paused?: boolean;
  hostedParties?: string[];
  /** What it answers to authorize. */
  script?: Script;
}

export interface Partner {
  id: string;
  server: PartnerServer;
  /** Requests for authorization, in order. */
  readonly asked: RecordedRequest[];
}

/** Answers ALLOWED with the token asked for. */
export const allows =
  (given: Token = token(), more: object = {}): Script =>
  () => ({ data: { allowed: 'ALLOWED', token: given, ...more } });

/** A csms-consumer with a CSMS that asks it, and partners that answer it, over real HTTP and a real database. */
export class AuthorizationWorld {
  private readonly servers: PartnerServer[] = [];

  private constructor(
    readonly database: TestDatabase,
    readonly app: NestFastifyApplication,
    readonly url: string,
    readonly source: DataSource,
  ) {}

  static async open(database?: TestDatabase): Promise<AuthorizationWorld> {
    const own = database ?? (await createTestDatabase());
    const { app, internalPort } = await startCsmsConsumer({
      OCPI_ENVIRONMENT: 'development',
      OCPI_LOG_LEVEL: 'silent',
      DATABASE_URL: own.url,
      DATABASE_POOL_SIZE: '8',
      OCPI_BIND_ADDRESS: '127.0.0.1',
      OCPI_CONSUMER_INTERNAL_PORT: '0',
      OCPI_PARTNER_URL_ALLOWLIST: '127.0.0.1',
      OCPI_ENCRYPTION_KEY: ENCRYPTION_KEY,
      OCPI_CSMS_OUT: 'http',
    });
    const source = app.get(DataSource);
    const world = new AuthorizationWorld(own, app, `http://127.0.0.1:${internalPort}`, source);
    if (!database) await world.begin();
    return world;
  }

  private async begin(): Promise<void> {
    await this.source.query(
      `INSERT INTO hosted_party (party_key, country_code, party_id, business_details)
       VALUES ('NL*AAA', 'NL', 'AAA', '{"name":"A"}'), ('NL*BBB', 'NL', 'BBB', '{"name":"B"}')`,
    );
    await this.source.query(
      `INSERT INTO csms_client (name, key_hash, parties, sources) VALUES ('csms', $1, '{NL*AAA,NL*CCC}', '{}')`,
      [createHash('sha256').update(KEY).digest()],
    );
    await this.stateSite();
  }

  /** Removes partners, tokens and commands; the sites stay. */
  async clear(): Promise<void> {
    await Promise.all(this.servers.splice(0).map((server) => server.stop()));
    // Not TRUNCATE: the feeds of the application are at work beside us, and the two would lock each other out.
    for (const table of CLEARED) await this.source.query(`DELETE FROM ${table}`);
    await this.app.get(ConnectionDirectory).refresh();
  }

  async close(): Promise<void> {
    await this.stop();
    await Promise.all(this.servers.map((server) => server.stop()));
    await this.database.drop();
  }

  /** Ends this process alone. */
  stop(): Promise<void> {
    return this.app.get(GracefulShutdown).run(() => this.app.close());
  }

  /** States the example site with changes. */
  async stateSite(change: Partial<Location> = {}, evse: Partial<Evse> = {}): Promise<void> {
    const whole = site(change);
    const last_updated = new Date().toISOString();
    const evses = whole.evses?.map((one) => ({ ...one, ...evse, last_updated }));
    await this.event('location.upserted', {
      ...whole,
      last_updated,
      ...(evses && { evses }),
    });
  }

  async event(type: string, data: unknown): Promise<EventOutcome> {
    const event = incoming(type, data, { time: new Date().toISOString() });
    const [outcome] = await this.app.get(EventProcessor).process([event]);
    return outcome!;
  }

  async addPartner(options: PartnerOptions = {}): Promise<Partner> {
    const { version = '2.2.1', party = 'DE*EMP', id = `partner-${this.servers.length}` } = options;
    const server = await PartnerServer.start();
    server.script = (request) =>
      request.method === 'POST' && request.path.includes('/authorize')
        ? options.script?.(request)
        : undefined;
    this.servers.push(server);
    await this.source.query(
      `INSERT INTO connection (id, name, kind, state, paused, version, versions_url, hosted_parties, allowed_parties,
         profile, outbound_token, registered_at)
       VALUES ($1, $1, $2, $3, $4, $5, $6, $7, '{*}', $8, $9, now())`,
      [
        id,
        options.kind ?? 'peer',
        options.state ?? 'registered',
        options.paused ?? false,
        version,
        `${server.url}/versions`,
        options.hostedParties ?? null,
        JSON.stringify({ tokenPull: 'none', ...options.profile }),
        new SecretBox(ENCRYPTION_KEY).encrypt('token-of-a-partner-0123456789'),
      ],
    );
    const [country, name] = party.split('*');
    await this.source.query(
      `INSERT INTO remote_party (connection_id, party_key, role, country_code, party_id) VALUES ($1, $2, $3, $4, $5)`,
      [id, party, options.kind === 'hub' ? 'HUB' : 'EMSP', country, name],
    );
    await this.source.query(
      `INSERT INTO remote_endpoint (connection_id, identifier, role, url) VALUES ($1, 'tokens', 'SENDER', $2)`,
      [id, `${server.url}/tokens/`],
    );
    await this.app.get(ConnectionDirectory).refresh();
    return {
      id,
      server,
      get asked() {
        return server.requests.filter(({ path }) => path.includes('/authorize'));
      },
    };
  }

  /** As its partner stated it. */
  async store({ id }: Partner, stated: Token): Promise<void> {
    await this.source.query(
      `INSERT INTO token (connection_id, party_key, uid_key, type, body, valid, last_updated)
       VALUES ($1, $2, $3, $4, $5, $6, $7)`,
      [
        id,
        partyKey(stated),
        foldId(stated.uid),
        stated.type,
        JSON.stringify(stated),
        stated.valid,
        stated.last_updated,
      ],
    );
  }

  /** A partner with one token in its list. */
  async partnerWith(stated: Token, options: PartnerOptions = {}): Promise<Partner> {
    const partner = await this.addPartner(options);
    await this.store(partner, stated);
    return partner;
  }

  /** A partner's START_SESSION or RESERVE_NOW, so many minutes ago; resolves to its id. */
  async command(
    { id }: Partner,
    kind: 'START_SESSION' | 'RESERVE_NOW',
    given: Token,
    { minutesAgo = 1, reference, location = LOCATION, reservation }: CommandOptions = {},
  ): Promise<string> {
    const commandId = randomUUID();
    await this.source.query(
      `INSERT INTO command (id, kind, connection_id, version, party_key, sender_key, location_key, driver_key, dedupe_key,
         body, received_at, deadline, outcome, reservation_number)
       VALUES ($1::uuid, $2, $3, '2.2.1', 'NL*AAA', $4, $5, $6, $1::text, $7, now() - $8 * interval '1 minute', now(), 'ACCEPTED', $9)`,
      [
        commandId,
        kind,
        id,
        partyKey(given),
        foldId(location),
        foldId(given.uid),
        JSON.stringify({
          token: given,
          location_id: location,
          authorization_reference: reference,
        }),
        minutesAgo,
        reservation ?? null,
      ],
    );
    return commandId;
  }

  /** A reservation in force, made so many minutes ago, with its command. */
  async reserve(
    partner: Partner,
    given: Token,
    { evse, state = 'active', ...options }: CommandOptions & { evse?: string; state?: string } = {},
  ): Promise<void> {
    const [row] = await this.source.query<{ number: number }[]>(
      `INSERT INTO reservation (connection_id, party_key, sender_key, reservation_key, location_key, evse_key, session_key,
         driver_key, body, command_id, state, expiry_date)
       VALUES ($1, 'NL*AAA', $2, 'R1', $3, $4, 'S1', $5, $6, $7, $8, now() + interval '1 hour') RETURNING number`,
      [
        partner.id,
        partyKey(given),
        LOCATION,
        evse ?? null,
        foldId(given.uid),
        JSON.stringify({ token: given, authorization_reference: options.reference }),
        randomUUID(),
        state,
      ],
    );
    const id = await this.command(partner, 'RESERVE_NOW', given, {
      ...options,
      reservation: row!.number,
    });
    await this.source.query('UPDATE reservation SET command_id = $1', [id]);
  }

  async alias(alias: string, given: Token, group = false): Promise<void> {
    await this.source.query(
      'INSERT INTO token_alias (alias, owner_key, kind, name, token) VALUES ($1, $2, $3, $4, $5)',
      [
        alias,
        partyKey(given),
        group ? 'group' : given.type,
        foldId(group ? (given.group_id ?? '') : given.uid),
        group ? null : JSON.stringify(given),
      ],
    );
  }

  question(change: object = {}): Json {
    return {
      country_code: 'NL',
      party_id: 'AAA',
      authorization_id: randomUUID(),
      deadline: new Date(Date.now() + 5000).toISOString(),
      uid: UID,
      location_id: LOCATION,
      evse_uid: EVSE,
      connector_id: '1',
      ...change,
    };
  }

  /** Asks over HTTP and expects a decision. */
  async authorize(change: object = {}): Promise<Json> {
    const { status, body } = await this.post(this.question(change));
    if (status !== 200) throw new Error(`${status}: ${JSON.stringify(body)}`);
    return body;
  }

  post(body: unknown, key = KEY): Promise<Answer> {
    return this.call('POST', 'authorizations', body, key);
  }

  /** As the CSMS calls. */
  async call(method: string, path: string, body?: unknown, key = KEY): Promise<Answer> {
    const response = await fetch(`${this.url}/csms/v1/${path}`, {
      method,
      headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    return {
      status: response.status,
      body: text === '' ? undefined : JSON.parse(text),
      headers: response.headers,
    };
  }

  /** The decisions in the outbox, in order. */
  async messages(): Promise<Json[]> {
    const rows = await this.source.query<{ data: string }[]>(
      `SELECT data FROM csms_message WHERE type = 'ocpi.authorization.decided.v1' ORDER BY seq`,
    );
    return rows.map(({ data }) => (typeof data === 'string' ? JSON.parse(data) : data));
  }
}

interface Answer {
  status: number;
  body: Json;
  headers: Headers;
}

export interface CommandOptions {
  minutesAgo?: number;
  reference?: string;
  location?: string;
  reservation?: number;
}
