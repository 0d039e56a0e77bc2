import { setTimeout as sleep } from 'node:timers/promises';
import { type Sandbox } from './sandbox.js';

/** Cars come and go, chargers fault and lose their connection, until the signal aborts. */
export async function runDemo(sandbox: Sandbox, signal: AbortSignal): Promise<void> {
  const { csms, partners } = sandbox;
  const busy = new Set<string>();
  while (!signal.aborted) {
    const location = pick(csms.network.locations);
    const evse = location?.evses?.find((candidate) => !busy.has(candidate.uid));
    const partner = pick(partners);
    if (location && evse && partner) {
      busy.add(evse.uid);
      const happening = Math.random();
      const what =
        happening < 0.75
          ? csms.visit({
              sessionId: sandbox.newSessionId(),
              location,
              evse,
              token: sandbox.driver(partner.emsp, 1 + Math.floor(Math.random() * 3)),
              chargingMinutes: 20 + Math.floor(Math.random() * 60),
              parkingMinutes: Math.floor(Math.random() * 20),
              updateEveryMs: 4000,
            })
          : trouble(happening < 0.9 ? 'UNKNOWN' : 'OUTOFORDER');
      what
        .catch((error: unknown) => sandbox.timeline.note(String(error)))
        .finally(() => busy.delete(evse.uid));
    }
    await sleep(3000, undefined, { signal }).catch(() => undefined);

    async function trouble(status: 'UNKNOWN' | 'OUTOFORDER'): Promise<void> {
      if (!location || !evse) return;
      await csms.setStatus(location, evse, status);
      await sleep(8000);
      await csms.setStatus(location, evse, 'AVAILABLE');
    }
  }
}

const pick = <T>(list: readonly T[]): T | undefined =>
  list[Math.floor(Math.random() * list.length)];
