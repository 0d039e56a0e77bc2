import { Kafka, logLevel } from 'kafkajs';
import { OCPI_VERSIONS } from '#ocpi';
import { execFile } from 'node:child_process';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import pg from 'pg';
import { FaultWorld } from '../faults/fault-world.js';
import { underLoad } from '../faults/kill-at-random.js';
import { type PromiseResult } from '../faults/promise-result.js';
import { GatewayAdmin } from '../harness/gateway-admin.js';
import { startReplicas, TEST_ADMIN_KEY } from '../harness/servers.js';
import { eventually } from '../harness/wait-for.js';
import { type OwnServers } from './own-servers.js';

export interface RestorePlan {
  postgresBin: string;
  /** Events, before, during and after the dump. */
  perSecond: number;
}

const BEFORE_MS = 3000;
const LOST_MS = 5000;
const run = promisify(execFile);

/**
 * A dump is taken under load; the load goes on for a while, and then everything dies. The dump is restored into another cluster, the
 * consumer group is set back to where the dump began, the partners are resynchronised: every event is there, every partner has what the
 * CSMS said last, each CDR came, and what is said from now on arrives. What is repeated is what the dump does not know of.
 */
export async function restoreElsewhere(
  servers: OwnServers,
  { postgresBin, perSecond }: RestorePlan,
): Promise<PromiseResult> {
  const first = await servers.freshCluster();
  // A cluster in use is far ahead of a new one.
  await advanceTransactionIds(first, 20_000);
  const backing = servers.backingOn(first);
  const world = await FaultWorld.start(backing, {
    partners: OCPI_VERSIONS.map((version) => ({ version })),
    network: { locations: 20, evsesPerLocation: 3 },
  });
  try {
    const { csms, partners, replicas } = world;
    const dump = path.join(servers.folder, 'gateway.dump');
    let turn = 0;
    const one = async (): Promise<void> => {
      turn += 1;
      if (turn % 6 === 0) {
        await csms.say(csms.visit(`S-${turn}`, partners[turn % partners.length]!.party));
      } else await csms.say([csms.nextStatus()]);
    };
    const dumping = async (): Promise<number> => {
      await sleep(BEFORE_MS);
      const at = Date.now();
      await run(path.join(postgresBin, 'pg_dump'), ['--format=custom', `--file=${dump}`, first]);
      await sleep(LOST_MS);
      return at;
    };
    const dumpedAt = await underLoad(perSecond, one, dumping());
    await Promise.all([...replicas.apis, ...replicas.consumers].map((app) => app.kill()));
    const saidBefore = csms.sent;

    const second = await servers.freshCluster();
    await run(path.join(postgresBin, 'pg_restore'), [
      '--exit-on-error',
      '--no-owner',
      `--dbname=${second}`,
      dump,
    ]);
    const after = new pg.Pool({ connectionString: second, max: 2 });
    const inDump = await count(after, 'SELECT count(*)::int AS n FROM inbox');
    const receipts = await receiptsOf(after);
    // A minute earlier than the dump: what comes twice is dropped.
    await setBack(backing.brokers, `${backing.topicPrefix}gateway`, dumpedAt - 60_000);
    for (const partner of partners) partner.cdrPosts.forEach((post) => (post.at = 0));
    const { DATABASE_URL: _, ...env } = replicas.env;
    const restored = await startReplicas({
      databaseUrl: second,
      env,
      apis: 1,
      consumers: 1,
    });
    try {
      const admin = new GatewayAdmin(restored.apis[0]!.internalUrl, TEST_ADMIN_KEY);
      for (const { id } of partners) await admin.call('POST', `/connections/${id}/resync`);
      await settled(world);
      const stored = await count(after, 'SELECT count(*)::int AS n FROM inbox');
      // And from now on.
      await underLoad(perSecond, one, sleep(2000));
      await settled(world);
      const lost = csms.sent - (await count(after, 'SELECT count(*)::int AS n FROM inbox'));
      const again = partners.flatMap(({ id, cdrPosts }) =>
        firstAndLater(cdrPosts).map((cdr) => `${id}/${cdr.toUpperCase()}`),
      );
      const wrong = again.filter((name) => receipts.has(name));
      const missing = world.missing();
      const faults = [...missing, ...wrong.map((name) => `${name} was sent again`)];
      return {
        promise: 'restore',
        tries: 1,
        lost: lost + missing.length,
        repeated: again.length,
        held: lost === 0 && faults.length === 0 && stored >= saidBefore,
        note:
          `${saidBefore} events until everything died, ${inDump} of them in the dump; ${stored} stored after the restore, ${lost} lost at the end; ` +
          `${csms.cdrs.size} CDRs, ${again.length} sent again of those without a receipt in the dump, ${wrong.length} of those with one; ` +
          `${csms.sent - saidBefore} events afterwards; ${faults.length} faults${faults.length > 0 ? ` (${faults.slice(0, 5).join('; ')})` : ''}`,
      };
    } finally {
      await restored.stop();
      await after.end();
    }
  } finally {
    await world.stop();
  }
}

