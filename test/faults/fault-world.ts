import { KafkaEventSender } from '#csms-client';
import { type OcpiVersion } from '#ocpi';
import pg from 'pg';
import { GatewayAdmin } from '../harness/gateway-admin.js';
import {
  type AppProcess,
  type Replicas,
  startReplicas,
  TEST_ADMIN_KEY,
} from '../harness/servers.js';
import { makeTopics } from '../harness/topics.js';
import { eventually } from '../harness/wait-for.js';
import { LoadCsms, OPERATOR } from './load-csms.js';
import { PartnerHost } from './partner-host.js';
import { type RecordingPartner } from './recording-partner.js';

/** Servers that the promises are tried on. */
export interface Backing {
  /** An empty or migrated database of this promise's own. */
  databaseUrl: string;
  brokers: string[];
  topicPrefix: string;
}

export interface WorldOptions {
  apis?: number;
  consumers?: number;
  partners: { version: OcpiVersion; profile?: Record<string, unknown>; port?: number }[];
  network: { locations: number; evsesPerLocation: number };
  /** False where partners are sent nothing. */
  isPushed?: boolean;
  env?: Record<string, string>;
  /** The checkout whose build runs; this one by default. */
  root?: string;
  /** Called when the processes run, before a partner calls them. */
  onReplicas?: (replicas: Replicas) => void;
}

/** How long a thing may take before a promise counts as broken for being stuck; clocks that matter are asserted apart. */
const PATIENCE_MS = 180_000;
/** With many partners the first hundreds tell enough. */
const MOST_NAMED = 500;

/** A whole installation under test: real processes, a CSMS on real Kafka, partners that record. */
export class FaultWorld {
  private constructor(
    readonly backing: Backing,
    readonly replicas: Replicas,
    readonly host: PartnerHost,
    readonly partners: RecordingPartner[],
    readonly csms: LoadCsms,
    readonly admin: GatewayAdmin,
    readonly database: pg.Pool,
  ) {}

  /** Starts everything, connects the partners, states the network and waits until each partner has all of it. */
  static async start(
    backing: Backing,
    options: WorldOptions,
    host?: PartnerHost,
  ): Promise<FaultWorld> {
    const env = {
      KAFKA_BROKERS: backing.brokers.join(','),
      OCPI_KAFKA_TOPIC_PREFIX: backing.topicPrefix,
      KAFKA_GROUP_ID: `${backing.topicPrefix}gateway`,
      KAFKA_SESSION_TIMEOUT_MS: '4000',
      OCPI_LEASE_SECONDS: '2',
      OCPI_CSMS_OUT: 'kafka',
      ...options.env,
    };
    await makeTopics({
      ...env,
      OCPI_ENVIRONMENT: 'development',
      DATABASE_URL: backing.databaseUrl,
    });
    const replicas = await startReplicas({
      databaseUrl: backing.databaseUrl,
      env,
      apis: options.apis ?? 1,
      consumers: options.consumers ?? 1,
      ...(options.root !== undefined && { root: options.root }),
    });
    options.onReplicas?.(replicas);
    const partnerHost = host ?? (await PartnerHost.start());
    const database = new pg.Pool({ connectionString: backing.databaseUrl, max: 2 });
    database.on('error', () => undefined);
    const csms = new LoadCsms(
      new KafkaEventSender(backing.brokers, { topicPrefix: backing.topicPrefix }),
      options.network,
    );
    const admin = new GatewayAdmin(replicas.apis[0]?.internalUrl ?? '', TEST_ADMIN_KEY);
    const world = new FaultWorld(backing, replicas, partnerHost, [], csms, admin, database);
    try {
      await admin.hostParty(OPERATOR.country_code, OPERATOR.party_id);
      for (const { version, profile, port } of options.partners) {
        await world.connect(version, profile, port);
      }
      await csms.stateNetwork();
      if (options.isPushed !== false) await world.settled();
    } catch (error) {
      await world.stop();
      throw error;
    }
    return world;
  }

  async connect(
    version: OcpiVersion,
    profile: Record<string, unknown> = {},
    port?: number,
  ): Promise<RecordingPartner> {
    const partner = this.host.add(version, port);
    const party = `${partner.party.country_code}*${partner.party.party_id}`;
    await partner.register(await this.admin.connect(partner.id, party, { profile }));
    this.partners.push(partner);
    return partner;
  }

