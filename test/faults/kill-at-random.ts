import { setTimeout as sleep } from 'node:timers/promises';
import { type AppProcess } from '../harness/servers.js';
import { eventually } from '../harness/wait-for.js';
import { type FaultWorld } from './fault-world.js';

const EVENTS = 'ocpi_csms_events_total';

/**
 * SIGKILLs random processes of the world, `kills` times, each only after the last victim has worked again: a consumer
 * has handled events, an API has served a page. The load must go on meanwhile.
 */
export async function killAtRandom(
  world: FaultWorld,
  kills: number,
  random: () => number = Math.random,
): Promise<void> {
  const { apis, consumers } = world.replicas;
  // An API is a victim once in a while; the consumers are who could lose something.
  const victims = [...consumers, ...consumers, ...apis];
  for (let kill = 0; kill < kills; kill++) {
    const victim = victims[Math.floor(random() * victims.length)]!;
    await sleep(random() * 300);
    await victim.kill();
    await victim.start();
    await worksAgain(world, victim);
  }
}

function worksAgain(world: FaultWorld, victim: AppProcess): Promise<unknown> {
  return eventually(
    async () => {
      if (victim.name === 'csms-consumer') return (await world.counter(victim, EVENTS)) > 0;
      const index = world.replicas.apis.indexOf(victim);
      const answer = await fetch(`${world.replicas.publicUrls[index]}/ocpi/versions`);
      return answer.status === 401; // it asked the database for the token
    },
    { timeoutMs: 120_000, intervalMs: 50 },
  );
}

/** Calls `make` `perSecond` times a second until `until` is over; resolves when the last of them has been taken. */
export async function underLoad<T>(
  perSecond: number,
  make: () => Promise<void>,
  until: Promise<T>,
): Promise<T> {
  const state = { isOver: false };
  const ended = until.finally(() => (state.isOver = true));
  const running = new Set<Promise<void>>();
  const failures: unknown[] = [];
  const startedAt = performance.now();
  for (let turn = 0; !state.isOver; turn++) {
    const wait = startedAt + (turn * 1000) / perSecond - performance.now();
    if (wait > 0) await Promise.race([sleep(wait), ended.catch(() => undefined)]);
    const call = make()
      .catch((error: unknown) => void failures.push(error))
      .finally(() => running.delete(call));
    running.add(call);
    if (running.size > 500) await Promise.race(running);
  }
  await Promise.all(running);
  const result = await ended;
  if (failures.length > 0) throw failures[0];
  return result;
}
