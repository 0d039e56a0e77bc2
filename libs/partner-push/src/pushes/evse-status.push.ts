import { type EvseRow } from '#database';
import { type PushOutcome } from '#partners';
import { asksForRepair, repairLocation } from '../repair.js';
import { type LocationTarget } from './location-target.js';

/**
 * A status change becomes PATCH …/{location}/{evse} {status, last_updated} (LOC-18, LOC-21), on every version; the whole
 * EVSE by PUT for partners whose profile says so. Nothing where the version withholds the EVSE.
 */
export async function pushEvseStatus(
  target: LocationTarget,
  evse: EvseRow,
): Promise<PushOutcome | undefined> {
  if (target.scope.connection.profile.locationsPush === 'put') return target.put();
  const body = target.rendered.statusText(evse);
  if (body === undefined) return undefined;
  const sent = await target.send('PATCH', body);
  return sent && asksForRepair(sent) ? repairLocation(target, sent) : sent?.outcome;
}
