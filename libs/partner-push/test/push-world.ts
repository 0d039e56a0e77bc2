import { appendChanges, ChangeLogSignal, type NewChange } from '#change-log';
import { openDataSource } from '#database';
import {
  type Cdr,
  foldId,
  fragmentLocation,
  type Location,
  locationView,
  OCPI_VERSIONS,
  type OcpiVersion,
  partyKey,
  type Session,
  type Tariff,
} from '#ocpi';
import { ConnectionDirectory, PartnerClient, SecretBox } from '#partners';
import { Metrics, readSettings } from '#platform';
import { type DataSource } from 'typeorm';
import { createTestDatabase, type TestDatabase } from '../../../test/harness/database.js';
import { PartnerServer } from '../../../test/harness/partner-server.js';
import { FeedRunner } from '../src/index.js';

export const TOKEN = 'test-token-of-the-partner-0123456789';
export const ENCRYPTION_KEY = Buffer.alloc(32, 7).toString('base64');

export const MODULES = ['locations', 'tariffs', 'sessions', 'cdrs'] as const;

export interface PartnerOptions {
  id?: string;
  version?: OcpiVersion;
  profile?: Record<string, unknown>;
  modules?: readonly string[];
  /** `NL*EMP` */
  parties?: { party: string; role: string }[];
  locationsShown?: 'all' | 'only' | 'except';
  tariffsShown?: 'all' | 'only' | 'except';
  hostedParties?: string[];
  /** Skip the first walk over everything. */
  isLive?: boolean;
}

export interface Partner {
  id: string;
  server: PartnerServer;
}

/** A gateway's push side over a real database, with partners that listen on loopback. */
export class PushWorld {
  readonly partners: PartnerServer[] = [];
  readonly metrics = new Metrics();
  private readonly runners: { runner: FeedRunner; close: () => Promise<void> }[] = [];
  private readonly writer: ChangeLogSignal;

  private constructor(
    private readonly database: TestDatabase,
    readonly source: DataSource,
  ) {
    this.writer = new ChangeLogSignal(source);
  }

  static async open(): Promise<PushWorld> {
    const database = await createTestDatabase();
    const source = await openDataSource(database.url, 20);
    await source.query(
      `INSERT INTO hosted_party (party_key, country_code, party_id, business_details)
       VALUES ('NL*AAA', 'NL', 'AAA', '{"name":"AAA"}')`,
    );
    return new PushWorld(database, source);
  }

  /** For other parts of the gateway that shall see the same data. */
  get databaseUrl(): string {
    return this.database.url;
  }

  /** Starts the push side of one process. */
  async startRunner(leaseSeconds = 10): Promise<FeedRunner> {
    const settings = readSettings({
      OCPI_ENVIRONMENT: 'development',
      OCPI_ENCRYPTION_KEY: ENCRYPTION_KEY,
      DATABASE_URL: this.database.url,
      OCPI_PUSH_TIMEOUT_MS: '1000',
    });
    const source = await openDataSource(this.database.url, 10);
    const directory = new ConnectionDirectory(source, settings);
    await directory.onModuleInit();
    const signal = new ChangeLogSignal(source);
    const client = new PartnerClient({ allowlist: ['127.0.0.0/8'] });
    const runner = new FeedRunner({
      source,
      directory,
      signal,
      client,
      metrics: this.metrics,
      leaseSeconds,
    });
    await runner.start();
    const close = async (): Promise<void> => {
      await runner.stop();
      await signal.close();
      await directory.onApplicationShutdown();
      await client.close();
      await source.destroy();
    };
    this.runners.push({ runner, close });
    return runner;
  }

  async stopRunners(): Promise<void> {
    for (const { close } of this.runners.splice(0)) await close();
  }

  async addPartner(options: PartnerOptions = {}): Promise<Partner> {
    const server = await PartnerServer.start();
    this.partners.push(server);
    const id = options.id ?? `partner-${this.partners.length}`;
    const version = options.version ?? '2.2.1';
    await this.source.query(
      `INSERT INTO connection (id, name, state, version, versions_url, hosted_parties, allowed_parties,
         locations_shown, tariffs_shown, profile, outbound_token, registered_at)
       VALUES ($1, $1, 'registered', $2, $3, $4, '{*}', $5, $6, $7, $8, now())`,
      [
        id,
        version,
        `${server.url}/versions`,
        options.hostedParties ?? null,
        options.locationsShown ?? 'all',
        options.tariffsShown ?? 'all',
        JSON.stringify({ minBackoffMs: 50, maxBackoffMs: 400, ...options.profile }),
        new SecretBox(ENCRYPTION_KEY).encrypt(TOKEN),
      ],
    );
    for (const module of options.modules ?? MODULES) {
      await this.source.query(
        `INSERT INTO remote_endpoint (connection_id, identifier, role, url) VALUES ($1, $2, 'RECEIVER', $3)`,
        [id, module, `${server.url}/${module}`],
      );
    }
    for (const { party, role } of options.parties ?? [{ party: 'NL*EMP', role: 'EMSP' }]) {
      const [countryCode, partyId] = party.split('*');
      await this.source.query(
        `INSERT INTO remote_party (connection_id, party_key, role, country_code, party_id) VALUES ($1, $2, $3, $4, $5)`,
        [id, party, role, countryCode, partyId],
      );
    }
    if (options.isLive === true) {
      await this.source.query(
        `INSERT INTO feed (connection_id, cursor_xid, cursor_seq)
         VALUES ($1, pg_snapshot_xmax(pg_current_snapshot())::text::bigint - 1, 9007199254740991)`,
        [id],
      );
    }
    await this.source.query(`SELECT pg_notify('ocpi_connection', $1)`, [id]);
    return { id, server };
  }

