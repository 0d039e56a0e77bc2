import { OCPI_VERSIONS } from '#ocpi';
import { type Benchmark } from '../bench-context.js';
import { CSMS_KEY, seedCsms } from '../network/seed-csms.js';
import { seedNetwork } from '../network/seed-network.js';
import { authorization, benchPartner, seedPartners } from '../network/seed-partners.js';
import { quantile } from '../numbers.js';
import { BenchWorker } from '../processes/bench-worker.js';
import { cpuSeconds } from '../processes/process-usage.js';
import { atMost, row, value } from '../report.js';
import { type CommandPartner, type CommandTimes } from './command-partner.worker.js';
import { type CommandReference } from './command-reference.worker.js';
import { type InstantCsms } from './instant-csms.worker.js';

const LOCATIONS = 1000;
const PER_SECOND = 100;
const WARM_UP_SECONDS = 3;

/** START_SESSION by partners of every version at a steady rate, a CSMS that accepts at once, and results told to partners. */
export const commands: Benchmark = async (context) => {
  const database = await context.database();
  const { url: databaseUrl } = database;
  const partner = BenchWorker.start<CommandPartner>('./command-partner.worker.js', import.meta.url);
  const csms = BenchWorker.start<InstantCsms>('./instant-csms.worker.js', import.meta.url);
  const bare = BenchWorker.start<CommandReference>(
    './command-reference.worker.js',
    import.meta.url,
  );
  for (const worker of [partner, csms, bare]) context.closeLater(() => worker.stop());

  const origin = await partner.call('listen', undefined);
  const partners = OCPI_VERSIONS.map((version, n) => ({
    ...benchPartner(n, version),
    profile: { tokenPull: 'none' },
    endpoints: [{ identifier: 'tokens', role: 'SENDER' as const, url: `${origin}/tokens` }],
  }));
  await seedNetwork(databaseUrl, { locations: LOCATIONS, evses: 2, connectors: 1 });
  await seedPartners(databaseUrl, partners);
  await seedCsms(databaseUrl);
  const servers = await context.servers({ databaseUrl });
  await csms.call('serve', { csmsUrl: servers.csmsUrl, key: CSMS_KEY });

  const load = {
    partners: partners.map((one) => ({ ...one, authorization: authorization(one) })),
    perSecond: PER_SECOND,
    locations: LOCATIONS,
  };
  let from = 0;
  const run = (url: string, seconds: number, hasResults: boolean): Promise<CommandTimes> => {
    from += 1_000_000;
    return partner.call('command', { ...load, url, seconds, from, hasResults });
  };
  const { commandsSeconds } = context.options;
  await run(servers.publicUrl, WARM_UP_SECONDS, true);
  const apps = { 'ocpi-api': servers.api.pid, 'csms-consumer': servers.consumer.pid };
  const before = Object.values(apps).map(cpuSeconds);
  const ours = await run(servers.publicUrl, commandsSeconds, true);
  const spent = Object.entries(apps).map(([name, pid], n) => {
    const ms = ((cpuSeconds(pid) - (before[n] ?? 0)) / (PER_SECOND * commandsSeconds)) * 1000;
    return `${ms.toFixed(1)} ms in ${name}`;
  });
  context.say(`processor time of a command: ${spent.join(', ')}`);
  await servers.stop();
  const bareUrl = await bare.call('listen', { databaseUrl });
  await run(bareUrl, WARM_UP_SECONDS, false);
  const reference = await run(bareUrl, commandsSeconds, false);

  const name = `commands START_SESSION at ${PER_SECOND}/s for ${commandsSeconds} s`;
  const p99 = quantile(ours.answered, 0.99);
  return [
    row(`${name}, HTTP answer p50`, quantile(ours.answered, 0.5), 'ms', {
      reference: quantile(reference.answered, 0.5),
    }),
    row(`${name}, HTTP answer p99`, p99, 'ms', {
      reference: quantile(reference.answered, 0.99),
      goal: value(atMost(100), p99),
    }),
    row(`${name}, until the result arrived p50`, quantile(ours.told, 0.5), 'ms'),
    row(`${name}, until the result arrived p99`, quantile(ours.told, 0.99), 'ms'),
    row(`${name}, results that came twice`, ours.repeated, 'results', { goal: atMost(0) }),
  ];
};
