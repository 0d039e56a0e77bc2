import { type Location, parseDateTime } from '#ocpi';
import { type RenderedLocation } from './render-location.js';
import { type StoredLocation } from './stored-locations.js';
import { type LocationToWrite } from './write-locations.js';

/** A stored Location with other stamps and text. Guards, snapshot and EVSEs in their order stay: the CSMS said nothing. */
export function rewriteLocation(
  stored: StoredLocation,
  next: { location: Location; rendered: RenderedLocation; touched: ReadonlySet<number> },
): LocationToWrite {
  const { id, partyKey, guardTime, guardSequence, snapshotId, removedAt, evses } = stored;
  return { id, partyKey, guardTime, guardSequence, snapshotId, removedAt, evses, ...next };
}

/** The stamp of what reads differently from now on; a stamp never goes back. */
export const laterStamp = (stamp: string, now: Date): string =>
  (parseDateTime(stamp) ?? now) > now ? stamp : now.toISOString();
