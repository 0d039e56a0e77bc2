import { OCPI_VERSIONS } from '#ocpi';
import { type Backing, FaultWorld } from './fault-world.js';
import { seededRandom } from './figures.js';
import { underLoad } from './kill-at-random.js';
import { aSite } from './load-csms.js';
import { type FaultTest, type PromiseResult } from './promise-result.js';

export interface CrawlPlan {
  crawls: number;
  writesPerSecond: number;
}

const KEPT = 'K-';
const FLEETING = 'T-';

/**
 * P12: crawls with pages of any size while objects are created, changed and withdrawn: every object that existed from
 * before the crawl to its end is seen exactly once, no other twice.
 */
export async function crawlsDuringWrites(
  backing: Backing,
  plan: CrawlPlan,
): Promise<PromiseResult> {
  const random = seededRandom(12);
  const world = await FaultWorld.start(backing, {
    partners: OCPI_VERSIONS.map((version) => ({
      version,
      profile: { tariffsPush: 'pull_only', locationsPush: 'pull_only', sessionsPush: 'pull_only' },
    })),
    network: { locations: 0, evsesPerLocation: 1 },
    isPushed: false,
  });
  try {
    const { csms, partners, database } = world;
    const faults: string[] = [];
    let made = 0;
    const create = (): Promise<void> => {
      made += 1;
      const location = aSite(`L-${made}`, 1, new Date().toISOString());
      csms.sites.push({ location, statuses: new Map([[`L-${made}-E0`, 'AVAILABLE']]) });
      return csms.say([
        csms.event('ocpi.location.upserted.v1', location),
        csms.tariff(`${KEPT}${made}`, 0.3),
        csms.visit(`S-${made}`, partners[made % partners.length]!.party)[0]!,
      ]);
    };
    for (let n = 0; n < 120; n++) await create();
    const stored = async (
      table: 'location' | 'tariff' | 'session',
      party: string,
    ): Promise<string[]> => {
      const { rows } = await database.query<{ key: string }>(
        table === 'session'
          ? 'SELECT session_key AS key FROM session WHERE token_party_key = $1'
          : `SELECT ${table}_key AS key FROM ${table} WHERE $1 <> ''`,
        [party],
      );
      return rows.map(({ key }) => key).filter((key) => !key.startsWith(FLEETING));
    };
    const write = async (): Promise<void> => {
      const luck = random();
      if (luck < 0.2) return create();
      if (luck < 0.5) return csms.say([csms.nextStatus()]);
      const fleeting = `${FLEETING}${Math.floor(random() * 30)}`;
      if (luck < 0.65) return csms.say([csms.tariff(fleeting, random())]);
      if (luck < 0.8) return csms.say([csms.removeTariff(fleeting)]);
      const site = csms.sites[Math.floor(random() * csms.sites.length)]!;
      return csms.say([csms.restate(site, (l) => (l.name = `${l.id} ${random()}`))]);
    };
    let objects = 0;
    const crawl = async (): Promise<void> => {
      for (let n = 0; n < plan.crawls; n++) {
        const partner = partners[n % partners.length]!;
        const table = (['location', 'tariff', 'session'] as const)[Math.floor(random() * 3)]!;
        const limit = 1 + Math.floor(random() * 40);
        const dates = table === 'session' ? '&date_from=2020-01-01T00:00:00Z' : '';
        const { country_code, party_id } = partner.party;
        const before = await stored(table, `${country_code}*${party_id}`);
        const seen = new Map<string, number>();
        for (const object of await partner.link.list(`${table}s`, `?limit=${limit}${dates}`)) {
          const key = String(object.id).toUpperCase();
          seen.set(key, (seen.get(key) ?? 0) + 1);
        }
        objects += seen.size;
        const name = `${partner.version} ${table}s by ${limit}`;
        for (const key of before) if (!seen.has(key)) faults.push(`${name}: ${key} was missed`);
        for (const [key, times] of seen) {
          if (times > 1) faults.push(`${name}: ${key} came ${times} times`);
        }
      }
    };
    await underLoad(plan.writesPerSecond, write, crawl());
    return {
      promise: 'P12',
      tries: plan.crawls,
      lost: faults.filter((fault) => fault.endsWith('missed')).length,
      repeated: faults.filter((fault) => fault.endsWith('times')).length,
      held: faults.length === 0,
      note: `${plan.crawls} crawls over ${objects} objects during ${csms.sent} writes; ${faults.length} faults ${faults.slice(0, 5).join('; ')}`,
    };
  } finally {
    await world.stop();
  }
}

export const p12: FaultTest = {
  id: 'P12',
  title: 'a crawl during writes sees every object that existed throughout, exactly once',
  run: async (servers) =>
    crawlsDuringWrites(await servers.fresh(), { crawls: 150, writesPerSecond: 60 }),
};
