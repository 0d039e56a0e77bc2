/* eslint-disable @typescript-eslint/no-unsafe-assignment, @typescript-eslint/no-unsafe-member-access, @typescript-eslint/no-unsafe-return -- bodies are whatever was read */
import { ChangeLogSignal } from '#change-log';
import { OCPI_VERSIONS, type OcpiVersion } from '#ocpi';
import { issueToken } from '#partners';
import { type GatewaySettings, Metrics } from '#platform';
import { request } from 'undici';
import { type PartnerServer, type RecordedRequest } from '../../../test/harness/partner-server.js';
import { eventually } from '../../../test/harness/wait-for.js';
import { ENCRYPTION_KEY, PushWorld } from '../../../libs/partner-push/test/push-world.js';
import { startOcpiApi } from '../../ocpi-api/src/create-app.js';
import { EventProcessor } from '../src/events/event-processor.js';
import { type EventOutcome, type IncomingEvent } from '../src/events/incoming-event.js';
import { exampleData, type Json, incoming, TestClock } from './processor-harness.js';

export const ADMIN_KEY = 'admin-key-of-the-journeys';
export const NEWER = ['2.2.1', '2.3.0'] as const;

/** One partner per version, all of them the eMSP DE*EMP, so that each is told the same in its own words. */
type Recorders = Record<OcpiVersion, PartnerServer>;

/**
 * From the CSMS's event to the wire: events go through ingest, feeds push to a recording partner of every version, and
 * ocpi-api serves the same database.
 */
export class WireJourney {
  partners = {} as Recorders;
  private tokens = {} as Record<OcpiVersion, string>;

  private constructor(
    readonly world: PushWorld,
    readonly signal: ChangeLogSignal,
    private readonly api: Awaited<ReturnType<typeof startOcpiApi>>,
    private readonly processor: EventProcessor,
    readonly clock: TestClock,
  ) {}

  static async open(): Promise<WireJourney> {
    const world = await PushWorld.open();
    const api = await startOcpiApi({
      OCPI_ENVIRONMENT: 'test',
      OCPI_LOG_LEVEL: 'silent',
      DATABASE_URL: world.databaseUrl,
      DATABASE_POOL_SIZE: '4',
      OCPI_PUBLIC_URL: 'https://cpo.example.com',
      OCPI_PUBLIC_PORT: '0',
      OCPI_INTERNAL_PORT: '0',
      OCPI_BIND_ADDRESS: '127.0.0.1',
      OCPI_ADMIN_KEY: ADMIN_KEY,
      OCPI_ENCRYPTION_KEY: ENCRYPTION_KEY,
      OCPI_PARTNER_URL_ALLOWLIST: '127.0.0.1',
    });
    const signal = new ChangeLogSignal(world.source);
    const clock = new TestClock();
    const settings = { holdSeconds: 300 } as GatewaySettings;
    const processor = new EventProcessor(world.source, signal, settings, clock, new Metrics());
    return new WireJourney(world, signal, api, processor, clock);
  }

  /** Connects the three partners; nothing was said before. */
  async begin(): Promise<void> {
    this.clock.instant = new Date('2026-03-01T12:00:00Z');
    for (const version of OCPI_VERSIONS) {
      const { id, server } = await this.world.addPartner({
        id: `emsp-${version}`,
        version,
        parties: [{ party: 'DE*EMP', role: 'EMSP' }],
        isLive: true,
      });
      this.partners[version] = server;
      this.tokens[version] = await issueToken(this.world.source, id, 'full');
    }
    await this.world.source.query(`SELECT pg_notify('ocpi_connection', 'emsp-2.1.1')`);
    await this.world.startRunner(3600);
  }

  async end(): Promise<void> {
    await this.world.reset();
    await this.world.source.query(
      'TRUNCATE inbox, parked_event, snapshot_run, token, connection_token, csms_message',
    );
  }

  async close(): Promise<void> {
    await this.api.app.close();
    await this.signal.close();
    await this.world.close();
  }

  /** Takes events in and waits until every partner was told all there was to tell. */
  async say(...events: IncomingEvent[]): Promise<EventOutcome[]> {
    const outcomes = await this.processor.process(events);
    await this.told();
    return outcomes;
  }

  /** Resolves when no feed has anything before it. */
  told(): Promise<unknown> {
    return eventually(async () => {
      const [row] = await this.world.source.query<{ behind: number }[]>(
        `SELECT count(*) AS behind FROM feed f
          WHERE EXISTS (SELECT FROM change c WHERE (c.xid, c.seq) > (f.cursor_xid, f.cursor_seq))`,
      );
      return row?.behind === 0;
    });
  }

  /** What this partner was told about, since the last `clear`. */
  pushed(version: OcpiVersion, module: string): RecordedRequest[] {
    return this.partners[version].pushes.filter(({ path }) => path.startsWith(`/${module}`));
  }

  /** `PATCH ACTIVE` for every Session push, in order. */
  statuses(version: OcpiVersion): string[] {
    return this.pushed(version, 'sessions').map(
      ({ method, body }) => `${method} ${body?.status ?? '-'}`,
    );
  }

  clear(): void {
    for (const version of OCPI_VERSIONS) this.partners[version].clear();
  }

  /** A page that the partner of this version fetches. */
  async list(version: OcpiVersion, path: string): Promise<Json[]> {
    const answer = await this.call(version, 'GET', path);
    expect(answer.status_code).toBe(1000);
    return answer.data;
  }

  async call(version: OcpiVersion, method: string, path: string, body?: unknown): Promise<Json> {
    const token = this.tokens[version];
    const shown = version === '2.1.1' ? token : Buffer.from(token).toString('base64');
    const url = `http://127.0.0.1:${this.api.publicPort}/ocpi/${version}/${path}`;
    return json(url, method, `Token ${shown}`, body);
  }

  /** What the operator reads. */
  admin(path: string): Promise<Json> {
    const url = `http://127.0.0.1:${this.api.internalPort}/admin/v1/${path}`;
    return json(url, 'GET', `Bearer ${ADMIN_KEY}`);
  }
}

async function json(
  url: string,
  method: string,
  authorization: string,
  body?: unknown,
): Promise<Json> {
  const answer = await request(url, {
    method: method as 'GET',
    headers: {
      authorization,
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  return answer.body.json();
}

/** Statements of the CSMS, made from the contract's examples; `time` is the event's own and `last_updated` the object's. */
const stated =
  (type: string) =>
  (time: string, change: object = {}): IncomingEvent =>
    incoming(
      type,
      {
        ...exampleData(type),
        ...(type.startsWith('session') && { last_updated: time }),
        ...change,
      },
      { time },
    );

export const says = {
  location: stated('location.upserted'),
  tariff: stated('tariff.upserted'),
  tariffRemoved: stated('tariff.removed'),
  started: stated('session.started'),
  updated: stated('session.updated'),
  ended: stated('session.ended'),
  cdr: stated('cdr.issued'),
};

/** 2026-03-01 at this time of day. */
export const at = (time: string): string => `2026-03-01T${time}:00Z`;

export const bodyOf = (requests: readonly RecordedRequest[], index: number): Json =>
  requests.at(index)?.body;