  /** Resolves when the feeds have nothing left to read and every partner has what the CSMS said. */
  async settled(timeoutMs = PATIENCE_MS): Promise<void> {
    await eventually(
      async () => {
        await this.feedsAtRest(timeoutMs);
        const missing = this.missing();
        if (missing.length > 0) {
          throw new Error(`${missing.length} missing: ${missing.slice(0, 5).join('; ')}`);
        }
      },
      { timeoutMs, intervalMs: 300 },
    );
  }

  /** Resolves when no feed has anything left to read, whatever the partners made of it. */
  async feedsAtRest(timeoutMs = PATIENCE_MS): Promise<void> {
    await eventually(
      async () => {
        const { rows } = await this.database.query<{ behind: number }>(
          `SELECT count(*)::int AS behind FROM feed f WHERE f.snapshot IS NOT NULL OR EXISTS
             (SELECT 1 FROM change c WHERE (c.xid, c.seq) > (f.cursor_xid, f.cursor_seq))`,
        );
        if (rows[0]?.behind !== 0) throw new Error(`${rows[0]?.behind} feeds are behind`);
      },
      { timeoutMs, intervalMs: 100 },
    );
  }

  /** What partners lack of what the CSMS said: statuses, tariffs, sessions and CDRs, named. */
  missing(partners: readonly RecordingPartner[] = this.partners): string[] {
    const missing: string[] = [];
    for (const partner of partners) {
      missing.push(...this.missingAt(partner));
      if (missing.length > MOST_NAMED) break;
    }
    return missing;
  }

  private missingAt({ id, store, party }: RecordingPartner): string[] {
    const { country_code: cc, party_id: pid } = OPERATOR;
    const missing: string[] = [];
    for (const site of this.csms.sites) {
      const location = store.get('locations', [cc, pid, site.location.id]);
      if (location?.name !== site.location.name) missing.push(`${id} ${site.location.id}`);
      const evses = new Map(
        ((location?.evses ?? []) as { uid: string; status: string }[]).map((e) => [
          e.uid,
          e.status,
        ]),
      );
      for (const [uid, status] of site.statuses) {
        if (evses.get(uid) !== status) missing.push(`${id} ${uid} ${status} has ${evses.get(uid)}`);
      }
    }
    for (const tariff of this.csms.tariffs.keys()) {
      if (!store.get('tariffs', [cc, pid, tariff])) missing.push(`${id} tariff ${tariff}`);
    }
    const mine = `${party.country_code}*${party.party_id}`;
    for (const session of this.csms.sessions.values()) {
      if (session.cdr_token.party_id !== party.party_id) continue;
      const has = store.get('sessions', [cc, pid, session.id]);
      if (has?.status !== session.status) missing.push(`${id} session ${session.id}`);
    }
    for (const [cdr, owner] of this.csms.cdrs) {
      if (owner === mine && !store.cdrs.has(cdr.toUpperCase())) missing.push(`${id} CDR ${cdr}`);
    }
    return missing;
  }

  /** Events that the broker took and that the gateway has not stored. */
  async lostEvents(): Promise<number> {
    const { rows } = await this.database.query<{ n: number }>(
      'SELECT count(*)::int AS n FROM inbox',
    );
    return this.csms.sent - (rows[0]?.n ?? 0);
  }

  /** Sum of a counter over its labels; 0 while the process does not answer. */
  async counter(app: AppProcess, name: string): Promise<number> {
    try {
      const text = await (await fetch(`${app.internalUrl}/metrics`)).text();
      return text
        .split('\n')
        .filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `))
        .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' ') + 1)), 0);
    } catch {
      return 0;
    }
  }

  get repeated(): number {
    return this.partners.reduce((sum, { ledger }) => sum + ledger.repeated, 0);
  }

  get requests(): number {
    return this.partners.reduce((sum, { ledger }) => sum + ledger.requests, 0);
  }

  get violations(): string[] {
    return this.partners.flatMap(({ id, ledger }) => ledger.violations.map((v) => `${id}: ${v}`));
  }

  async stop(): Promise<void> {
    await Promise.allSettled([this.csms.close(), this.replicas.stop()]);
    await Promise.allSettled([this.host.stop(), this.database.end()]);
  }
}
