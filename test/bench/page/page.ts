import { deepStrictEqual } from 'node:assert/strict';
import { OCPI_VERSIONS, type OcpiVersion } from '#ocpi';
import { request } from 'undici';
import { type Benchmark } from '../bench-context.js';
import { type HttpLoad, type Load } from '../load/http-load.worker.js';
import { seedNetwork } from '../network/seed-network.js';
import {
  authorization,
  type BenchPartner,
  benchPartner,
  seedPartners,
} from '../network/seed-partners.js';
import { median } from '../numbers.js';
import { BenchWorker } from '../processes/bench-worker.js';
import { cpuSeconds } from '../processes/process-usage.js';
import { atLeast, atMost, type BenchRow, row } from '../report.js';
import { type PageReference } from './page-reference.worker.js';

const ROUNDS = 3;
const SECONDS = 1.2;
const CONNECTIONS = 8;
const COLUMNS = { '2.1.1': 'v211', '2.2.1': 'v221', '2.3.0': 'v230' } as const;

interface Target extends Pick<Load, 'url' | 'headers'> {
  pid: number;
}

/** Pages of 100 from 10,000 Locations, beside a bare server over the same rows and the same bytes from memory. */
export const page: Benchmark = async (context) => {
  const database = await context.database();
  await seedNetwork(database.url, { locations: 10_000, evses: 2, connectors: 2 });
  const partners = OCPI_VERSIONS.map((version, index) => benchPartner(index, version));
  await seedPartners(database.url, partners);
  const reference = BenchWorker.start<PageReference>('./page-reference.worker.js', import.meta.url);
  const client = BenchWorker.start<HttpLoad>('../load/http-load.worker.js', import.meta.url);
  context.closeLater(() => reference.stop());
  context.closeLater(() => client.stop());
  const origin = await reference.call('listen', { databaseUrl: database.url });
  const servers = await context.servers({ databaseUrl: database.url, apps: ['ocpi-api'] });

  const rows: BenchRow[] = [];
  for (const partner of partners) {
    const column = COLUMNS[partner.version];
    const ours: Target = {
      url: `${servers.publicUrl}/ocpi/${partner.version}/locations?limit=100`,
      headers: { authorization: authorization(partner) },
      pid: servers.api.pid ?? 0,
    };
    const bare: Target = { url: `${origin}/rows/${column}`, pid: reference.pid };
    await sameContent(ours, bare, partner.version);
    const memory: Target = { url: `${origin}/memory/${column}`, pid: reference.pid };
    rows.push(...(await crawls(client, partner, { ours, bare, memory })));
    rows.push(...(await deepAndShallow(client, partner, ours)));
  }
  return rows;
};

async function crawls(
  client: BenchWorker<HttpLoad>,
  { version }: BenchPartner,
  targets: Record<'ours' | 'bare' | 'memory', Target>,
): Promise<BenchRow[]> {
  const measured = { ours: [], bare: [], memory: [] } as Record<string, Measured[]>;
  for (let round = 0; round <= ROUNDS; round++) {
    for (const [name, target] of Object.entries(targets)) {
      const result = await crawl(client, target);
      if (round > 0) measured[name]?.push(result); // round 0 warms up
    }
  }
  const rate = (name: string) => median((measured[name] ?? []).map((m) => m.perSecond));
  const cpu = (name: string) => median((measured[name] ?? []).map((m) => m.cpuMsPerPage));
  const goal = version === '2.1.1' ? {} : { goal: atLeast(0.5, 'ratio') };
  return [
    row(`page ${version}`, rate('ours'), 'pages/s', { reference: rate('bare'), ...goal }),
    row(`page ${version}, limit: the same bytes from memory`, rate('memory'), 'pages/s', {
      reference: rate('bare'),
    }),
    row(`page ${version}, CPU of the server`, cpu('ours'), 'ms/page', { reference: cpu('bare') }),
  ];
}

interface Measured {
  perSecond: number;
  cpuMsPerPage: number;
}

async function crawl(
  client: BenchWorker<HttpLoad>,
  { url, headers, pid }: Target,
): Promise<Measured> {
  const before = cpuSeconds(pid);
  const { perSecond, requests } = await client.call('crawl', {
    url,
    ...(headers && { headers }),
    connections: CONNECTIONS,
    seconds: SECONDS,
  });
  return { perSecond, cpuMsPerPage: ((cpuSeconds(pid) - before) * 1000) / requests };
}

/** The last page beside the first, each asked for alone, in turns. */
async function deepAndShallow(
  client: BenchWorker<HttpLoad>,
  { version }: BenchPartner,
  { url, headers = {} }: Target,
): Promise<BenchRow[]> {
  const pages = await client.call('pagesOf', { url, headers });
  const deepUrl = pages[99]; // the last one that is full
  if (deepUrl === undefined)
    throw new Error(`${version}: the crawl ended after ${pages.length} pages`);
  const times = { first: [] as number[], second: [] as number[], last: [] as number[] };
  for (let round = 0; round < ROUNDS; round++) {
    for (const [name, target] of [
      ['first', url],
      ['second', pages[1] ?? url],
      ['last', deepUrl],
    ] as const) {
      const load = { url: target, headers, connections: 1, seconds: SECONDS / 2 };
      times[name].push((await client.call('repeat', load)).p50Ms);
    }
  }
  const last = median(times.last);
  const goal = atMost(1.2, 'ratio');
  return [
    row(`page ${version}, last beside the first`, last, 'ms', {
      reference: median(times.first),
      goal,
    }),
    // The first page counts the list anew; those that follow a Link remember the count.
    row(`page ${version}, last beside the second`, last, 'ms', {
      reference: median(times.second),
      goal,
    }),
  ];
}

/** Faster would be no merit if it were something else. */
async function sameContent(ours: Target, bare: Target, version: OcpiVersion): Promise<void> {
  const [a, b] = await Promise.all(
    [ours, bare].map(async ({ url, headers = {} }) => {
      const answer = await request(url, { headers });
      const { data } = (await answer.body.json()) as { data: unknown[] };
      return data;
    }),
  );
  deepStrictEqual(a, b, `${version}: the reference serves something else`);
}