/** CDRs that came before everything died, and once more since. */
function firstAndLater(posts: readonly { id: string; at: number }[]): string[] {
  const before = new Set(posts.filter(({ at }) => at === 0).map(({ id }) => id));
  return [...new Set(posts.filter(({ at }) => at > 0).map(({ id }) => id))].filter((id) =>
    before.has(id),
  );
}

const settled = (world: FaultWorld): Promise<void> =>
  eventually(
    () => {
      const missing = world.missing();
      if (missing.length > 0) {
        throw new Error(`${missing.length} missing: ${missing.slice(0, 5).join('; ')}`);
      }
    },
    { timeoutMs: 120_000, intervalMs: 500 },
  );

async function count(database: pg.Pool, sql: string): Promise<number> {
  const { rows } = await database.query<{ n: number }>(sql);
  return rows[0]?.n ?? 0;
}

/** CDRs that the dump knows to be acknowledged. */
async function receiptsOf(database: pg.Pool): Promise<Set<string>> {
  const { rows } = await database.query<{ name: string }>(
    `SELECT r.connection_id || '/' || c.cdr_key AS name FROM cdr_receipt r JOIN cdr c ON c.id = r.cdr_id
      WHERE r.state = 'delivered'`,
  );
  return new Set(rows.map(({ name }) => name));
}

async function advanceTransactionIds(url: string, times: number): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query('CREATE TABLE ids (n integer)');
  // Each subtransaction that writes takes an id.
  await client.query(
    `DO $$ BEGIN FOR n IN 1..${times} LOOP BEGIN INSERT INTO ids VALUES (n); EXCEPTION WHEN OTHERS THEN NULL; END; END LOOP; END $$`,
  );
  await client.query('DROP TABLE ids');
  await client.end();
}

/** As `kafka-consumer-groups.sh --reset-offsets --to-datetime` does, once the group is empty. */
async function setBack(brokers: string[], groupId: string, timestamp: number): Promise<void> {
  const kafka = new Kafka({ clientId: 'restore', brokers, logLevel: logLevel.NOTHING });
  const admin = kafka.admin();
  await admin.connect();
  try {
    await eventually(
      async () => {
        const { groups } = await admin.describeGroups([groupId]);
        if (groups[0]?.state !== 'Empty') throw new Error(`the group is ${groups[0]?.state}`);
      },
      { timeoutMs: 60_000, intervalMs: 500 },
    );
    for (const { topic } of await admin.fetchOffsets({ groupId })) {
      const partitions = await admin.fetchTopicOffsetsByTimestamp(topic, timestamp);
      await admin.setOffsets({ groupId, topic, partitions });
    }
  } finally {
    await admin.disconnect();
  }
}
