import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { OCPI_VERSIONS, type OcpiVersion } from '#ocpi';
import { GracefulShutdown } from '#platform';
import { createHash, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { request } from 'undici';
import { startCsmsConsumer } from '../../apps/csms-consumer/src/create-app.js';
import { type Answer, ApiHarness, type Json, wireToken } from './api-harness.js';
import { PartnerServer, type RecordedRequest } from './partner-server.js';
import { eventually } from './wait-for.js';

const ENCRYPTION_KEY = Buffer.alloc(32, 7).toString('base64');
const CSMS_KEY = 'key-of-the-csms-of-these-commands';

/** The contract's own example. */
const exampleData = (name: string): Json =>
  JSON.parse(readFileSync(`libs/csms-contract/examples/${name}.json`, 'utf8')).data;

/** What the gateway asks of the CSMS. */
export interface CsmsRequest {
  type: string;
  data: Json;
}

/** A partner of one version: its server hears callbacks and pushes, its token lets it command. */
export interface CommandPartner {
  id: string;
  version: OcpiVersion;
  server: PartnerServer;
  token: string;
}

export interface PartnerParts {
  party?: string;
  role?: string;
  profile?: Record<string, unknown>;
}

const BEGUN = new Date(Date.now() - 60_000).toISOString();

const ALL_CAPABILITIES = [
  'RFID_READER',
  'REMOTE_START_STOP_CAPABLE',
  'RESERVABLE',
  'UNLOCK_CAPABLE',
  'CHARGING_PROFILE_CAPABLE',
  'CHARGING_PREFERENCES_CAPABLE',
];

/** Both applications on one database, a CSMS over the HTTP binding, and an eMSP of each version on loopback. */
export class CommandWorld {
  readonly partners = new Map<string, CommandPartner>();
  private taken = 0;
  private readonly requests: CsmsRequest[] = [];
  private readonly consumers: { app: NestFastifyApplication; url: string }[] = [];

  private constructor(
    readonly api: ApiHarness,
    private readonly environment: Record<string, string>,
  ) {}

  static async open(settings: Record<string, string> = {}): Promise<CommandWorld> {
    const environment = {
      OCPI_ENCRYPTION_KEY: ENCRYPTION_KEY,
      OCPI_CSMS_OUT: 'http',
      ...settings,
    };
    const api = await ApiHarness.start(environment);
    await api.host('NL*AAA');
    const world = new CommandWorld(api, environment);
    await world.query(
      'INSERT INTO csms_client (name, key_hash, parties, sources) VALUES ($1, $2, $3, $4)',
      ['csms', createHash('sha256').update(CSMS_KEY).digest(), ['NL*AAA', 'NL*BBB'], []],
    );
    await world.startConsumer();
    return world;
  }

  async close(): Promise<void> {
    await this.stopConsumers();
    await this.api.stop();
    await Promise.all([...this.partners.values()].map(({ server }) => server.stop()));
  }

  /** One more process of csms-consumer, as it were. */
  async startConsumer(): Promise<void> {
    const { app, internalPort } = await startCsmsConsumer({
      OCPI_ENVIRONMENT: 'test',
      OCPI_LOG_LEVEL: 'silent',
      DATABASE_URL: this.api.database.url,
      DATABASE_POOL_SIZE: '10',
      OCPI_PUBLIC_URL: 'https://cpo.example.com',
      OCPI_ADMIN_KEY: 'test-admin-key-0123456789',
      OCPI_BIND_ADDRESS: '127.0.0.1',
      OCPI_CONSUMER_INTERNAL_PORT: '0',
      OCPI_PARTNER_URL_ALLOWLIST: '127.0.0.1',
      ...this.environment,
    });
    this.consumers.push({ app, url: `http://127.0.0.1:${internalPort}` });
  }

  async stopConsumers(): Promise<void> {
    for (const { app } of this.consumers.splice(0)) {
      await app.get(GracefulShutdown).run(() => app.close());
    }
  }

  get consumer(): NestFastifyApplication {
    return this.consumers[0]!.app;
  }

  /** Its internal port. */
  get consumerUrl(): string {
    return this.consumers[0]!.url;
  }

  query(sql: string, parameters: unknown[] = []): Promise<Json[]> {
    return this.api.dataSource.query(sql, parameters);
  }

  /** Registers an eMSP whose server takes callbacks, Sessions and CDRs. */
  async connect(
    id: string,
    version: OcpiVersion,
    { party = 'NL*TNM', role = 'EMSP', profile = {} }: PartnerParts = {},
  ): Promise<CommandPartner> {
    const server = await PartnerServer.start();
    const token = await this.api.register(id, version, [[party, role]], {
      urls: server.url,
      profile,
    });
    for (const module of ['sessions', 'cdrs', 'locations']) {
      await this.query(
        `INSERT INTO remote_endpoint (connection_id, identifier, role, url) VALUES ($1, $2, 'RECEIVER', $3)`,
        [id, module, `${server.url}/${module}`],
      );
    }
    await this.api.directory.changed();
    await this.query(`SELECT pg_notify('ocpi_connection', $1)`, [id]);
    const partner = { id, version, server, token };
    this.partners.set(id, partner);
    return partner;
  }

  /** One partner per version, all of them NL*TNM. */
  async connectAll(): Promise<Record<OcpiVersion, CommandPartner>> {
    const made = {} as Record<OcpiVersion, CommandPartner>;
    for (const version of OCPI_VERSIONS)
      made[version] = await this.connect(`emsp-${version.replaceAll('.', '')}`, version);
    return made;
  }

  /** A command as this partner sends it; `response_url` is a fresh one of its own unless the body has one. */
  async command(
    partner: CommandPartner,
    name: string,
    body: Record<string, unknown>,
    headers: Record<string, string> = {},
  ): Promise<Answer & { responsePath: string }> {
    const responsePath = `/responses/${randomUUID()}`;
    const answer = await this.api.call(`/ocpi/${partner.version}/commands/${name}`, {
      token: partner.token,
      method: 'POST',
      body: { response_url: `${partner.server.url}${responsePath}`, ...body },
      headers,
    });
    return { ...answer, responsePath };
  }

  /** What arrived at a `response_url`. */
  callbacks(partner: CommandPartner, path: string): RecordedRequest[] {
    return partner.server.requests.filter((one) => one.path === path);
  }

  /** Resolves with the bodies at a `response_url` when there are so many. */
  async told(partner: CommandPartner, path: string, count = 1): Promise<Json[]> {
    await partner.server.until(() => this.callbacks(partner, path).length >= count);
    return this.callbacks(partner, path).map(({ body }) => body);
  }

  /** Resolves with the next request in the outbox. */
  async nextRequest(): Promise<CsmsRequest> {
    await eventually(async () => {
      await this.readOutbox();
      return this.requests.length > 0;
    });
    return this.requests.shift()!;
  }

  /** All that was asked and not looked at yet. */
  async newRequests(): Promise<CsmsRequest[]> {
    await this.readOutbox();
    return this.requests.splice(0);
  }

  /** What the CSMS gets by long poll from here on, over HTTP. */
  async *polled(): AsyncGenerator<CsmsRequest> {
    let after = '';
    for (;;) {
      const answer = await this.csms('GET', `messages?wait=5&limit=100&from=start&after=${after}`);
      if (answer === undefined) continue;
      after = encodeURIComponent(answer.next);
      for (const { type, data } of answer.messages) {
        if (type.endsWith('.requested.v1')) yield { type, data };
      }
    }
  }

  private async readOutbox(): Promise<void> {
    const rows = await this.query(
      `SELECT seq, type, data FROM csms_message WHERE seq > $1 AND type LIKE '%.requested.v1' ORDER BY seq`,
      [this.taken],
    );
    for (const { seq, type, data } of rows) {
      this.taken = seq;
      this.requests.push({ type, data: JSON.parse(data) });
    }
  }

  /** An event of the CSMS over HTTP, with further attributes of CloudEvents; resolves to its outcome. */
  async say(
    type: string,
    data: Json,
    time = new Date().toISOString(),
    attributes: Record<string, string> = {},
  ): Promise<Json> {
    const [outcome] = await this.sayAll([[type, data, time, attributes]]);
    return outcome;
  }

  /** Several such events in one batch; resolves to their outcomes. */
  async sayAll(
    events: [type: string, data: Json, time?: string, attributes?: Record<string, string>][],
  ): Promise<Json[]> {
    const batch = events.map(([type, data, time = new Date().toISOString(), attributes]) => ({
      specversion: '1.0',
      id: randomUUID(),
      source: 'urn:csms',
      type: `ocpi.${type}.v1`,
      time,
      ...attributes,
      data,
    }));
    return (await this.csms('POST', 'events', batch)).results;
  }

  /** The last step of a request. */
  finish(asked: CsmsRequest, result: Record<string, unknown>): Promise<Json> {
    const { country_code, party_id, command_id } = asked.data;
    return this.say('request.finished', { country_code, party_id, command_id, ...result });
  }

  private async csms(method: 'GET' | 'POST', path: string, body?: unknown): Promise<Json> {
    const answer = await request(`${this.consumers[0]!.url}/csms/v1/${path}`, {
      method,
      headers: {
        authorization: `Bearer ${CSMS_KEY}`,
        ...(body !== undefined && { 'content-type': 'application/cloudevents-batch+json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await answer.body.text();
    if (answer.statusCode === 204) return undefined;
    if (answer.statusCode !== 200) throw new Error(`${path}: ${answer.statusCode} ${text}`);
    return JSON.parse(text);
  }

  /** The example Location under this id, with one EVSE `<id>-1` that can do everything, or as many as wanted. */
  async site(
    id: string,
    {
      evses = 1,
      ...change
    }: { evses?: number; party_id?: string; capabilities?: string[]; status?: string } = {},
  ): Promise<void> {
    const { capabilities = ALL_CAPABILITIES, status = 'AVAILABLE', party_id = 'AAA' } = change;
    const example = exampleData('location.upserted');
    const [evse] = example.evses;
    const outcome = await this.say('location.upserted', {
      ...example,
      id,
      party_id,
      evses: Array.from({ length: evses }, (_, index) => {
        const { evse_id: _none, ...rest } = evse;
        return { ...rest, uid: `${id}-${index + 1}`, capabilities, status };
      }),
    });
    expect(['applied', 'unchanged']).toContain(outcome.outcome);
  }

  /** What this EVSE is at from now on. */
  async status(id: string, status: string, evse = `${id}-1`): Promise<void> {
    await this.say('evse.status-changed', {
      country_code: 'NL',
      party_id: 'AAA',
      location_id: id,
      evse_uid: evse,
      status,
    });
  }

  /** A Session of NL*TNM's driver at this Location. */
  session(id: string, location: string, change: Record<string, unknown> = {}): Json {
    return {
      ...exampleData('session.started'),
      id,
      location_id: location,
      evse_uid: `${location}-1`,
      cdr_token: {
        country_code: 'NL',
        party_id: 'TNM',
        uid: '04A1B2C3',
        type: 'RFID',
        contract_id: 'DE8ACC12E46L89',
      },
      start_date_time: BEGUN,
      last_updated: new Date().toISOString(),
      ...change,
    };
  }

  /** Charging of 2026-03-01 under this id, from 9 to 10 o'clock: what the CSMS states of it, one after the other. */
  async charged(
    id: string,
    location: string,
    started: Record<string, unknown>,
    billed: Record<string, unknown> = started,
  ): Promise<void> {
    const place = { id, location_id: location, evse_uid: `${location}-1` };
    await this.say('session.started', { ...exampleData('session.started'), ...place, ...started });
    await this.say('session.ended', { ...exampleData('session.ended'), ...place, ...started });
    const { start_date_time, end_date_time, cdr_token } = exampleData('cdr.issued');
    const ended = { ...place, start_date_time, end_date_time, cdr_token };
    await this.bill(`C-${id}`.slice(0, 36), ended, billed);
  }

  /** The example CDR for this Session. */
  async bill(id: string, session: Json, change: Record<string, unknown>): Promise<void> {
    const bill = exampleData('cdr.issued');
    const { location_id, evse_uid, start_date_time, end_date_time, cdr_token } = session;
    const outcome = await this.say('cdr.issued', {
      ...bill,
      id,
      session_id: session.id,
      start_date_time,
      end_date_time,
      cdr_token,
      last_updated: new Date().toISOString(),
      cdr_location: { ...bill.cdr_location, id: location_id, evse_uid },
      ...change,
    });
    expect([outcome.outcome, outcome.reason]).toEqual(['applied', undefined]);
  }

  /** The newest command of this kind, as it is stored. */
  async row(kind: string): Promise<Json> {
    const [row] = await this.query(
      'SELECT * FROM command WHERE kind = $1 ORDER BY received_at DESC, id LIMIT 1',
      [kind],
    );
    return row;
  }

  /** Lets the time of every open command be over. */
  async runOut(): Promise<void> {
    await this.query('UPDATE command SET deadline = now() WHERE outcome IS NULL');
  }
}

/** A token of NL*TNM as the version writes it. */
export const driver = (version: OcpiVersion, uid = '04A1B2C3', extra: object = {}): Json =>
  wireToken(version, uid, extra);

/** So many seconds from now. */
export const inSeconds = (seconds: number): string =>
  `${new Date(Date.now() + seconds * 1000).toISOString().slice(0, 19)}Z`;
