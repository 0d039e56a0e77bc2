import { setTimeout as sleep } from 'node:timers/promises';
import { eventually } from '../harness/wait-for.js';
import { type Backing, FaultWorld } from './fault-world.js';
import { seededRandom } from './figures.js';
import { type FaultTest, type PromiseResult } from './promise-result.js';

export interface CdrPlan {
  /** Kills just after a partner answered a CDR. */
  kills: number;
  cdrsPerKill: number;
}

/**
 * P7: the consumer is killed between a partner's answer and the receipt. A CDR whose receipt was stored at the kill is
 * never POSTed again; one without is, with the same bytes; a refused one is parked and shown.
 */
export async function cdrsAreDeliveredOnce(
  backing: Backing,
  plan: CdrPlan,
): Promise<PromiseResult> {
  const random = seededRandom(7);
  const world = await FaultWorld.start(backing, {
    partners: (['2.1.1', '2.2.1', '2.3.0'] as const).map((version) => ({
      version,
      profile: { minBackoffMs: 50, maxBackoffMs: 500 },
    })),
    network: { locations: 10, evsesPerLocation: 2 },
  });
  try {
    const { csms, partners, replicas, database } = world;
    const consumer = replicas.consumers[0]!;
    const owed = async (state: string): Promise<Set<string>> => {
      const { rows } = await database.query<{ name: string }>(
        `SELECT r.connection_id || '/' || c.cdr_key AS name FROM cdr_receipt r JOIN cdr c ON c.id = r.cdr_id
          WHERE r.state = $1`,
        [state],
      );
      return new Set(rows.map(({ name }) => name));
    };
    let serial = 0;
    let afterReceipt = 0;
    for (let kill = 0; kill < plan.kills; kill++) {
      const fatal = 1 + Math.floor(random() * plan.cdrsPerKill * 0.8);
      let answered = 0;
      const killed = new Promise<void>((resolve, reject) => {
        for (const partner of partners) {
          partner.onAnswered = ({ module }) => {
            if (module !== 'cdrs') return;
            answered += 1;
            if (answered === fatal) {
              sleep(random() * 10)
                .then(() => consumer.kill())
                .then(resolve, reject);
            }
          };
        }
      });
      for (let n = 0; n < plan.cdrsPerKill; n++) {
        serial += 1;
        await csms.say(csms.visit(`S-${serial}`, partners[serial % partners.length]!.party));
      }
      await killed;
      const killedAt = performance.now();
      const delivered = await owed('delivered');
      for (const partner of partners) partner.onAnswered = () => undefined;
      await consumer.start();
      await world.settled();
      afterReceipt += partners
        .flatMap((partner) =>
          partner.cdrPosts
            .filter(({ at }) => at > killedAt)
            .map(({ id }) => `${partner.id}/${id.toUpperCase()}`),
        )
        .filter((name) => delivered.has(name)).length;
    }
    const posts = partners.flatMap(({ id, cdrPosts }) =>
      cdrPosts.map((post) => ({ ...post, id: `${id}/${post.id}` })),
    );
    const bodies = new Map<string, Set<string>>();
    for (const { id, text } of posts) bodies.set(id, (bodies.get(id) ?? new Set()).add(text));
    const changed = [...bodies.values()].filter((texts) => texts.size > 1).length;

    // Away for a while: delivered later. Refused: parked, and shown where an operator looks.
    const [, away, picky] = partners;
    away!.treat = () => ({ kind: 'refuse', httpStatus: 503, ocpiStatus: 3000 });
    picky!.treat = ({ module }) =>
      module === 'cdrs' ? { kind: 'refuse', httpStatus: 200, ocpiStatus: 2001 } : undefined;
    await csms.say(csms.visit('S-AWAY', away!.party));
    await csms.say(csms.visit('S-REFUSED', picky!.party));
    await sleep(1500);
    away!.treat = () => undefined;
    csms.cdrs.delete('C-S-REFUSED');
    await world.settled();
    const shown = await eventually(
      async () => (await world.admin.call('GET', `/connections/${picky!.id}`)).parked === 1,
    ).catch(() => false);
    const parked = (await owed('parked')).has(`${picky!.id}/C-S-REFUSED`);
    const lost = [...csms.cdrs.keys()].length - bodies.size - 1;
    return {
      promise: 'P7',
      tries: plan.kills,
      lost: Math.max(0, lost) + (parked && shown ? 0 : 1),
      repeated: posts.length - bodies.size,
      held: lost <= 0 && afterReceipt === 0 && changed === 0 && parked && shown,
      note:
        `${bodies.size} CDRs, ${plan.kills} kills after an answer: ${posts.length - bodies.size} repeated in the window before ` +
        `their receipt, ${afterReceipt} after it, ${changed} with other bytes; refused one parked: ${parked}, shown: ${shown}`,
    };
  } finally {
    await world.stop();
  }
}

export const p7: FaultTest = {
  id: 'P7',
  title: 'a CDR is delivered until acknowledged, once; else parked with an alert',
  run: async (servers) =>
    cdrsAreDeliveredOnce(await servers.fresh(), { kills: 15, cdrsPerKill: 20 }),
};
