import { type CsmsEvent } from '#csms-client';
import { setTimeout as sleep } from 'node:timers/promises';
import { eventually } from '../harness/wait-for.js';
import { FaultWorld } from './fault-world.js';
import { median, quantile } from './figures.js';
import { type LoadCsms } from './load-csms.js';
import { type FaultTest, type PromiseResult } from './promise-result.js';

const RUNS = 9;
const EVENTS = 30_000;
const BATCH = 1000;
const GOAL_LOSS = 0.05;
const GOAL_PARKED_MS = 1000;

/** Bad in turn: no JSON, the wrong shape, an unknown status, a party of nobody. */
const POISONS = [
  '{"broken',
  '[]',
  '{"country_code":"NL","party_id":"TST","location_id":"SITE-0","evse_uid":"SITE-0-E0","status":"ON FIRE"}',
  '{"country_code":"XX","party_id":"XXX","location_id":"SITE-0","evse_uid":"SITE-0-E0","status":"CHARGING"}',
];

const poisoned = (csms: LoadCsms, turn: number): CsmsEvent => {
  const { content, ...event } = csms.nextStatus();
  return { ...event, content, data: POISONS[turn % POISONS.length]! };
};

/** P9: the same backlog with 1 in 1,000 bad and without, in turns; then how soon a bad one is parked in a flow. */
async function run(servers: Parameters<FaultTest['run']>[0]): Promise<PromiseResult> {
  const world = await FaultWorld.start(await servers.fresh(), {
    partners: [],
    network: { locations: 500, evsesPerLocation: 2 },
  });
  try {
    const { csms, replicas, database } = world;
    const consumer = replicas.consumers[0]!;
    let bad = 0;
    const count = async (sql: string, values: unknown[] = []): Promise<number> =>
      Number((await database.query<{ n: string }>(sql, values)).rows[0]?.n);
    const throughput = async (isPoisoned: boolean): Promise<number> => {
      await consumer.stop();
      const before = await count('SELECT count(*) AS n FROM inbox');
      const startedAt = new Date();
      for (let sent = 0; sent < EVENTS; sent += BATCH) {
        const events = Array.from({ length: BATCH }, () => csms.nextStatus());
        if (isPoisoned) {
          events[Math.floor(BATCH / 2)] = poisoned(csms, bad++);
        }
        await csms.say(events);
      }
      await consumer.start();
      await eventually(
        async () => (await count('SELECT count(*) AS n FROM inbox')) >= before + EVENTS,
        { timeoutMs: 120_000, intervalMs: 200 },
      );
      const seconds = await count(
        'SELECT extract(epoch FROM max(received_at) - min(received_at)) AS n FROM inbox WHERE received_at > $1',
        [startedAt],
      );
      return EVENTS / seconds;
    };
    await throughput(false); // warm-up
    const clean: number[] = [];
    const dirty: number[] = [];
    for (let n = 0; n < RUNS; n++) {
      // By turns first and second, for a machine that grows slower or faster all the while.
      for (const isPoisoned of n % 2 === 0 ? [false, true] : [true, false]) {
        (isPoisoned ? dirty : clean).push(await throughput(isPoisoned));
      }
    }
    const loss = 1 - median(dirty.map((value, n) => value / clean[n]!));

    const sentAt = new Map<string, number>();
    for (let turn = 0; turn < 60; turn++) {
      const events = Array.from({ length: 50 }, () => csms.nextStatus());
      if (turn % 3 === 0) {
        const event = poisoned(csms, bad++);
        sentAt.set(event.id, Date.now());
        events.push(event);
      }
      await csms.say(events);
      await sleep(100);
    }
    const parkedRows = async () =>
      (
        await database.query<{ id: string; at: Date }>(
          `SELECT event_id AS id, received_at AS at FROM parked_event WHERE state = 'parked'`,
        )
      ).rows;
    await eventually(async () => (await parkedRows()).length >= bad, { timeoutMs: 60_000 }).catch(
      () => undefined,
    );
    const parked = await parkedRows();
    const delays = parked.flatMap(({ id, at }) => {
      const sent = sentAt.get(id);
      return sent === undefined ? [] : [at.getTime() - sent];
    });
    const lost = bad - parked.length;
    const slowest = quantile(delays, 1);
    return {
      promise: 'P9',
      tries: bad,
      lost,
      repeated: 0,
      held: lost === 0 && loss < GOAL_LOSS && slowest <= GOAL_PARKED_MS && delays.length > 0,
      note:
        `1 in 1,000 bad costs ${(loss * 100).toFixed(1)} % throughput (median of ${RUNS} pairs of ${EVENTS} events: ` +
        `${median(clean).toFixed(0)}/s clean, ${median(dirty).toFixed(0)}/s poisoned); ` +
        `in a flow of 500/s parked after ${quantile(delays, 0.5)} ms (median), ${slowest} ms at most; ${parked.length} of ${bad} parked`,
    };
  } finally {
    await world.stop();
  }
}

export const p9: FaultTest = { id: 'P9', title: 'one poisoned message stops nothing else', run };
