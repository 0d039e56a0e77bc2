/* eslint-disable @typescript-eslint/no-unsafe-assignment, @typescript-eslint/no-unsafe-member-access, @typescript-eslint/no-unsafe-return, @typescript-eslint/no-unsafe-argument -- bodies are whatever was read */
import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { type ActiveChargingProfile, type Evse, type Session } from '#ocpi';
import { GracefulShutdown } from '#platform';
import { ENCRYPTION_KEY } from '../../../libs/partner-push/test/push-world.js';
import { aLocation, anEvse, aSession } from '../../../libs/partner-push/test/objects.js';
import { type Answer, ApiHarness } from '../../../test/harness/api-harness.js';
import { PartnerServer, type RecordedRequest } from '../../../test/harness/partner-server.js';
import { storeLocation, storeSession } from '../../../test/harness/stored-objects.js';
import { eventually } from '../../../test/harness/wait-for.js';
import { startCsmsConsumer } from '../src/create-app.js';
import { EventProcessor } from '../src/events/event-processor.js';
import { type EventOutcome } from '../src/events/incoming-event.js';
import { incoming, type Json } from './processor-harness.js';

export type Newer = '2.2.1' | '2.3.0';

export interface ProfilePartner {
  id: string;
  version: string;
  token: string;
  server: PartnerServer;
  party: string;
}

export interface PartnerParts {
  party?: string;
  role?: string;
  profile?: Record<string, unknown>;
  /** False: it lists no endpoint of charging profiles. */
  listens?: boolean;
}

const OWNER = { country_code: 'NL', party_id: 'AAA' };
const CAPABLE: NonNullable<Evse['capabilities']> = [
  'CHARGING_PROFILE_CAPABLE',
  'CHARGING_PREFERENCES_CAPABLE',
];

/** Both applications on one database, partners that listen on loopback, and a CSMS that says what a test says. */
export class ProfileWorld {
  private readonly servers: PartnerServer[] = [];
  private sessions = 0;

  private constructor(
    readonly api: ApiHarness,
    readonly consumer: NestFastifyApplication,
  ) {}

  static async start(): Promise<ProfileWorld> {
    const api = await ApiHarness.start({ OCPI_ENCRYPTION_KEY: ENCRYPTION_KEY });
    await api.host('NL*AAA');
    const { app } = await startCsmsConsumer({
      OCPI_ENVIRONMENT: 'test',
      OCPI_LOG_LEVEL: 'silent',
      DATABASE_URL: api.database.url,
      DATABASE_POOL_SIZE: '8',
      OCPI_PUBLIC_URL: 'https://cpo.example.com',
      OCPI_CONSUMER_INTERNAL_PORT: '0',
      OCPI_ADMIN_KEY: 'test-admin-key-0123456789',
      OCPI_BIND_ADDRESS: '127.0.0.1',
      OCPI_ENCRYPTION_KEY: ENCRYPTION_KEY,
      OCPI_PARTNER_URL_ALLOWLIST: '127.0.0.1',
      OCPI_CSMS_OUT: 'http',
    });
    return new ProfileWorld(api, app);
  }

  async stop(): Promise<void> {
    await this.consumer.get(GracefulShutdown).run(() => this.consumer.close());
    for (const server of this.servers) await server.stop();
    await this.api.stop();
  }

  async partner(id: string, version: string, parts: PartnerParts = {}): Promise<ProfilePartner> {
    const { party = 'NL*EMP', role = 'EMSP', profile = {}, listens = true } = parts;
    const server = await PartnerServer.start();
    this.servers.push(server);
    const knobs = {
      minBackoffMs: 10,
      maxBackoffMs: 50,
      profileRequestsPerMinute: 1000,
      ...profile,
    };
    const token = await this.api.register(id, version, [[party, role]], {
      urls: server.url,
      profile: knobs,
    });
    const endpoints = [
      ['sessions', 'RECEIVER'],
      ...(listens ? [['chargingprofiles', 'SENDER']] : []),
    ];
    for (const [identifier, side] of endpoints) {
      await this.api.dataSource.query(
        `INSERT INTO remote_endpoint (connection_id, identifier, role, url) VALUES ($1, $2, $3, $4)`,
        [id, identifier, side, `${server.url}/${identifier}`],
      );
    }
    await this.api.directory.changed();
    await this.api.dataSource.query(`SELECT pg_notify('ocpi_connection', $1)`, [id]);
    return { id, version, token, server, party };
  }

  /** A Session that charges at an EVSE of its own. */
  async session(change: Partial<Session> = {}, evse: Partial<Evse> = {}): Promise<Session> {
    this.sessions += 1;
    const name = `${this.sessions}`;
    const source = this.api.dataSource;
    const status = { status: 'CHARGING', capabilities: CAPABLE } as const;
    const location = aLocation({
      id: `LOC${name}`,
      evses: [anEvse(`E${name}`, { ...status, ...evse })],
    });
    await storeLocation(source, location);
    const session = aSession({
      id: `Sess-${name}`,
      location_id: location.id,
      evse_uid: `E${name}`,
      status: 'ACTIVE',
      ...change,
    });
    await storeSession(source, session, location);
    return session;
  }

