import { setTimeout as sleep } from 'node:timers/promises';
import { type Benchmark } from '../bench-context.js';
import { receiving } from '../fanout/fanout.js';
import { type Receivers } from '../fanout/receivers.worker.js';
import { type HttpLoad } from '../load/http-load.worker.js';
import { seedNetwork } from '../network/seed-network.js';
import { authorization, type BenchPartner, seedPartners } from '../network/seed-partners.js';
import { makeTopics, type StatusChange, StatusSource } from '../network/status-source.js';
import { BenchWorker } from '../processes/bench-worker.js';
import { residentMb } from '../processes/process-usage.js';
import { untilTime } from '../until-time.js';
import { type MemorySample, memoryRows } from './memory-rows.js';

const LOCATIONS = 50_000;
const EVSES = 2;
const PARTNERS = 10;
const EVENTS_PER_SECOND = 200;
const PREFIX = 'memory.';

/**
 * Resident memory of both processes with 100,000 EVSEs, while statuses change, ten partners are pushed to (one of them
 * the whole network, from its start) and one pulls all pages over and over.
 */
export const memory: Benchmark = async (context) => {
  const database = await context.database();
  await seedNetwork(database.url, { locations: LOCATIONS, evses: EVSES, connectors: 2 });
  const receivers = BenchWorker.start<Receivers>(
    './../fanout/receivers.worker.js',
    import.meta.url,
  );
  const puller = BenchWorker.start<HttpLoad>('../load/http-load.worker.js', import.meta.url);
  context.closeLater(() => receivers.stop());
  context.closeLater(() => puller.stop());
  const origins = await receivers.call('listen', { partners: PARTNERS });
  const partners = origins.map((origin, n): BenchPartner => ({
    ...receiving(origin, n),
    fromStart: n === 0,
  }));
  await seedPartners(database.url, partners);
  const brokers = await context.brokers();
  await makeTopics(brokers, PREFIX);
  const source = await StatusSource.open(brokers, PREFIX);
  context.closeLater(() => source.close());
  const servers = await context.servers({
    databaseUrl: database.url,
    env: {
      KAFKA_BROKERS: brokers,
      KAFKA_GROUP_ID: 'memory',
      OCPI_KAFKA_TOPIC_PREFIX: PREFIX,
    },
  });

  const seconds = context.options.memorySeconds;
  const asking = partners[2]; // on 2.3.0
  if (!asking) throw new Error('no partner to pull');
  const pulling = puller.call('crawl', {
    url: `${servers.publicUrl}/ocpi/${asking.version}/locations`,
    headers: { authorization: authorization(asking) },
    connections: 1,
    seconds,
  });
  const changing = changeStatuses(source, seconds);
  const watched = { 'ocpi-api': servers.api.pid, 'csms-consumer': servers.consumer.pid };
  const samples = new Map(Object.keys(watched).map((name) => [name, [] as MemorySample[]]));
  for (let second = 0; second < seconds; second++) {
    await sleep(1000);
    for (const [name, pid] of Object.entries(watched)) {
      samples.get(name)?.push([second / 60, residentMb(pid)]);
    }
  }
  const [{ requests }] = await Promise.all([pulling, changing]);
  const pushes = await receivers.call('count', undefined);
  context.say(`${requests} pages pulled, ${pushes} pushes received in ${seconds} s`);
  return [...samples].flatMap(([name, of]) => memoryRows(`memory of ${name}`, of));
};

async function changeStatuses(source: StatusSource, seconds: number): Promise<void> {
  const changes = statusChanges();
  const startedAt = performance.now();
  const every = 100;
  for (let step = 0; step < (seconds * 1000) / every; step++) {
    await untilTime(startedAt + step * every);
    const batch = Array.from(
      { length: (EVENTS_PER_SECOND * every) / 1000 },
      () => changes.next().value,
    );
    await source.send(batch);
  }
}

function* statusChanges(): Generator<StatusChange, never> {
  for (let turn = 0; ; turn++) {
    for (let location = 1; location <= LOCATIONS; location++) {
      const status = turn % 2 === 0 ? 'CHARGING' : 'AVAILABLE';
      yield { location, evse: 1 + (location % EVSES), status, time: new Date() };
    }
  }
}
