import { TcpChaosProxy } from '../harness/tcp-chaos-proxy.js';
import { eventually } from '../harness/wait-for.js';
import { type Backing, FaultWorld } from './fault-world.js';
import { PartnerHost } from './partner-host.js';
import { type FaultTest, type PromiseResult } from './promise-result.js';

export interface AbsencePlan {
  locations: number;
  evsesPerLocation: number;
  changes: number;
}

const BATCH = 1000;

/** P4: a partner is away while few EVSEs change often; on return it gets one request per changed object at most. */
export async function backlogBoundedByObjects(
  backing: Backing,
  plan: AbsencePlan,
): Promise<PromiseResult> {
  const host = await PartnerHost.start();
  const proxy = await TcpChaosProxy.start({ port: host.port });
  const profile = { minBackoffMs: 100, maxBackoffMs: 1000, timeoutMs: 2000 };
  const world = await FaultWorld.start(
    backing,
    {
      partners: [{ version: '2.3.0', profile, port: proxy.port }],
      network: plan,
    },
    host,
  );
  try {
    const { csms, partners } = world;
    proxy.refuse();
    for (let sent = 0; sent < plan.changes; sent += BATCH) {
      await csms.say(Array.from({ length: BATCH }, () => csms.nextStatus()));
    }
    await eventually(async () => (await world.lostEvents()) === 0, {
      timeoutMs: 300_000,
      intervalMs: 200,
    });
    const before = partners[0]!.ledger.requests;
    proxy.heal();
    const stuck = await world.settled().then(
      () => [],
      () => world.missing(),
    );
    const requests = partners[0]!.ledger.requests - before;
    const objects = plan.locations * plan.evsesPerLocation;
    return {
      promise: 'P4',
      tries: plan.changes,
      lost: stuck.length,
      repeated: Math.max(0, requests - objects),
      held: stuck.length === 0 && requests <= objects,
      note: `${plan.changes} changes on ${objects} EVSEs while away: ${requests} requests on return; ${stuck.length} behind`,
    };
  } finally {
    await world.stop();
    await proxy.close();
  }
}

export const p4: FaultTest = {
  id: 'P4',
  title: 'the backlog is bounded by objects, not by time',
  run: async (servers) =>
    backlogBoundedByObjects(await servers.fresh(), {
      locations: 250,
      evsesPerLocation: 4,
      changes: 100_000,
    }),
};
