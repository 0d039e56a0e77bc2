import { Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { createLogger, GatewaySettings } from '#platform';
import pg from 'pg';
import { DataSource } from 'typeorm';
import { type Connection } from './connection.js';
import { type HostedParty } from './hosted-party.js';
import { profileDefaults } from './profile/profile-defaults.js';
import { type ProfileDefaults, resolveProfile } from './profile/resolve-profile.js';
import { SecretBox } from './secrets.js';

/** Signalled after every change of a connection, its parties, endpoints or tokens. */
export const CONNECTION_CHANNEL = 'ocpi_connection';

const REFRESH_EVERY_MS = 5000;

type Row = Omit<Connection, 'profile' | 'outboundToken' | 'configuredParties'> & {
  profile: Record<string, unknown>;
  preset: string | null;
  outboundToken: Buffer | null;
};

const SELECT = `SELECT c.id, c.name, c.kind, c.state, c.paused, c.version,
    c.offered_versions AS "offeredVersions", c.versions_url AS "versionsUrl",
    c.hosted_parties AS "hostedParties", c.allowed_parties AS "allowedParties",
    c.locations_shown AS "locationsShown", c.tariffs_shown AS "tariffsShown", c.profile, c.preset,
    c.outbound_token AS "outboundToken", c.outbound_encoding AS "outboundEncoding",
    c.token_issued_at AS "tokenIssuedAt", c.registered_at AS "registeredAt",
    c.traced_until AS "tracedUntil",
    coalesce((SELECT jsonb_agg(jsonb_build_object('identifier', e.identifier, 'role', e.role, 'url', e.url)
        ORDER BY e.identifier, e.role) FROM remote_endpoint e WHERE e.connection_id = c.id), '[]') AS endpoints,
    coalesce((SELECT jsonb_agg(jsonb_build_object('partyKey', p.party_key, 'countryCode', p.country_code,
        'partyId', p.party_id, 'role', p.role) ORDER BY p.party_key, p.role)
      FROM remote_party p WHERE p.connection_id = c.id), '[]') AS parties
  FROM connection c ORDER BY c.id`;

const SELECT_HOSTED = `SELECT party_key AS "partyKey", country_code AS "countryCode", party_id AS "partyId",
    business_details AS "businessDetails" FROM hosted_party ORDER BY created_at, party_key`;

/**
 * All connections in memory, fresh within milliseconds of a signalled change and within five seconds of any. An
 * unchanged connection stays the same object over refreshes.
 */
@Injectable()
export class ConnectionDirectory implements OnModuleInit, OnApplicationShutdown {
  private readonly log = createLogger('connections');
  private readonly secrets: SecretBox;
  private readonly defaults: ProfileDefaults;
  private readonly listeners = new Set<() => void>();
  private connections = new Map<string, Connection>();
  private hosted: HostedParty[] = [];
  private prints = new Map<string, string>();
  private loading: Promise<void> | undefined;
  private queued: Promise<void> | undefined;
  private timer: NodeJS.Timeout | undefined;
  private listener: pg.Client | undefined;
  private closed = false;

  constructor(
    private readonly dataSource: DataSource,
    private readonly settings: GatewaySettings,
  ) {
    this.secrets = SecretBox.of(settings);
    this.defaults = profileDefaults(settings);
  }

  async onModuleInit(): Promise<void> {
    await this.refresh();
    this.timer = setInterval(() => void this.refreshQuietly(), REFRESH_EVERY_MS);
    this.timer.unref();
    await this.listen();
  }

  async onApplicationShutdown(): Promise<void> {
    this.closed = true;
    clearInterval(this.timer);
    this.listeners.clear();
    const client = this.listener;
    this.listener = undefined;
    await client?.end().catch(() => undefined);
    await this.loading?.catch(() => undefined);
  }

  get(id: string): Connection | undefined {
    return this.connections.get(id);
  }

  all(): Connection[] {
    return [...this.connections.values()];
  }

  /** The CPO parties that this platform speaks for, oldest first. */
  hostedParties(): HostedParty[] {
    return this.hosted;
  }

  /** Those of them that a connection meets. */
  hostedPartiesOf({ hostedParties }: Pick<Connection, 'hostedParties'>): HostedParty[] {
    return this.hosted.filter(({ partyKey }) => hostedParties?.includes(partyKey) ?? true);
  }

  /** To be called after a commit that changed connections: this process acts on it at once. */
  async changed(): Promise<void> {
    await this.refresh();
    this.wake();
  }

  /** Calls back after each load that changed something, and after each signal; returns the way to stop it. */
  onChange(callback: () => void): () => void {
    this.listeners.add(callback);
    return () => this.listeners.delete(callback);
  }

  /** Loads everything now. What was committed before the call is seen after it. */
  refresh(): Promise<void> {
    if (this.queued) return this.queued;
    if (!this.loading) {
      this.loading = this.load().finally(() => {
        this.loading = undefined;
      });
      return this.loading;
    }
    this.queued = this.loading
      .catch(() => undefined)
      .then(() => {
        this.queued = undefined;
        return this.refresh();
      });
    return this.queued;
  }

  private async load(): Promise<void> {
    const rows = await this.dataSource.query<Row[]>(SELECT);
    const hosted = await this.dataSource.query<HostedParty[]>(SELECT_HOSTED);
    const hostedChanged = JSON.stringify(hosted) !== JSON.stringify(this.hosted);
    this.hosted = hosted;
    const connections = new Map<string, Connection>();
    const prints = new Map<string, string>();
    for (const row of rows) {
      const print = JSON.stringify(row);
      const known = this.connections.get(row.id);
      connections.set(
        row.id,
        known && !hostedChanged && this.prints.get(row.id) === print
          ? known
          : this.toConnection(row),
      );
      prints.set(row.id, print);
    }
    this.connections = connections;
    this.prints = prints;
  }

  private toConnection({ profile, preset, outboundToken, ...row }: Row): Connection {
    return {
      ...row,
      hostedParties: this.metParties(row),
      configuredParties: row.hostedParties,
      profile: resolveProfile(row.version, profile, preset, this.defaults),
      outboundToken: () => {
        if (!outboundToken) throw new Error(`connection ${row.id} has no token yet`);
        return this.secrets.decrypt(outboundToken, `our token for connection ${row.id}`);
      },
    };
  }

  /** 2.1.1 knows one party per connection (CRD-28): the first of those it could meet. */
  private metParties({
    version,
    hostedParties,
  }: Pick<Row, 'version' | 'hostedParties'>): string[] | null {
    if (version !== '2.1.1') return hostedParties;
    return (hostedParties ?? this.hosted.map(({ partyKey }) => partyKey)).slice(0, 1);
  }

  private async refreshQuietly(): Promise<void> {
    try {
      const before = this.prints;
      await this.refresh();
      const changed =
        before.size !== this.prints.size ||
        [...this.prints].some(([id, print]) => before.get(id) !== print);
      if (changed) this.wake();
      if (!this.listener && !this.closed) await this.listen();
    } catch (error) {
      if (!this.closed) this.log.warn({ err: error }, 'connections could not be refreshed');
    }
  }

  private wake(): void {
    for (const callback of this.listeners) callback();
  }

  /** A lost listener comes back with the next periodic refresh. */
  private async listen(): Promise<void> {
    const client = new pg.Client({
      connectionString: this.settings.databaseUrl,
      application_name: 'ocpi-connection-signal',
      keepAlive: true,
    });
    this.listener = client;
    const lost = () => {
      if (this.listener === client) this.listener = undefined;
      client.end().catch(() => undefined);
    };
    client.on('error', lost);
    client.on('end', lost);
    client.on('notification', () => void this.onSignal());
    try {
      await client.connect();
      await client.query(`LISTEN ${CONNECTION_CHANNEL}`);
    } catch {
      lost();
    }
  }

  private async onSignal(): Promise<void> {
    try {
      await this.refresh();
    } catch {
      return; // the periodic refresh tries again
    }
    this.wake();
  }
}