  /** Stores or replaces a Location, and says what changed by a row of the change log. */
  async stateLocation(location: Location, changes: Partial<NewChange>[] = [{}]): Promise<number> {
    const key = partyKey(location);
    const fragments = Object.fromEntries(
      OCPI_VERSIONS.map((version) => [
        version,
        fragmentLocation(version, location, locationView(version, ALL_TARIFFS)),
      ]),
    );
    const { evses = [], last_updated, ...own } = location;
    const id = await this.source.transaction(async (tx) => {
      const [row] = await tx.query<{ id: number }[]>(
        `INSERT INTO location (party_key, location_key, body, publish, v211, v221, v230, last_updated, guard_time)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8)
         ON CONFLICT (party_key, location_key) DO UPDATE
           SET body = excluded.body, publish = excluded.publish, v211 = excluded.v211, v221 = excluded.v221,
               v230 = excluded.v230, last_updated = excluded.last_updated
         RETURNING id`,
        [
          key,
          foldId(location.id),
          JSON.stringify(own),
          location.publish,
          ...OCPI_VERSIONS.map((version) => fragments[version]?.location ?? null),
          last_updated,
        ],
      );
      for (const [position, evse] of evses.entries()) {
        const { status, last_updated: stamp, ...body } = evse;
        const [stored] = await tx.query<{ id: number }[]>(
          `INSERT INTO evse (location_id, evse_key, uid, position, body, v211, v221, v230)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
           ON CONFLICT (location_id, evse_key) DO UPDATE
             SET body = excluded.body, v211 = excluded.v211, v221 = excluded.v221, v230 = excluded.v230
           RETURNING id`,
          [
            first(row).id,
            foldId(evse.uid),
            evse.uid,
            position,
            JSON.stringify(body),
            ...OCPI_VERSIONS.map((version) => fragments[version]?.evses[position]?.text ?? null),
          ],
        );
        await tx.query(
          `INSERT INTO evse_state (evse_id, location_id, status, last_updated, guard_time) VALUES ($1, $2, $3, $4, $4)
           ON CONFLICT (evse_id) DO UPDATE SET status = excluded.status, last_updated = excluded.last_updated`,
          [first(stored).id, first(row).id, status, stamp],
        );
      }
      const base = {
        kind: 'location',
        objectId: first(row).id,
        aspect: 'created',
        partyKey: key,
      } as const;
      await appendChanges(
        tx,
        changes.map((change) => ({ ...base, ...change })),
      );
      return first(row).id;
    });
    this.writer.notify();
    return id;
  }

  async evseId(uid: string): Promise<number> {
    const [row] = await this.source.query<{ id: number }[]>('SELECT id FROM evse WHERE uid = $1', [
      uid,
    ]);
    return first(row).id;
  }

  /** A status event: state and change in one transaction. */
  async setStatus(uid: string, status: string, at = new Date()): Promise<void> {
    await this.setStatuses([[uid, status]], at);
  }

  /** Meanwhile another transaction writes, which holds the log's horizon back. */
  async whileWriting(work: () => Promise<void>): Promise<void> {
    await this.source.transaction(async (tx) => {
      await tx.query('SELECT pg_current_xact_id()');
      await work();
    });
  }

  async setStatuses(
    statuses: readonly (readonly [string, string])[],
    at = new Date(),
  ): Promise<void> {
    await this.source.transaction(async (tx) => {
      const [rows] = await tx.query<
        [{ evse_id: number; location_id: number; party_key: string }[], number]
      >(
        `UPDATE evse_state s SET status = n.status, last_updated = greatest(s.last_updated, $3)
           FROM unnest($1::text[], $2::text[]) AS n (uid, status)
           JOIN evse e ON e.uid = n.uid JOIN location l ON l.id = e.location_id
          WHERE s.evse_id = e.id RETURNING s.evse_id, s.location_id, l.party_key`,
        [statuses.map(([uid]) => uid), statuses.map(([, status]) => status), at],
      );
      await appendChanges(
        tx,
        rows.map((row) => ({
          kind: 'evse',
          objectId: row.location_id,
          evseId: row.evse_id,
          aspect: 'status',
          partyKey: row.party_key,
          eventTime: at,
        })),
      );
    });
    this.writer.notify();
  }

