import { OCPI_VERSIONS } from '#ocpi';
import { eventually } from '../../harness/wait-for.js';
import { type Benchmark, type BenchContext } from '../bench-context.js';
import { seedNetwork } from '../network/seed-network.js';
import { type BenchPartner, benchPartner, seedPartners } from '../network/seed-partners.js';
import { makeTopics, type StatusChange, StatusSource } from '../network/status-source.js';
import { median } from '../numbers.js';
import { untilTime } from '../until-time.js';
import { BenchWorker } from '../processes/bench-worker.js';
import { cpuSeconds } from '../processes/process-usage.js';
import { atLeast, atMost, type BenchRow, row } from '../report.js';
import { type BareSender } from './bare-sender.worker.js';
import { type Receipts, type Receivers } from './receivers.worker.js';

const PARTNERS = 50;
/** One process fills one core. */
const REPLICAS = 2;
const LOCATIONS = 5000;
const EVENTS_PER_SECOND = 50;
const WARM_UP_SECONDS = 5;
const MEASURED_SECONDS = 15;
const BURST = 1000;
const ROUNDS = 2;
const CONCURRENCY = 8;
const PREFIX = 'fanout.';

/** Status events by Kafka to 50 partners on loopback: latency at a steady rate, then requests per second in bursts. */
export const fanout: Benchmark = async (context) => {
  const { source, receivers, consumerPids } = await setUp(context);
  const changes = statusChanges();
  const steady = await steadyRate(source, receivers, changes);
  const rows = latencyRows(steady);

  const sender = BenchWorker.start<BareSender>('./bare-sender.worker.js', import.meta.url);
  context.closeLater(() => sender.stop());
  const ours: Burst[] = [];
  const bare: Burst[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    ours.push(await burst(source, receivers, changes, consumerPids));
    const requests = await receivers.call('recorded', undefined);
    await receivers.call('reset', { record: 0 });
    const before = cpuSeconds(sender.pid);
    const total = PARTNERS * BURST;
    await sender.call('send', { requests, total, concurrency: CONCURRENCY });
    const { count, seconds } = await receivers.call('receipts', undefined);
    bare.push({ perSecond: count / seconds, cpu: (cpuSeconds(sender.pid) - before) / count });
  }
  const of = (bursts: Burst[], key: keyof Burst) => median(bursts.map((each) => each[key]));
  return [
    ...rows,
    row('fanout in bursts', of(ours, 'perSecond'), 'requests/s', {
      reference: of(bare, 'perSecond'),
      goal: atLeast(0.5, 'ratio'),
    }),
    row('fanout in bursts, CPU of the sender', of(ours, 'cpu') * 1e6, 'µs/request', {
      reference: of(bare, 'cpu') * 1e6,
    }),
  ];
};

interface Burst {
  perSecond: number;
  /** CPU seconds of the sending process per request. */
  cpu: number;
}

async function setUp(context: BenchContext) {
  const database = await context.database();
  await seedNetwork(database.url, { locations: LOCATIONS, evses: 1, connectors: 2 });
  const receivers = BenchWorker.start<Receivers>('./receivers.worker.js', import.meta.url);
  context.closeLater(() => receivers.stop());
  const origins = await receivers.call('listen', { partners: PARTNERS });
  await seedPartners(database.url, origins.map(receiving));
  const brokers = await context.brokers();
  await makeTopics(brokers, PREFIX);
  const source = await StatusSource.open(brokers, PREFIX);
  context.closeLater(() => source.close());
  const servers = await context.servers({
    databaseUrl: database.url,
    apps: ['csms-consumer'],
    consumers: REPLICAS,
    env: {
      KAFKA_BROKERS: brokers,
      KAFKA_GROUP_ID: 'fanout',
      OCPI_KAFKA_TOPIC_PREFIX: PREFIX,
      OCPI_PUSH_CONCURRENCY: String(CONCURRENCY),
    },
  });
  return { source, receivers, consumerPids: servers.consumers.map(({ pid }) => pid) };
}

/** The versions in turn, each partner a receiver of Locations. */
export function receiving(origin: string, n: number): BenchPartner {
  const version = OCPI_VERSIONS[n % OCPI_VERSIONS.length] ?? '2.3.0';
  const url = `${origin}/ocpi/${version}/locations`;
  return {
    ...benchPartner(n, version),
    endpoints: [{ identifier: 'locations', role: 'RECEIVER', url }],
  };
}

/** Every EVSE in turn, each event a true change; the time is that of the asking. */
function* statusChanges(): Generator<StatusChange, never> {
  for (let turn = 0; ; turn++) {
    for (let location = 1; location <= LOCATIONS; location++) {
      yield {
        location,
        evse: 1,
        status: turn % 2 === 0 ? 'CHARGING' : 'AVAILABLE',
        time: new Date(),
      };
    }
  }
}

async function steadyRate(
  source: StatusSource,
  receivers: BenchWorker<Receivers>,
  changes: Generator<StatusChange, never>,
): Promise<Receipts> {
  const send = async (seconds: number) => {
    const startedAt = performance.now();
    for (let n = 0; n < seconds * EVENTS_PER_SECOND; n++) {
      await untilTime(startedAt + (n * 1000) / EVENTS_PER_SECOND);
      await source.send([changes.next().value]);
    }
    return seconds * EVENTS_PER_SECOND * PARTNERS;
  };
  await allArrive(receivers, await send(WARM_UP_SECONDS));
  await receivers.call('reset', { record: 0 });
  return allArrive(receivers, await send(MEASURED_SECONDS));
}

async function burst(
  source: StatusSource,
  receivers: BenchWorker<Receivers>,
  changes: Generator<StatusChange, never>,
  pids: (number | undefined)[],
): Promise<Burst> {
  await receivers.call('reset', { record: PARTNERS * 20 });
  const before = cpuOf(pids);
  await source.send(Array.from({ length: BURST }, () => changes.next().value));
  const { count, seconds } = await allArrive(receivers, BURST * PARTNERS);
  return { perSecond: count / seconds, cpu: (cpuOf(pids) - before) / count };
}

/** Every change is of an EVSE of its own, so nothing may be folded: exactly one request per event and partner. */
async function allArrive(receivers: BenchWorker<Receivers>, wanted: number): Promise<Receipts> {
  await eventually(
    async () => {
      const count = await receivers.call('count', undefined);
      if (count < wanted) throw new Error(`${count} of ${wanted} requests arrived`);
    },
    { timeoutMs: 120_000, intervalMs: 100 },
  );
  return receivers.call('receipts', undefined);
}

function latencyRows({ count, p50Ms, p99Ms, maxMs }: Receipts): BenchRow[] {
  const at = `fanout at ${EVENTS_PER_SECOND} events/s to ${PARTNERS} partners`;
  const expected = MEASURED_SECONDS * EVENTS_PER_SECOND * PARTNERS;
  return [
    row(`${at}, event to receipt, p50`, p50Ms, 'ms', { goal: atMost(50) }),
    row(`${at}, event to receipt, p99`, p99Ms, 'ms', { goal: atMost(1000) }),
    row(`${at}, event to receipt, max`, maxMs, 'ms'),
    row(`${at}, requests received of those due`, count, 'requests', { reference: expected }),
  ];
}

const cpuOf = (pids: readonly (number | undefined)[]): number =>
  pids.reduce<number>((sum, pid) => sum + cpuSeconds(pid), 0);
