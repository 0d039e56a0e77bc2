import { RefusedBatchError } from '#csms-client';
import { type Evse, type Location } from '#ocpi';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Sandbox, type SandboxPartner } from './sandbox.js';

/** How long the cars that still charge may take to leave; a gateway that is gone too does not hold up the end. */
const LEAVING_MS = 5000;

/**
 * Cars come and go, chargers fault and lose their connection, until the signal aborts. Then the cars still there leave,
 * so that no session stays open. When the gateway no longer knows our key the CSMS is silent from then on.
 */
export async function runDemo(sandbox: Sandbox, signal: AbortSignal): Promise<void> {
  const { csms, partners, timeline } = sandbox;
  const happenings = new Map<string, Promise<void>>();
  const disowned = new AbortController();
  const over = AbortSignal.any([signal, disowned.signal]);
  while (!over.aborted) {
    const location = pick(csms.network.locations);
    const evse = location?.evses?.find((candidate) => !happenings.has(candidate.uid));
    const partner = pick(partners);
    if (location && evse && partner) {
      const happening = happens(location, evse, partner)
        .catch(complain)
        .finally(() => happenings.delete(evse.uid));
      happenings.set(evse.uid, happening);
    }
    await pause(3000);
  }
  if (disowned.signal.aborted) {
    if (!signal.aborted) await once(signal, 'abort');
    return;
  }
  const left = Promise.allSettled(happenings.values());
  await Promise.race([left, sleep(LEAVING_MS, undefined, { ref: false })]);

  function happens(location: Location, evse: Evse, partner: SandboxPartner): Promise<void> {
    const chance = Math.random();
    if (chance >= 0.75) return trouble(location, evse, chance < 0.9 ? 'UNKNOWN' : 'OUTOFORDER');
    return csms.visit({
      sessionId: sandbox.newSessionId(),
      location,
      evse,
      token: sandbox.driver(partner.emsp, 1 + Math.floor(Math.random() * 3)),
      chargingMinutes: 20 + Math.floor(Math.random() * 60),
      parkingMinutes: Math.floor(Math.random() * 20),
      updateEveryMs: 4000,
      unplug: over,
    });
  }

  async function trouble(
    location: Location,
    evse: Evse,
    status: 'UNKNOWN' | 'OUTOFORDER',
  ): Promise<void> {
    await csms.setStatus(location, evse, status);
    await pause(8000);
    await csms.setStatus(location, evse, 'AVAILABLE');
  }

  function pause(milliseconds: number): Promise<void> {
    return sleep(milliseconds, undefined, { signal: over }).catch(() => undefined);
  }

  function complain(error: unknown): void {
    if (!(error instanceof RefusedBatchError && error.httpStatus === 401)) {
      timeline.note(String(error));
    } else if (!disowned.signal.aborted) {
      timeline.note(
        'HTTP 401: the gateway knows the key of the CSMS no more, which is silent until the next start',
      );
      disowned.abort();
    }
  }
}

const pick = <T>(list: readonly T[]): T | undefined =>
  list[Math.floor(Math.random() * list.length)];