  async stateTariff(
    tariff: Tariff,
    aspect: NewChange['aspect'] = 'created',
    extra: Partial<NewChange> = {},
  ): Promise<number> {
    const id = await this.source.transaction(async (tx) => {
      const [row] = await tx.query<{ id: number }[]>(
        `INSERT INTO tariff (party_key, tariff_key, body, last_updated, guard_time, deleted_at)
         VALUES ($1, $2, $3, $4, $4, $5)
         ON CONFLICT (party_key, tariff_key) DO UPDATE
           SET body = excluded.body, last_updated = excluded.last_updated, deleted_at = excluded.deleted_at
         RETURNING id`,
        [
          partyKey(tariff),
          foldId(tariff.id),
          JSON.stringify(tariff),
          tariff.last_updated,
          aspect === 'deleted' ? new Date() : null,
        ],
      );
      const change = {
        kind: 'tariff',
        objectId: first(row).id,
        aspect,
        partyKey: partyKey(tariff),
      } as const;
      await appendChanges(tx, [{ ...change, ...extra }]);
      return first(row).id;
    });
    this.writer.notify();
    return id;
  }

  async stateSession(session: Session, snapshot?: Location): Promise<number> {
    const owner = partyKey(session.cdr_token);
    const id = await this.source.transaction(async (tx) => {
      const [row] = await tx.query<{ id: number; is_new: boolean }[]>(
        `INSERT INTO session (party_key, session_key, token_party_key, body, location_snapshot, status, last_updated, guard_time)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $7)
         ON CONFLICT (party_key, session_key) DO UPDATE
           SET body = excluded.body, status = excluded.status, last_updated = excluded.last_updated
         RETURNING id, xmax = 0 AS is_new`,
        [
          partyKey(session),
          foldId(session.id),
          owner,
          JSON.stringify(session),
          snapshot ? JSON.stringify(snapshot) : null,
          session.status,
          session.last_updated,
        ],
      );
      await appendChanges(tx, [
        {
          kind: 'session',
          objectId: first(row).id,
          aspect: first(row).is_new ? 'created' : 'content',
          partyKey: partyKey(session),
          audience: owner,
        },
      ]);
      return first(row).id;
    });
    this.writer.notify();
    return id;
  }

  async issueCdr(cdr: Cdr, snapshot?: Location): Promise<number> {
    const owner = partyKey(cdr.cdr_token);
    const id = await this.source.transaction(async (tx) => {
      const [row] = await tx.query<{ id: number }[]>(
        `INSERT INTO cdr (party_key, cdr_key, token_party_key, session_key, body, location_snapshot, last_updated)
         VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id`,
        [
          partyKey(cdr),
          foldId(cdr.id),
          owner,
          cdr.session_id ?? null,
          JSON.stringify(cdr),
          snapshot ? JSON.stringify(snapshot) : null,
          cdr.last_updated,
        ],
      );
      const change = { kind: 'cdr', objectId: first(row).id, aspect: 'created' } as const;
      await appendChanges(tx, [{ ...change, partyKey: partyKey(cdr), audience: owner }]);
      return first(row).id;
    });
    this.writer.notify();
    return id;
  }

  /** Writes changes of objects that are stored already. */
  async change(...changes: NewChange[]): Promise<void> {
    await appendChanges(this.source, changes);
    this.writer.notify();
  }

  /** Removes partners and all data, so that the next test starts from nothing. */
  async reset(): Promise<void> {
    await this.stopRunners();
    for (const partner of this.partners.splice(0)) await partner.stop();
    await this.source.query(
      `TRUNCATE change, feed, lease, connection, remote_endpoint, remote_party, location, evse, evse_state, tariff,
         session, session_delivery, cdr, cdr_receipt, cdr_rendition, parked_push, exchange, object_grant`,
    );
  }

  async close(): Promise<void> {
    await this.reset();
    await this.writer.close();
    await this.source.destroy();
    await this.database.drop();
  }
}

const ALL_TARIFFS = {
  tariffs: {
    visible: () => true,
    regularAt: ([first]: readonly string[]) => first,
  },
  at: new Date('2026-01-01T12:00:00Z'),
};

function first<T>(row: T | undefined): T {
  if (row === undefined) throw new Error('the statement returned no row');
  return row;
}
