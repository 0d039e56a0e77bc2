import { OCPI_VERSIONS, type PartyId } from '#ocpi';
import { isDeepStrictEqual } from 'node:util';
import { type Wire } from '../../apps/sandbox/src/partners/emsp-store.js';
import { eventually } from '../harness/wait-for.js';
import { type Backing, FaultWorld } from './fault-world.js';
import { seededRandom } from './figures.js';
import { killAtRandom, underLoad } from './kill-at-random.js';
import { anEvse, type LoadCsms, type Site } from './load-csms.js';
import { type FaultTest, type PromiseResult } from './promise-result.js';
import { type RecordingPartner, type Treatment } from './recording-partner.js';

export interface ModelPlan {
  kills: number;
  updates: number;
  perSecond: number;
  consumers: number;
  seed: number;
}

/**
 * P2: random updates of every kind, partners that fail in every way, kills. When all is quiet, what each partner holds
 * equals what the gateway shows it on a pull, object by object, and both are what the CSMS said last.
 */
export async function newestStateAfterTrouble(
  backing: Backing,
  plan: ModelPlan,
): Promise<PromiseResult> {
  const random = seededRandom(plan.seed);
  const world = await FaultWorld.start(backing, {
    consumers: plan.consumers,
    partners: OCPI_VERSIONS.map((version) => ({
      version,
      profile: { minBackoffMs: 50, maxBackoffMs: 500, timeoutMs: 1000 },
    })),
    network: { locations: 30, evsesPerLocation: 3 },
  });
  try {
    const { csms, partners } = world;
    for (const partner of partners) partner.treat = () => trouble(random);
    const owners = partners.map(({ party }) => party);
    let updates = 0;
    const done = async (): Promise<void> => {
      await killAtRandom(world, plan.kills, random);
      while (updates < plan.updates) await new Promise((resolve) => setTimeout(resolve, 50));
    };
    await underLoad(
      plan.perSecond,
      async () => {
        updates += 1;
        await randomUpdate(csms, owners, updates, random);
      },
      done(),
    );
    for (const partner of partners) partner.treat = () => undefined;
    let differences: string[] = [];
    try {
      await eventually(
        async () => {
          differences = [...world.missing(), ...(await pulledAndPushedDiffer(partners))];
          return differences.length === 0;
        },
        { timeoutMs: 120_000, intervalMs: 1000 },
      );
    } catch {
      // The differences tell.
    }
    const lost = differences.length + (await world.lostEvents());
    return {
      promise: 'P2',
      tries: updates,
      lost,
      repeated: world.repeated,
      held: lost === 0,
      note:
        `${updates} updates, ${plan.kills} kills, ${partners.length} partners failing at random (seed ${plan.seed}), ` +
        `${world.requests} requests; ${differences.length} differences ${differences.slice(0, 5).join('; ')}`,
    };
  } finally {
    await world.stop();
  }
}

/** About one request in five fails, in one of the ways that say nothing about the object. */
function trouble(random: () => number): Treatment | undefined {
  const luck = random();
  if (luck < 0.05) return { kind: 'refuse', httpStatus: 500, ocpiStatus: 3000 };
  if (luck < 0.1) return { kind: 'drop' };
  if (luck < 0.15) return { kind: 'store-then-drop' };
  if (luck < 0.19) return { kind: 'slow', delayMs: 50 };
  if (luck < 0.195) return { kind: 'silent' };
  return undefined;
}

async function randomUpdate(
  csms: LoadCsms,
  owners: readonly PartyId[],
  turn: number,
  random: () => number,
): Promise<void> {
  const site = csms.sites[Math.floor(random() * csms.sites.length)]!;
  const luck = random();
  if (luck < 0.6) {
    const uids = [...site.statuses.keys()];
    await csms.say([csms.status(site, uids[Math.floor(random() * uids.length)]!)]);
  } else if (luck < 0.8) {
    await csms.say([csms.restate(site, (location) => changeSite(site, location, turn, random))]);
  } else if (luck < 0.9) {
    const id = `T-${Math.floor(random() * 20)}`;
    const event =
      csms.tariffs.has(id) && random() < 0.4 ? csms.removeTariff(id) : csms.tariff(id, turn / 1000);
    await csms.say([event]);
  } else {
    await csms.say(csms.visit(`S-${turn}`, owners[turn % owners.length]!));
  }
}

function changeSite(
  site: Site,
  location: Site['location'],
  turn: number,
  random: () => number,
): void {
  const stamp = new Date().toISOString();
  const evses = location.evses ?? [];
  const luck = random();
  if (luck < 0.4) location.name = `${location.id} in turn ${turn}`;
  else if (luck < 0.6) evses.push(anEvse(`${location.id}-N${turn}`, stamp));
  else if (luck < 0.75 && evses.length > 1) {
    const [gone] = evses.splice(evses.length - 1, 1);
    if (gone) site.statuses.delete(gone.uid);
  } else {
    const [evse] = evses;
    const [connector] = evse?.connectors ?? [];
    if (!evse || !connector) return;
    connector.max_amperage = 16 + (turn % 48);
    connector.last_updated = evse.last_updated = stamp;
  }
}

/** Objects that differ between a partner's store and its pull, named. Also the oracle of other suites. */
async function pulledAndPushedDiffer(partners: readonly RecordingPartner[]): Promise<string[]> {
  const found: string[] = [];
  for (const { id, link, store } of partners) {
    for (const [module, query] of [
      ['locations', ''],
      ['tariffs', ''],
      ['sessions', '?date_from=2020-01-01T00:00:00Z'],
      ['cdrs', ''],
    ] as const) {
      const pulled = new Map(
        (await link.list(module, query)).map((object) => [String(object.id).toUpperCase(), object]),
      );
      const pushed = new Map(
        [...store[module].values()].map((object) => [String(object.id).toUpperCase(), object]),
      );
      for (const key of new Set([...pulled.keys(), ...pushed.keys()])) {
        const [a, b] = [pulled.get(key), pushed.get(key)];
        if (!a || !b) found.push(`${id} ${module} ${key} only ${a ? 'by pull' : 'by push'}`);
        else if (!isDeepStrictEqual(inOrder(a), inOrder(b))) {
          found.push(
            `${id} ${module} ${key} differs at ${firstDifference(inOrder(a), inOrder(b))}`,
          );
        }
      }
    }
  }
  return found;
}

/** A receiver may keep EVSEs in the order they came in. */
function inOrder(object: Wire): Wire {
  const { evses } = object as { evses?: Wire[] };
  if (!evses) return object;
  return { ...object, evses: [...evses].sort((a, b) => (String(a.uid) < String(b.uid) ? -1 : 1)) };
}

function firstDifference(a: unknown, b: unknown, path = ''): string {
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) {
    return `${path}: pulled ${JSON.stringify(a)}, pushed ${JSON.stringify(b)}`;
  }
  const [left, right] = [a as Wire, b as Wire];
  for (const key of new Set([...Object.keys(left), ...Object.keys(right)])) {
    if (!isDeepStrictEqual(left[key], right[key])) {
      return firstDifference(left[key], right[key], `${path}/${key}`);
    }
  }
  return path;
}

export const p2: FaultTest = {
  id: 'P2',
  title: "no partner ends on an older state than the gateway's",
  run: async (servers) =>
    newestStateAfterTrouble(await servers.fresh(), {
      kills: 12,
      updates: 4000,
      perSecond: 40,
      consumers: 2,
      seed: 20261121,
    }),
};
