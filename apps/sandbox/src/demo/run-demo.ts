import { RefusedBatchError } from '#csms-client';
import { type Evse, type Location } from '#ocpi';
import { once } from 'node:events';
import { type Place } from '../csms/fleet.js';
import { setTimeout as sleep } from 'node:timers/promises';
import { newSessionId } from '../csms/new-session-id.js';
import { Expectations } from './expectations.js';
import { chargingProfile } from './journeys/charging-profile.js';
import { remoteStart } from './journeys/remote-start.js';
import { remoteStop } from './journeys/remote-stop.js';
import { reservation } from './journeys/reservation.js';
import { Stage } from './journeys/stage.js';
import { unknownCard } from './journeys/unknown-card.js';
import { type Sandbox, type SandboxPartner } from './sandbox.js';

/** How long the cars that still charge may take to leave; a gateway that is gone too does not hold up the end. */
const LEAVING_MS = 5000;

/** How long cars charge that partners have to do with. */
const LINGER_MS = 10_000;

const REAL_TIME = [remoteStart, remoteStop, reservation];
/** 2.1.1 knows no charging profiles, and names no token when it is asked about an unknown card. */
const SINCE_221 = [unknownCard, chargingProfile];

/**
 * Cars come and go, partners start, stop, reserve and limit, chargers fault and lose their connection, until the signal aborts. Then the cars still there leave,
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
    if (chance < 0.35) return inRealTime({ location, evse }, partner);
    if (chance >= 0.85) return trouble(location, evse, chance < 0.95 ? 'UNKNOWN' : 'OUTOFORDER');
    return csms.visit({
      sessionId: newSessionId(),
      location,
      evse,
      token: sandbox.driver(partner.emsp, 1 + Math.floor(Math.random() * 3)),
      chargingMinutes: 20 + Math.floor(Math.random() * 60),
      parkingMinutes: Math.floor(Math.random() * 20),
      updateEveryMs: 4000,
      unplug: over,
    });
  }

  /** What goes wrong with it is told; a car that still charges leaves at the end. */
  async function inRealTime(place: Place, { emsp }: SandboxPartner): Promise<void> {
    const expectations = new Expectations();
    const stage = new Stage(csms, emsp, place, expectations, LINGER_MS);
    const isOld = emsp.options.version === '2.1.1';
    const play = pick(isOld ? REAL_TIME : [...REAL_TIME, ...SINCE_221]);
    const leave = (): void => csms.fleet.unplug(place.evse);
    over.addEventListener('abort', leave);
    await play?.(stage).finally(() => over.removeEventListener('abort', leave));
    if (!over.aborted) for (const fault of expectations.faults) timeline.note(fault);
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
