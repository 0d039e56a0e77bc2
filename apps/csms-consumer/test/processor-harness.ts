/* eslint-disable @typescript-eslint/no-explicit-any, @typescript-eslint/no-unsafe-return, @typescript-eslint/no-unsafe-assignment, @typescript-eslint/no-unsafe-member-access -- bodies are whatever was stored */
import { ChangeLogSignal } from '#change-log';
import { parseStructured } from '#csms-contract';
import { locationPage, openDataSource } from '#database';
import { type Location, type OcpiVersion } from '#ocpi';
import { Clock, type GatewaySettings, Metrics } from '#platform';
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { type DataSource } from 'typeorm';
import { createTestDatabase } from '../../../test/harness/database.js';
import { EventProcessor } from '../src/events/event-processor.js';
import { type EventOutcome, type IncomingEvent } from '../src/events/incoming-event.js';

/** A body as read. */
export type Json = any;

/** A clock that tests set. */
export class TestClock extends Clock {
  instant = new Date('2026-03-01T12:00:00Z');
  now(): Date {
    return this.instant;
  }
}

export interface EventParts {
  id?: string;
  source?: string;
  time?: string;
  sequence?: number;
  snapshotid?: string;
}

/** The contract's own example of a message: `location.upserted`. */
export const exampleData = (name: string): any =>
  JSON.parse(readFileSync(`libs/csms-contract/examples/${name}.json`, 'utf8')).data;

export function incoming(type: string, data: unknown, parts: EventParts = {}): IncomingEvent {
  const event = {
    specversion: '1.0',
    id: randomUUID(),
    source: 'urn:test',
    type: `ocpi.${type}.v1`,
    time: '2026-03-01T12:00:00Z',
    ...parts,
    data,
  };
  const raw = Buffer.from(JSON.stringify(event));
  return {
    binding: 'http',
    origin: { client: 'test' },
    raw,
    parsed: parseStructured(JSON.parse(raw.toString())),
  };
}

/** A processor on a database of its own, with the party NL*AAA hosted. */
export class ProcessorHarness {
  private constructor(
    readonly dataSource: DataSource,
    readonly url: string,
    private readonly drop: () => Promise<void>,
    readonly processor: EventProcessor,
    private readonly signal: ChangeLogSignal,
    readonly clock: TestClock,
  ) {}

  static async start(holdSeconds = 300): Promise<ProcessorHarness> {
    const database = await createTestDatabase();
    const dataSource = await openDataSource(database.url, 4);
    const signal = new ChangeLogSignal(dataSource);
    const clock = new TestClock();
    const settings = { holdSeconds } as GatewaySettings;
    const processor = new EventProcessor(dataSource, signal, settings, clock, new Metrics());
    const harness = new ProcessorHarness(
      dataSource,
      database.url,
      () => database.drop(),
      processor,
      signal,
      clock,
    );
    await dataSource.query(
      `INSERT INTO hosted_party (party_key, country_code, party_id, business_details)
       VALUES ('NL*AAA', 'NL', 'AAA', '{"name":"Example Charging"}')`,
    );
    return harness;
  }

  async stop(): Promise<void> {
    await this.signal.close();
    await this.dataSource.destroy();
    await this.drop();
  }

  /** Forgets everything but the hosted party. */
  async clear(): Promise<void> {
    await this.dataSource.query(
      `TRUNCATE location, evse, evse_state, tariff, session, cdr, change, inbox, parked_event, snapshot_run, connection,
       remote_party`,
    );
    this.clock.instant = new Date('2026-03-01T12:00:00Z');
  }

  /** Makes an eMSP that covers this party a registered partner. */
  async connect(party: string): Promise<void> {
    await this.dataSource.query(
      `WITH c AS (INSERT INTO connection (id, name, state, allowed_parties)
         VALUES ('partner', 'Partner', 'registered', '{}') RETURNING id)
       INSERT INTO remote_party (connection_id, party_key, role, country_code, party_id)
       SELECT id, $1, 'EMSP', split_part($1, '*', 1), split_part($1, '*', 2) FROM c`,
      [party],
    );
  }

  async send(...events: IncomingEvent[]): Promise<string[]> {
    return (await this.outcomes(...events)).map(({ outcome }) => outcome);
  }

  outcomes(...events: IncomingEvent[]): Promise<EventOutcome[]> {
    return this.processor.process(events);
  }

  rows(sql: string, parameters: unknown[] = []): Promise<any[]> {
    return this.dataSource.query(sql, parameters);
  }

  /** Lines of the change log since the last call. */
  async changes(): Promise<any[]> {
    const rows = await this.rows('SELECT * FROM change ORDER BY xid, seq');
    await this.rows('DELETE FROM change');
    return rows.map(({ kind, aspect, fields, connector_id, versions, audience }) =>
      JSON.parse(
        JSON.stringify({
          kind,
          aspect,
          fields: fields ?? undefined,
          connectorId: connector_id ?? undefined,
          versions: versions ?? undefined,
          audience: audience ?? undefined,
        }),
      ),
    );
  }

  /** What partners on a version see of a Location, from the stored text. */
  async seen(id: string, version: OcpiVersion): Promise<any> {
    const page = await locationPage(this.dataSource, {
      version,
      parties: null,
      shown: { rule: 'all', connectionId: '' },
      offset: 0,
      limit: 1000,
    });
    return page.map(({ text }) => JSON.parse(text)).find((location) => location.id === id);
  }
}

/** The example Location with changes. */
export const site = (change: Partial<Location> = {}): Location => ({
  ...exampleData('location.upserted'),
  ...change,
});
