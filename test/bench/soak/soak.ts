import pg from 'pg';
import { setTimeout as sleep } from 'node:timers/promises';
import { eventually } from '../../harness/wait-for.js';
import { type Benchmark } from '../bench-context.js';
import { receiving } from '../fanout/fanout.js';
import { type Receivers } from '../fanout/receivers.worker.js';
import { seedNetwork } from '../network/seed-network.js';
import { seedPartners } from '../network/seed-partners.js';
import { makeTopics, type StatusChange, StatusSource } from '../network/status-source.js';
import { BenchWorker } from '../processes/bench-worker.js';
import { type MemorySample, memoryRows } from '../memory/memory-rows.js';
import { residentMb } from '../processes/process-usage.js';
import { atLeast, atMost, type BenchRow, row } from '../report.js';
import { untilTime } from '../until-time.js';

const LOCATIONS = 1000;
const EVSES = 2;
const PARTNERS = 20;
const EVENTS_PER_SECOND = 100;
const STEP_MS = 100;
const SAMPLE_EVERY_MS = 5000;
const PREFIX = 'soak.';
/** Six minutes, so that pruning keeps pace with a run of half an hour. */
const RETENTION_HOURS = '0.1';
/** Growth of the last third over the middle one that is still called bounded. */
const BOUNDED = 1.1;
/** The tables that every event adds a row to. */
const GROWING = ['change', 'inbox'] as const;

/** 100 status events a second to 20 partners for half an hour, with short retention: memory stays flat, tables stay bounded, nobody falls behind. */
export const soak: Benchmark = async (context) => {
  const database = await context.database();
  await seedNetwork(database.url, { locations: LOCATIONS, evses: EVSES, connectors: 2 });
  const receivers = BenchWorker.start<Receivers>('../fanout/receivers.worker.js', import.meta.url);
  context.closeLater(() => receivers.stop());
  const origins = await receivers.call('listen', { partners: PARTNERS });
  await seedPartners(database.url, origins.map(receiving));
  const brokers = await context.brokers();
  await makeTopics(brokers, PREFIX);
  const source = await StatusSource.open(brokers, PREFIX);
  context.closeLater(() => source.close());
  const servers = await context.servers({
    databaseUrl: database.url,
    env: {
      KAFKA_BROKERS: brokers,
      KAFKA_GROUP_ID: 'soak',
      OCPI_KAFKA_TOPIC_PREFIX: PREFIX,
      OCPI_CHANGE_LOG_RETENTION_HOURS: RETENTION_HOURS,
      OCPI_INBOX_RETENTION_HOURS: RETENTION_HOURS,
    },
  });
  const watcher = new pg.Pool({ connectionString: database.url, max: 1 });
  context.closeLater(() => watcher.end());

  const minutes = context.options.soakMinutes;
  const endsAt = Date.now() + minutes * 60_000;
  const saying = sayStatuses(source, minutes * 60);
  const pids = { 'ocpi-api': servers.api.pid, 'csms-consumer': servers.consumer.pid };
  const memory = new Map(Object.keys(pids).map((name) => [name, [] as MemorySample[]]));
  const rowsOf = new Map(GROWING.map((name) => [name, [] as number[]]));
  const startedAt = Date.now();
  while (Date.now() < endsAt) {
    await sleep(SAMPLE_EVERY_MS);
    const minute = (Date.now() - startedAt) / 60_000;
    for (const [name, pid] of Object.entries(pids)) {
      memory.get(name)?.push([minute, residentMb(pid)]);
    }
    for (const name of GROWING) {
      const counted = await watcher.query<{ n: number }>(`SELECT count(*)::int AS n FROM ${name}`);
      rowsOf.get(name)?.push(counted.rows[0]?.n ?? 0);
    }
  }
  const said = await saying;
  const caughtUpMs = await atRest(watcher);
  const pushes = await receivers.call('count', undefined);
  const size = await watcher.query<{ mb: number }>(
    `SELECT pg_database_size(current_database()) / 1e6 AS mb`,
  );
  return [
    row('soak, pushes received for an event and partner', pushes / (said * PARTNERS), 'pushes', {
      goal: atLeast(0.9),
    }),
    row('soak, until the last event was told', caughtUpMs, 'ms', { goal: atMost(5000) }),
    ...[...memory].flatMap(([name, samples]) => memoryRows(`soak, memory of ${name}`, samples)),
    ...[...rowsOf].map(([name, counts]) => boundedRow(name, counts)),
    row('soak, database at the end', Number(size.rows[0]?.mb), 'MB'),
  ];
};

async function sayStatuses(source: StatusSource, seconds: number): Promise<number> {
  const changes = statusChanges();
  const startedAt = performance.now();
  const perStep = (EVENTS_PER_SECOND * STEP_MS) / 1000;
  let said = 0;
  for (let step = 0; step < (seconds * 1000) / STEP_MS; step++) {
    await untilTime(startedAt + step * STEP_MS);
    await source.send(Array.from({ length: perStep }, () => changes.next().value));
    said += perStep;
  }
  return said;
}

function* statusChanges(): Generator<StatusChange, never> {
  for (let turn = 0; ; turn++) {
    for (let location = 1; location <= LOCATIONS; location++) {
      const status = turn % 2 === 0 ? 'CHARGING' : 'AVAILABLE';
      yield { location, evse: 1 + (location % EVSES), status, time: new Date() };
    }
  }
}

/** Milliseconds until no feed has anything left to read. */
async function atRest(database: pg.Pool): Promise<number> {
  const startedAt = Date.now();
  await eventually(
    async () => {
      const { rows } = await database.query<{ behind: number }>(
        `SELECT count(*)::int AS behind FROM feed f WHERE f.snapshot IS NOT NULL OR EXISTS
           (SELECT 1 FROM change c WHERE (c.xid, c.seq) > (f.cursor_xid, f.cursor_seq))`,
      );
      if (rows[0]?.behind !== 0) throw new Error(`${rows[0]?.behind} feeds are behind`);
    },
    { timeoutMs: 120_000, intervalMs: 100 },
  );
  return Date.now() - startedAt;
}

/** The most rows in the last third beside the most in the middle one. */
function boundedRow(name: string, counts: readonly number[]): BenchRow {
  const third = Math.floor(counts.length / 3);
  return row(
    `soak, rows of ${name}, most in the last third`,
    Math.max(...counts.slice(2 * third)),
    'rows',
    {
      reference: Math.max(...counts.slice(third, 2 * third)),
      goal: atMost(BOUNDED, 'ratio'),
    },
  );
}