  call(
    partner: ProfilePartner,
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Answer> {
    return this.api.call(`/ocpi/${partner.version}/${path}`, {
      token: partner.token,
      method,
      headers,
      ...(body !== undefined && { body }),
    });
  }

  put(partner: ProfilePartner, session: string, profile: object, to = 'put'): Promise<Answer> {
    const body = { charging_profile: profile, response_url: `${partner.server.url}/${to}` };
    return this.call(partner, 'PUT', `chargingprofiles/${session}`, body);
  }

  get(partner: ProfilePartner, session: string, duration = 900, to = 'get'): Promise<Answer> {
    const url = encodeURIComponent(`${partner.server.url}/${to}`);
    const query = `duration=${duration}&response_url=${url}`;
    return this.call(partner, 'GET', `chargingprofiles/${session}?${query}`);
  }

  delete(partner: ProfilePartner, session: string, to = 'delete'): Promise<Answer> {
    const url = encodeURIComponent(`${partner.server.url}/${to}`);
    return this.call(partner, 'DELETE', `chargingprofiles/${session}?response_url=${url}`);
  }

  /** What the CSMS is asked about a Session, oldest first. */
  async asked(session: string, type = '%'): Promise<Json[]> {
    const rows: Json[] = await this.api.dataSource.query(
      `SELECT type, data FROM csms_message WHERE data::jsonb ->> 'session_id' = $1 AND type LIKE $2 ORDER BY xid, seq`,
      [session, type],
    );
    return rows.map(({ type: name, data }) => ({ type: name, ...JSON.parse(data) }));
  }

  /** What the CSMS says of the newest request about a Session. */
  async finish(session: string, result: object): Promise<EventOutcome[]> {
    const request = (await this.asked(session)).at(-1);
    return this.finishOf(request.command_id, result);
  }

  finishOf(command_id: string, result: object): Promise<EventOutcome[]> {
    return this.say('request.finished', { ...OWNER, command_id, ...result });
  }

  say(type: string, data: object, time = new Date().toISOString()): Promise<EventOutcome[]> {
    return this.consumer.get(EventProcessor).process([incoming(type, data, { time })]);
  }

  /** What limits the Session changed for a reason of our own. */
  changed(session: string, active?: ActiveChargingProfile, time?: string): Promise<EventOutcome[]> {
    const what = active && { active_charging_profile: active };
    return this.say('charging-profile.changed', { ...OWNER, session_id: session, ...what }, time);
  }

  /** A PUT that the station accepts; resolves when the partner knows. */
  async setProfile(partner: ProfilePartner, session: string, profile: object): Promise<void> {
    const before = callbacks(partner, 'put').length;
    expect((await this.put(partner, session, profile)).json.data.result).toBe('ACCEPTED');
    await this.finish(session, { status: 'Accepted' });
    await partner.server.until(() => callbacks(partner, 'put').length > before);
    await this.settled();
  }

  async clearProfile(partner: ProfilePartner, session: string): Promise<void> {
    const before = callbacks(partner, 'delete').length;
    expect((await this.delete(partner, session)).json.data.result).toBe('ACCEPTED');
    await this.finish(session, { status: 'Accepted' });
    await partner.server.until(() => callbacks(partner, 'delete').length > before);
  }

  /** Resolves when nothing waits to be sent any more. */
  async settled(): Promise<void> {
    await eventually(async () => {
      const [row] = await this.api.dataSource.query(
        `SELECT (SELECT count(*) FROM command_callback WHERE state IN ('due', 'sending'))
              + (SELECT count(*) FROM charging_profile WHERE due_push IS NOT NULL) AS count`,
      );
      return row.count === 0;
    });
  }
}

/** Results that came to this path of the partner, oldest first. */
export const callbacks = (partner: ProfilePartner, path: string): RecordedRequest[] =>
  partner.server.requests.filter((one) => one.method === 'POST' && one.path === `/${path}`);

/** Pushes of active profiles, oldest first. */
export const pushes = (partner: ProfilePartner): RecordedRequest[] =>
  partner.server.requests.filter(({ path }) => path.startsWith('/chargingprofiles'));

export const amperes = (limit: number, more: object = {}) => ({
  charging_rate_unit: 'A' as const,
  charging_profile_period: [{ start_period: 0, limit }],
  ...more,
});

/** A plan that was computed now. */
export const plan = (limit: number, duration = 1800): ActiveChargingProfile => ({
  start_date_time: new Date().toISOString().replace(/\.\d+/, ''),
  charging_profile: amperes(limit, { duration }),
});
