import { ChangeLogSignal } from '#change-log';
import { parseStructured } from '#csms-contract';
import { type Location, OCPI_VERSIONS, type OcpiVersion } from '#ocpi';
import { type NewConnection, PartnerClient, TokenPull } from '#partners';
import { Clock, type GatewaySettings, Metrics } from '#platform';
import { FeedRunner } from '#partner-push';
import { randomUUID } from 'node:crypto';
import { EventProcessor } from '../../apps/csms-consumer/src/events/event-processor.js';
import {
  type EventOutcome,
  type IncomingEvent,
} from '../../apps/csms-consumer/src/events/incoming-event.js';
import { type Answer, ApiHarness, type Json } from '../harness/api-harness.js';
import { PartnerServer } from '../harness/partner-server.js';
import { eventually } from '../harness/wait-for.js';

export interface Peer {
  id: string;
  version: OcpiVersion;
  server: PartnerServer;
  token: string;
}

export interface PeerOptions extends Partial<NewConnection> {
  version: OcpiVersion;
  parties?: [partyKey: string, role: string][];
  locationsShown?: 'all' | 'only' | 'except';
}

/** What a partner was sent: `PATCH LOC1/3256` and the body. */
export interface Pushed {
  line: string;
  body: Json;
}

/** The instant of the gateway's clock; what the CSMS states is earlier. */
export const NOW = '2026-03-01T12:00:00Z';
/** When the Locations of the tests are stated first. */
export const T0 = '2026-03-01T08:00:00.250Z';
export const T1 = '2026-03-01T09:00:00.500Z';
export const T2 = '2026-03-01T10:00:00.750Z';

class StandingClock extends Clock {
  now(): Date {
    return new Date(NOW);
  }
}

/** A whole gateway in one process, from the CSMS's events to what recording partners are sent and may read. */
export class LocationWorld {
  readonly peers = new Map<OcpiVersion, Peer>();
  private readonly others: Peer[] = [];

  private constructor(
    readonly api: ApiHarness,
    private readonly processor: EventProcessor,
    private readonly runner: FeedRunner,
    private readonly signal: ChangeLogSignal,
    private readonly client: PartnerClient,
    /** Fetches the tokens of a partner, as the consumer does by schedule. */
    readonly tokenPull: TokenPull,
  ) {}

  /** Hosts NL*AAA and NL*BBB; one partner per version sees all of NL*AAA. */
  static async start(): Promise<LocationWorld> {
    const api = await ApiHarness.start({ DATABASE_POOL_SIZE: '12' });
    await api.host('NL*AAA', 'NL*BBB');
    const source = api.dataSource;
    const signal = new ChangeLogSignal(source);
    const metrics = new Metrics();
    const settings = { holdSeconds: 300 } as GatewaySettings;
    const clock = new StandingClock();
    const processor = new EventProcessor(source, signal, settings, clock, metrics);
    const client = new PartnerClient({ allowlist: ['127.0.0.0/8'] });
    const runner = new FeedRunner({
      source,
      directory: api.directory,
      signal,
      client,
      metrics,
      leaseSeconds: 30,
    });
    await runner.start();
    const pull = new TokenPull(source, client, api.directory, clock);
    const world = new LocationWorld(api, processor, runner, signal, client, pull);
    for (const version of OCPI_VERSIONS) {
      world.peers.set(
        version,
        await world.connect(`all-${version.replaceAll('.', '')}`, {
          version,
          hostedParties: ['NL*AAA'],
        }),
      );
    }
    return world;
  }

