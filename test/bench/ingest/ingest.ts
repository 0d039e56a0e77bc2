import { topicName } from '#csms-contract';
import { type Status } from '#ocpi';
import pg from 'pg';
import { eventually } from '../../harness/wait-for.js';
import { type Benchmark, type BenchContext } from '../bench-context.js';
import { seedNetwork } from '../network/seed-network.js';
import { makeTopics, type StatusChange, StatusSource } from '../network/status-source.js';
import { BenchWorker } from '../processes/bench-worker.js';
import { cpuSeconds } from '../processes/process-usage.js';
import { atLeast, type BenchRow, row, value } from '../report.js';
import { type BareConsumer } from './bare-consumer.worker.js';

const LOCATIONS = 50_000;
const EVSES = 2;
/** One process fills one core. */
const REPLICAS = 2;

interface Phase {
  name: string;
  /** One event per EVSE and status, in this order. */
  statuses: Status[];
  goal: number;
}

/** After `changed` all EVSEs are AVAILABLE as at the start, which `unchanged` repeats. */
const PHASES: Phase[] = [
  { name: 'changed', statuses: ['CHARGING', 'AVAILABLE'], goal: 10_000 },
  { name: 'unchanged', statuses: ['AVAILABLE', 'AVAILABLE', 'AVAILABLE'], goal: 30_000 },
];

/** Status events of 100,000 EVSEs that wait in Kafka, into state; beside a bare consumer that reads the same topic. */
export const ingest: Benchmark = async (context) => {
  const database = await context.database();
  await seedNetwork(database.url, { locations: LOCATIONS, evses: EVSES, connectors: 1 });
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  context.closeLater(() => client.end());
  const rows: BenchRow[] = [];
  for (const phase of PHASES) rows.push(...(await measure(context, database.url, client, phase)));
  return rows;
};

async function measure(
  context: BenchContext,
  databaseUrl: string,
  client: pg.Client,
  { name, statuses, goal }: Phase,
): Promise<BenchRow[]> {
  const brokers = await context.brokers();
  const prefix = `ingest-${name}.`;
  const total = LOCATIONS * EVSES * statuses.length;
  await makeTopics(brokers, prefix);
  const source = await StatusSource.open(brokers, prefix);
  await source.send(statusChanges(statuses));
  await source.close();

  const bare = BenchWorker.start<BareConsumer>('./bare-consumer.worker.js', import.meta.url);
  const reading = {
    brokers,
    topic: topicName('evseStatus', prefix),
    groupId: `${prefix}bare`,
    total,
  };
  const reference = await bare.call('read', reading);
  await bare.stop();

  await client.query('TRUNCATE inbox, change');
  await client.query('CHECKPOINT');
  const servers = await context.servers({
    databaseUrl,
    apps: ['csms-consumer'],
    consumers: REPLICAS,
    env: {
      KAFKA_BROKERS: brokers,
      KAFKA_GROUP_ID: `${prefix}ours`,
      OCPI_KAFKA_TOPIC_PREFIX: prefix,
    },
  });
  await allStored(client, total);
  const cpu = servers.consumers.reduce((sum, { pid }) => sum + cpuSeconds(pid), 0);
  await servers.stop();
  await proveOutcome(client, name === 'changed' ? total : 0);
  const perSecond = await storedPerSecond(client);
  return [
    row(`ingest ${name}`, perSecond, 'events/s', {
      reference,
      goal: value(atLeast(goal), perSecond),
    }),
    row(`ingest ${name}, CPU of csms-consumer with its starts`, (cpu * 1e6) / total, 'µs/event'),
  ];
}

function* statusChanges(statuses: readonly Status[]): Generator<StatusChange> {
  for (const status of statuses) {
    const time = new Date(); // of one EVSE, every next event is newer or as old
    for (let location = 1; location <= LOCATIONS; location++) {
      for (let evse = 1; evse <= EVSES; evse++) yield { location, evse, status, time };
    }
  }
}

async function allStored(client: pg.Client, total: number): Promise<void> {
  await eventually(
    async () => {
      const { rows } = await client.query<{ count: string }>('SELECT count(*) FROM inbox');
      const count = Number(rows[0]?.count);
      if (count < total) throw new Error(`${count} of ${total} events stored`);
    },
    { timeoutMs: 180_000, intervalMs: 1000 },
  );
}

/**
 * By the inbox itself, whose rows carry the start of their transaction: what the transactions before the last one took
 * on, over the time from the first to the last one's start. Asking nothing meanwhile costs nothing.
 */
async function storedPerSecond(client: pg.Client): Promise<number> {
  const { rows } = await client.query<{ per_second: number }>(
    `SELECT (count(*) FILTER (WHERE received_at < span.last)
             / extract(epoch FROM span.last - span.first))::float8 AS per_second
       FROM inbox, (SELECT min(received_at) AS first, max(received_at) AS last FROM inbox) AS span
      GROUP BY span.first, span.last`,
  );
  return rows[0]?.per_second ?? NaN;
}

/** Faster would be no merit if changes were folded away or invented. */
async function proveOutcome(client: pg.Client, changes: number): Promise<void> {
  const { rows } = await client.query<{ changes: string; parked: string; wrong: string }>(
    `SELECT (SELECT count(*) FROM change) AS changes, (SELECT count(*) FROM parked_event) AS parked,
       (SELECT count(*) FROM evse_state WHERE status <> 'AVAILABLE') AS wrong`,
  );
  const found = rows[0];
  if (Number(found?.parked) > 0 || Number(found?.wrong) > 0 || Number(found?.changes) > changes) {
    throw new Error(`not what was stated: ${JSON.stringify(found)}`);
  }
  if (changes > 0 && Number(found?.changes) < changes * 0.9) {
    throw new Error(`${found?.changes ?? 0} of ${changes} changes: too many were folded`);
  }
}
