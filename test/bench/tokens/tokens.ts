import pg from 'pg';
import { eventually } from '../../harness/wait-for.js';
import { type Benchmark, type BenchContext } from '../bench-context.js';
import {
  authorization,
  type BenchPartner,
  benchPartner,
  seedPartners,
} from '../network/seed-partners.js';
import { median } from '../numbers.js';
import { BenchWorker } from '../processes/bench-worker.js';
import { atLeast, atMost, type BenchRow, row, value } from '../report.js';
import { type BareCrawl } from './bare-crawl.worker.js';
import { type TokenLoader, type TokenLoadResult } from './token-load.worker.js';
import { type TokenReference } from './token-reference.worker.js';
import { type TokenSource } from './token-source.worker.js';

const ROUNDS = 3;
const SECONDS = 2;
const CONNECTIONS = 16;
const STEADY_PER_SECOND = 2000;
const STEADY_SECONDS = 4;
const PULLED = 100_000;

/** Tokens pushed to us one by one, and a partner's 100,000 tokens pulled by us. */
export const tokens: Benchmark = async (context) => [
  ...(await pushed(context)),
  ...(await pulled(context)),
];

async function pushed(context: BenchContext): Promise<BenchRow[]> {
  const database = await context.database();
  const partner: BenchPartner = { ...benchPartner(0, '2.2.1'), profile: { tokenPull: 'none' } };
  await seedPartners(database.url, [partner]);
  const client = BenchWorker.start<TokenLoader>('./token-load.worker.js', import.meta.url);
  const bare = BenchWorker.start<TokenReference>('./token-reference.worker.js', import.meta.url);
  context.closeLater(() => client.stop());
  context.closeLater(() => bare.stop());
  const servers = await context.servers({ databaseUrl: database.url, apps: ['ocpi-api'] });
  const path = `/ocpi/2.2.1/tokens/${partner.countryCode}/${partner.partyId}`;
  const urls = {
    ours: servers.publicUrl + path,
    bare: (await bare.call('listen', { databaseUrl: database.url })) + path,
  };
  const load = {
    authorization: authorization(partner),
    party: partner,
    connections: CONNECTIONS,
    seconds: SECONDS,
  };
  let from = 0;
  const most = { ours: [] as TokenLoadResult[], bare: [] as TokenLoadResult[] };
  for (let round = 0; round <= ROUNDS; round++) {
    for (const name of ['ours', 'bare'] as const) {
      from += 1_000_000;
      const result = await client.call('maximum', { ...load, url: urls[name], from });
      if (round > 0) most[name].push(result); // round 0 warms up
    }
  }
  const steady: Partial<Record<'ours' | 'bare', TokenLoadResult>> = {};
  for (const name of ['ours', 'bare'] as const) {
    from += 1_000_000;
    const [perSecond, seconds] = [STEADY_PER_SECOND, STEADY_SECONDS];
    const given = { ...load, connections: 64, url: urls[name], from, perSecond, seconds };
    steady[name] = await client.call('steady', given);
  }
  await servers.stop();
  const of = (name: 'ours' | 'bare', key: keyof TokenLoadResult) =>
    median(most[name].map((each) => each[key]));
  const rate = of('ours', 'perSecond');
  const p99 = steady.ours?.p99Ms ?? NaN;
  return [
    row(`tokens PUT, ${CONNECTIONS} connections`, rate, 'requests/s', {
      reference: of('bare', 'perSecond'),
      goal: value(atLeast(2000), rate),
    }),
    row(`tokens PUT, ${CONNECTIONS} connections, p99`, of('ours', 'p99Ms'), 'ms', {
      reference: of('bare', 'p99Ms'),
      goal: value(atMost(20), of('ours', 'p99Ms')),
    }),
    row(`tokens PUT at ${STEADY_PER_SECOND}/s, p99`, p99, 'ms', {
      reference: steady.bare?.p99Ms ?? NaN,
      goal: value(atMost(20), p99),
    }),
  ];
}

async function pulled(context: BenchContext): Promise<BenchRow[]> {
  const database = await context.database();
  const source = BenchWorker.start<TokenSource>('./token-source.worker.js', import.meta.url);
  const bare = BenchWorker.start<BareCrawl>('./bare-crawl.worker.js', import.meta.url);
  context.closeLater(() => source.stop());
  context.closeLater(() => bare.stop());
  const party = benchPartner(0, '2.2.1');
  const origin = await source.call('listen', { tokens: PULLED, party });
  const url = `${origin}/ocpi/2.2.1/tokens`;
  await bare.call('crawl', { url }); // the source prints its pages once, for both
  const reference = await bare.call('crawl', { url });
  await source.call('reset', undefined);

  await seedPartners(database.url, [
    { ...party, endpoints: [{ identifier: 'tokens', role: 'SENDER', url }] },
  ]);
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  context.closeLater(() => client.end());
  const servers = await context.servers({ databaseUrl: database.url, apps: ['csms-consumer'] });
  const endedAt = await allStored(client);
  const { firstAt, requests } = await source.call('seen', undefined);
  await servers.stop();
  context.say(`pulled ${PULLED} tokens with ${requests} requests`);
  const perSecond = PULLED / ((endedAt - firstAt) / 1000);
  return [
    row(`tokens pulled, ${PULLED} rows`, perSecond, 'rows/s', {
      reference,
      goal: value(atLeast(20_000), perSecond),
    }),
  ];
}

/** When the last row was there. Rows are counted at the end only, for counting costs what writing them costs. */
async function allStored(client: pg.Client): Promise<number> {
  return eventually(
    async () => {
      const { rows } = await client.query<{ count: string }>(
        `SELECT CASE WHEN last_value < $1 THEN last_value ELSE (SELECT count(*) FROM token) END AS count
           FROM token_id_seq`,
        [PULLED],
      );
      const count = Number(rows[0]?.count);
      if (count < PULLED) throw new Error(`${count} of ${PULLED} tokens stored`);
      return Date.now();
    },
    { timeoutMs: 120_000, intervalMs: 50 },
  );
}
