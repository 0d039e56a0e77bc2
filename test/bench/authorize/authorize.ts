import { type Benchmark } from '../bench-context.js';
import { CSMS_KEY, seedCsms } from '../network/seed-csms.js';
import { seedNetwork } from '../network/seed-network.js';
import { benchPartner, seedPartners } from '../network/seed-partners.js';
import { quantile } from '../numbers.js';
import { BenchWorker } from '../processes/bench-worker.js';
import { cpuSeconds } from '../processes/process-usage.js';
import { atMost, row, value } from '../report.js';
import { type AuthorizeReference } from './authorize-reference.worker.js';
import { type Emsp } from './emsp.worker.js';
import { seedCards } from './seed-cards.js';
import { type StationLoader, type Wait } from './station-load.worker.js';

const LOCATIONS = 500;
const PER_SECOND = 100;
const SECONDS = 15;
/** A process compiles what it runs often only after some hundred times; stations meet one that has done so. */
const WARM_UP_SECONDS = 10;
const PARTNER_MS = 50;
const CARDS = 100_000;
/** Cards for which the partner must be asked have numbers from here. */
const NEVER_FROM = 1_000_000;

/** Cards asked for over HTTP: decided by the stored list, and by a partner less the time that it takes itself. */
export const authorize: Benchmark = async (context) => {
  const database = await context.database();
  const stations = BenchWorker.start<StationLoader>('./station-load.worker.js', import.meta.url);
  const emsp = BenchWorker.start<Emsp>('./emsp.worker.js', import.meta.url);
  const bare = BenchWorker.start<AuthorizeReference>(
    './authorize-reference.worker.js',
    import.meta.url,
  );
  for (const worker of [stations, emsp, bare]) context.closeLater(() => worker.stop());

  const partnerUrl = await emsp.call('listen', { afterMs: PARTNER_MS });
  const url = `${partnerUrl}/ocpi/2.2.1/tokens`;
  const partner = {
    ...benchPartner(0, '2.2.1'),
    profile: { tokenPull: 'none' },
    endpoints: [{ identifier: 'tokens', role: 'SENDER' as const, url }],
  };
  const { url: databaseUrl } = database;
  await seedNetwork(databaseUrl, { locations: LOCATIONS, evses: 2, connectors: 1 });
  await seedPartners(databaseUrl, [partner]);
  await seedCsms(databaseUrl);
  await seedCards(databaseUrl, partner, { from: 0, count: CARDS, whitelist: 'ALWAYS' });
  const asks = PER_SECOND * (SECONDS + WARM_UP_SECONDS);
  await seedCards(databaseUrl, partner, { from: NEVER_FROM, count: asks, whitelist: 'NEVER' });

  const servers = await context.servers({ databaseUrl, apps: ['csms-consumer'] });
  const load = { key: CSMS_KEY, perSecond: PER_SECOND, locations: LOCATIONS };
  /** The second time is measured, with other cards. */
  const measure = async (baseUrl: string, from: number): Promise<Wait[]> => {
    const given = { ...load, url: baseUrl };
    await stations.call('ask', { ...given, from, seconds: WARM_UP_SECONDS });
    await emsp.call('ownTimes', undefined);
    const next = from + PER_SECOND * WARM_UP_SECONDS;
    return stations.call('ask', { ...given, from: next, seconds: SECONDS });
  };
  const lessPartner = async (waits: readonly Wait[]): Promise<number[]> => {
    const own = await emsp.call('ownTimes', undefined);
    return waits.map(([uid, ms]) => ms - (own.get(uid) ?? NaN));
  };

  const cpu = [cpuSeconds(servers.consumer.pid)];
  const local = times(await measure(servers.csmsUrl, 0));
  cpu.push(cpuSeconds(servers.consumer.pid));
  const remote = await lessPartner(await measure(servers.csmsUrl, NEVER_FROM));
  cpu.push(cpuSeconds(servers.consumer.pid));
  await servers.stop();
  const [byList, byPartner] = [1, 2].map(
    (n) => (((cpu[n] ?? 0) - (cpu[n - 1] ?? 0)) / asks) * 1000,
  );
  context.say(
    `processor time: ${byList?.toFixed(1)} ms for a decision by the list, ${byPartner?.toFixed(1)} ms by a partner`,
  );
  const bareLocalUrl = await bare.call('listenLocal', { databaseUrl });
  const bareLocal = times(await measure(bareLocalUrl, 0));
  const forwardingUrl = await bare.call('listenForwarding', { partnerUrl });
  const bareRemote = await lessPartner(await measure(forwardingUrl, NEVER_FROM));

  const localP99 = quantile(local, 0.99);
  const remoteP99 = quantile(remote, 0.99);
  return [
    row(`authorize by the list at ${PER_SECOND}/s, p50`, quantile(local, 0.5), 'ms', {
      reference: quantile(bareLocal, 0.5),
    }),
    row(`authorize by the list at ${PER_SECOND}/s, p99`, localP99, 'ms', {
      reference: quantile(bareLocal, 0.99),
      goal: value(atMost(30), localP99),
    }),
    row(`authorize by a partner at ${PER_SECOND}/s, beyond its own time, p99`, remoteP99, 'ms', {
      reference: quantile(bareRemote, 0.99),
      goal: value(atMost(30), remoteP99),
    }),
  ];
};

const times = (waits: readonly Wait[]): number[] => waits.map(([, ms]) => ms);