  /** A registered partner that hears of everything from now on. */
  async connect(id: string, options: PeerOptions): Promise<Peer> {
    const { version, parties = [['DE*EMP', 'EMSP']], locationsShown, ...connection } = options;
    const server = await PartnerServer.start();
    const source = this.api.dataSource;
    await source.query(
      `INSERT INTO feed (connection_id, cursor_xid, cursor_seq)
       VALUES ($1, pg_snapshot_xmax(pg_current_snapshot())::text::bigint - 1, 9007199254740991)`,
      [id],
    );
    await source.query(
      `INSERT INTO remote_endpoint (connection_id, identifier, role, url)
       SELECT $1, m, 'RECEIVER', $2 || '/' || m FROM unnest($3::text[]) AS m`,
      [id, server.url, ['locations', 'tariffs', 'sessions', 'cdrs']],
    );
    const token = await this.api.register(id, version, parties, {
      ...connection,
      urls: server.url,
    });
    if (locationsShown) {
      await source.query('UPDATE connection SET locations_shown = $2 WHERE id = $1', [
        id,
        locationsShown,
      ]);
      await this.api.directory.changed();
    }
    const peer = { id, version, server, token };
    this.others.push(peer);
    return peer;
  }

  peer(version: OcpiVersion): Peer {
    return this.peers.get(version)!;
  }

  /** Says something as the CSMS does. */
  async outcomes(...events: IncomingEvent[]): Promise<EventOutcome[]> {
    return this.processor.process(events);
  }

  /** Says something that the gateway accepts, and waits until every partner was told. */
  async say(...events: IncomingEvent[]): Promise<void> {
    const outcomes = await this.processor.process(events);
    expect(outcomes.map(({ outcome, reason }) => ({ outcome, reason }))).toEqual(
      events.map(() => ({ outcome: 'applied', reason: undefined })),
    );
    await this.told();
  }

  /** Waits until all feeds have passed the end of the change log. */
  async told(): Promise<void> {
    await eventually(async () => {
      const [row] = await this.api.dataSource.query<{ behind: number }[]>(
        `SELECT count(*)::int AS behind FROM feed f
          WHERE f.snapshot IS NOT NULL
             OR EXISTS (SELECT FROM change c WHERE (c.xid, c.seq) > (f.cursor_xid, f.cursor_seq))`,
      );
      expect(row).toEqual({ behind: 0 });
    });
  }

  /** What a partner was sent about a Location of NL*AAA, in order. */
  pushed({ server }: Peer, locationId: string): Pushed[] {
    const start = `/locations/NL/AAA/${locationId}`;
    return server.pushes
      .filter(({ path }) => path === start || path.startsWith(`${start}/`))
      .map(({ method, path, body }) => ({
        line: `${method} ${path.slice('/locations/NL/AAA/'.length)}`,
        body,
      }));
  }

  get(peer: Peer, path: string, headers: Record<string, string> = {}): Promise<Answer> {
    return this.api.call(`/ocpi/${peer.version}/${path}`, { token: peer.token, headers });
  }

  /** A Location, EVSE or Connector as the partner reads it. */
  async read(peer: Peer, path: string): Promise<Json> {
    const answer = await this.get(peer, `locations/${path}`);
    expect([path, answer.status]).toEqual([path, 200]);
    return answer.json.data;
  }

  async stop(): Promise<void> {
    await this.runner.stop();
    await this.signal.close();
    await this.client.close();
    for (const { server } of this.others) await server.stop();
    await this.api.stop();
  }
}

/** An event as the HTTP binding hands it in. */
export function event(type: string, data: unknown, time = T0): IncomingEvent {
  const attributes = { specversion: '1.0', id: randomUUID(), source: 'urn:test', time };
  const text = JSON.stringify({ ...attributes, type: `ocpi.${type}.v1`, data });
  return {
    binding: 'http',
    origin: { client: 'test' },
    raw: Buffer.from(text),
    parsed: parseStructured(JSON.parse(text)),
  };
}

export const upserted = (location: Location, time = T0): IncomingEvent =>
  event('location.upserted', location, time);

export const statusOf = (
  locationId: string,
  evseUid: string,
  status: string,
  time = T1,
): IncomingEvent =>
  event(
    'evse.status-changed',
    { country_code: 'NL', party_id: 'AAA', location_id: locationId, evse_uid: evseUid, status },
    time,
  );

/** A stamp as the version writes it. */
export const wireTime = (version: OcpiVersion, stamp: string): string =>
  version === '2.1.1' ? stamp.replace(/\.\d+Z$/, 'Z') : stamp;
