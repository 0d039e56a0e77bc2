import { type RemovedObject, removedObjectChecker } from '#csms-contract';
import { chunksOfDistinct } from '#database';
import { foldId } from '#ocpi';
import { removeLocations } from '../locations/remove-locations.js';
import { lockLocationsByKey, placeKey } from '../locations/stored-locations.js';
import { eventHandler, type EventTransaction } from './event-handler.js';
import { APPLIED, type CheckedEvent, UNCHANGED, type Verdict } from './incoming-event.js';
import { isOlder, staleAgainst } from './version-guard.js';

type Removal = CheckedEvent<RemovedObject>;
const placeOf = ({ partyKey, data }: Removal): string => placeKey(partyKey, foldId(data.id));

/** A closed site: its EVSEs become REMOVED, and it stays readable (LOC-11, LOC-12, LOC-27). */
export const locationRemoved = eventHandler<RemovedObject>({
  checker: removedObjectChecker,
  handle: async (tx, events) => {
    const verdicts: Verdict[] = [];
    for (const chunk of chunksOfDistinct(events, placeOf))
      verdicts.push(...(await remove(tx, chunk)));
    return verdicts;
  },
});

async function remove(tx: EventTransaction, events: readonly Removal[]): Promise<Verdict[]> {
  const stored = await lockLocationsByKey(
    tx.sql,
    events.map(({ partyKey, data }) => ({ partyKey, locationKey: foldId(data.id) })),
  );
  const found = events.map((event) => {
    const location = stored.get(placeOf(event));
    if (!location || location.removedAt) return { verdict: UNCHANGED };
    if (isOlder(event.event, location))
      return { verdict: staleAgainst(event.event, location, `Location ${event.data.id}`) };
    return { verdict: APPLIED, removal: { location, event: event.event } };
  });
  await removeLocations(
    tx,
    found.flatMap(({ removal }) => removal ?? []),
  );
  return found.map(({ verdict }) => verdict);
}
