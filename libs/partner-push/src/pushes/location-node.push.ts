import { type NodeChanges } from '#change-log';
import { locationUpdate } from '#ocpi';
import { type PushOutcome } from '#partners';
import { asksForRepair, repairLocation } from '../repair.js';
import { type LocationTarget } from './location-target.js';

/**
 * Fields with new values: PATCH of these and `last_updated` (LOC-17, LOC-18), PUT when one of them went away in this
 * version's form (LOC-19) or the profile wants no PATCH, nothing when the version does not show them (G5).
 */
export async function pushFields(
  target: LocationTarget,
  changes: NodeChanges,
): Promise<{ outcome: PushOutcome | undefined; isWhole: boolean }> {
  const { connection } = target.scope;
  const encoded = target.object;
  if (!encoded) return { outcome: undefined, isWhole: false };
  const fields = [...changes.fields, ...(changes.status ? ['status'] : [])];
  const change = { level: target.level, fields, removes: false, created: false };
  const update = locationUpdate(connection.version, change, encoded, {
    parkingPlaces: connection.profile.sendParking,
    acceptedServiceProviders: connection.profile.acceptedServiceProviders,
  });
  if (!update) return { outcome: undefined, isWhole: false };
  if (update.method === 'PUT' || connection.profile.locationsPush === 'put') {
    return { outcome: await target.put(), isWhole: true };
  }
  const sent = await target.send('PATCH', JSON.stringify(update.body));
  if (sent && asksForRepair(sent)) {
    return { outcome: await repairLocation(target, sent), isWhole: false };
  }
  return { outcome: sent?.outcome, isWhole: false };
}
