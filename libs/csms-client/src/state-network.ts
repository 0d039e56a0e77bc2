import { randomUUID } from 'node:crypto';
import { type Location, type PartyId, partyKey, type Tariff } from '#ocpi';
import { csmsEvent } from './csms-event.js';
import { type EventSender } from './event-sender.js';

export interface Network {
  locations: Location[];
  tariffs: Tariff[];
}

/**
 * States the whole network of every party in it, tariffs first: a snapshot per party and kind, after which the gateway
 * removes what was not stated. A kind without any object is left alone: silence is not "there are none".
 */
export async function stateNetwork(
  sender: EventSender,
  network: Network,
  source: string,
): Promise<void> {
  await stateKind(sender, 'tariff', network.tariffs, source);
  await stateKind(sender, 'location', network.locations, source);
}

async function stateKind(
  sender: EventSender,
  kind: 'tariff' | 'location',
  objects: readonly (PartyId & { id: string })[],
  source: string,
): Promise<void> {
  const parties = new Map(objects.map((object) => [partyKey(object), object]));
  for (const [key, { country_code, party_id }] of parties) {
    const mine = objects.filter((object) => partyKey(object) === key);
    const snapshotId = randomUUID();
    const time = new Date();
    const marker = { country_code, party_id, kind, snapshot_id: snapshotId };
    const options = { source, time, snapshotId };
    await sender.send([
      csmsEvent('ocpi.snapshot.began.v1', marker, options),
      ...mine.map((object) => csmsEvent(`ocpi.${kind}.upserted.v1`, object, options)),
      csmsEvent('ocpi.snapshot.ended.v1', { ...marker, count: mine.length }, options),
    ]);
  }
}
