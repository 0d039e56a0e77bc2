import { type RemovedObject, removedObjectChecker } from '#csms-contract';
import { chunksOfDistinct } from '#database';
import { foldId } from '#ocpi';
import { removeTariffs } from '../tariffs/remove-tariffs.js';
import { lockTariffsByKey } from '../tariffs/stored-tariffs.js';
import { eventHandler, type EventTransaction } from './event-handler.js';
import { APPLIED, type CheckedEvent, UNCHANGED, type Verdict } from './incoming-event.js';
import { isOlder, staleAgainst } from './version-guard.js';

type Removal = CheckedEvent<RemovedObject>;
const keyOf = ({ partyKey, data }: Removal): string => `${partyKey}/${foldId(data.id)}`;

/** A withdrawn Tariff (TAR-05). */
export const tariffRemoved = eventHandler<RemovedObject>({
  tariffs: 'writes',
  checker: removedObjectChecker,
  handle: async (tx, events) => {
    const verdicts: Verdict[] = [];
    for (const chunk of chunksOfDistinct(events, keyOf))
      verdicts.push(...(await remove(tx, chunk)));
    return verdicts;
  },
});

async function remove(tx: EventTransaction, events: readonly Removal[]): Promise<Verdict[]> {
  const stored = await lockTariffsByKey(
    tx.sql,
    events.map(({ partyKey, data }) => ({ partyKey, tariffKey: foldId(data.id) })),
  );
  const found = events.map((event) => {
    const tariff = stored.get(keyOf(event));
    if (!tariff || tariff.deletedAt) return { verdict: UNCHANGED };
    if (isOlder(event.event, tariff))
      return { verdict: staleAgainst(event.event, tariff, `Tariff ${event.data.id}`) };
    return { verdict: APPLIED, removal: { tariff, event: event.event } };
  });
  await removeTariffs(
    tx,
    found.flatMap(({ removal }) => removal ?? []),
  );
  return found.map(({ verdict }) => verdict);
}
