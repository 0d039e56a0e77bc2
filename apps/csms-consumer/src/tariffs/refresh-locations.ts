import { type NewChange } from '#change-log';
import { type Evse, foldId, OCPI_VERSIONS } from '#ocpi';
import { type EventTransaction } from '../events/event-handler.js';
import { groupedBy } from '../locations/grouped-by.js';
import { renderAnew } from '../locations/render-anew.js';
import { renderLocation } from '../locations/render-location.js';
import { laterStamp, rewriteLocation } from '../locations/rewrite-location.js';
import { lockLocations, type StoredLocation, tariffKeysOf } from '../locations/stored-locations.js';
import { type PartyTariffs, readTariffs } from '../locations/tariff-shelves.js';
import { versionsThatDiffer } from '../locations/versions-that-differ.js';
import { type LocationToWrite, writeLocations } from '../locations/write-locations.js';

/**
 * Renders the Locations anew that name these tariffs. Where a version's view of a connector changed, because a tariff
 * came, went, or another is the valid one now, the connector, its EVSE and its Location get a new stamp (LOC-22) and a
 * line in the change log for those versions alone (LOC-52, TAR-42, TAR-43).
 */
export async function refreshLocations(
  tx: EventTransaction,
  tariffs: readonly { partyKey: string; tariffKey: string }[],
): Promise<void> {
  const parties = groupedBy(tariffs, ({ partyKey }) => partyKey);
  for (const [party, own] of parties) {
    const keys = own.map(({ tariffKey }) => tariffKey);
    const locations = await lockLocations(
      tx.sql,
      'l.party_key = $1 AND l.tariff_keys && $2::text[]',
      [party, keys],
    );
    const [older, list] = byRendering([...locations.values()]);
    await renderAnew(tx, older);
    const named = list.flatMap(({ location }) =>
      tariffKeysOf(location).map((tariffKey) => ({ partyKey: party, tariffKey })),
    );
    const shelf = (await readTariffs(tx.sql, named)).get(party) ?? new Map();
    const refreshed = list.flatMap(
      (location) => refresh(location, shelf, new Set(keys), tx.now) ?? [],
    );
    const written = await writeLocations(
      tx.sql,
      refreshed.map(({ write }) => write),
    );
    refreshed.forEach(({ changes }, index) => {
      for (const change of changes) {
        const evseId = written[index]?.evseIds.get(foldId(change.evseUid)) ?? null;
        const { evseUid: _uid, ...rest } = change;
        tx.changes.push({ ...rest, evseId });
      }
    });
  }
}

/** Those of an older rendering: what differs in their text is not the tariff's doing alone. */
const byRendering = (
  locations: readonly StoredLocation[],
): [StoredLocation[], StoredLocation[]] => [
  locations.filter(({ isOfOlderRendering }) => isOfOlderRendering),
  locations.filter(({ isOfOlderRendering }) => !isOfOlderRendering),
];

type ConnectorChange = Omit<NewChange, 'evseId'> & { evseUid: string };

interface Refreshed {
  write: LocationToWrite;
  changes: ConnectorChange[];
}

function refresh(
  stored: StoredLocation,
  tariffs: PartyTariffs,
  keys: ReadonlySet<string>,
  now: Date,
): Refreshed | undefined {
  const before = renderLocation(stored.location, tariffs, now);
  const changes: ConnectorChange[] = [];
  const touched = new Set<number>();
  const evses = stored.evses.map(({ id, evse }, index): Evse => {
    const old = stored.evseFragments.get(id);
    const versions = versionsThatDiffer(old, before.evses[index]);
    if (versions.length === 0) return evse;
    const stamp = laterStamp(evse.last_updated, now);
    touched.add(index);
    const connectors = evse.connectors.map((connector) => {
      const ids = (connector.tariff_ids ?? []).filter((tariffId) => keys.has(foldId(tariffId)));
      if (ids.length === 0) return connector;
      changes.push({
        kind: 'connector',
        objectId: stored.id,
        evseUid: evse.uid,
        connectorId: connector.id,
        partyKey: stored.partyKey,
        versions: versions.length === OCPI_VERSIONS.length ? null : versions,
        eventTime: now,
        ...aspectOf(ids, tariffs),
      });
      return { ...connector, last_updated: laterStamp(connector.last_updated, now) };
    });
    return { ...evse, connectors, last_updated: stamp };
  });
  if (touched.size === 0) return undefined;
  const location = {
    ...stored.location,
    evses,
    last_updated: laterStamp(stored.location.last_updated, now),
  };
  const rendered = renderLocation(location, tariffs, now);
  return { changes, write: rewriteLocation(stored, { location, rendered, touched }) };
}

/** A tariff that is gone may leave nothing behind, which only a PUT can say (LOC-19). */
const aspectOf = (
  ids: readonly string[],
  tariffs: PartyTariffs,
): Pick<NewChange, 'aspect' | 'fields'> =>
  ids.every((id) => tariffs.has(foldId(id)))
    ? { aspect: 'fields', fields: ['tariff_ids'] }
    : { aspect: 'content' };
