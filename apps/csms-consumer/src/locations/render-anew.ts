import { type NewChange } from '#change-log';
import { FRAGMENT_COLUMNS } from '#database';
import { type Connector, type Evse, OCPI_VERSIONS, type OcpiVersion } from '#ocpi';
import { type EventTransaction } from '../events/event-handler.js';
import { LOCATION_RENDERING } from './location-renderings.js';
import { type RenderedLocation, renderLocation } from './render-location.js';
import { laterStamp, rewriteLocation } from './rewrite-location.js';
import { type Fragments, type StoredLocation, tariffKeysOf } from './stored-locations.js';
import { type PartyTariffs, readTariffs } from './tariff-shelves.js';
import { versionsThatDiffer } from './versions-that-differ.js';
import { type LocationToWrite, writeLocations } from './write-locations.js';

/**
 * Renders locked Locations anew, whose text an older build wrote. Where a version reads differently now, the nodes that
 * do get a new stamp (LOC-22), and the change log tells that version of the whole Location.
 */
export async function renderAnew(
  tx: EventTransaction,
  locations: readonly StoredLocation[],
): Promise<void> {
  const named = locations.flatMap(({ partyKey, location }) =>
    tariffKeysOf(location).map((tariffKey) => ({ partyKey, tariffKey })),
  );
  const tariffs = await readTariffs(tx.sql, named);
  const differing = locations.flatMap(
    (stored) => renderedAnew(stored, tariffs.get(stored.partyKey) ?? new Map(), tx.now) ?? [],
  );
  await writeLocations(
    tx.sql,
    differing.map(({ write }) => write),
  );
  tx.changes.push(...differing.map(({ change }) => change));
  await tx.sql.query('UPDATE location SET rendering = $1 WHERE id = ANY($2) AND rendering < $1', [
    LOCATION_RENDERING,
    locations.map(({ id }) => id),
  ]);
}

/** Undefined when every version reads as before. */
function renderedAnew(
  stored: StoredLocation,
  tariffs: PartyTariffs,
  now: Date,
): { write: LocationToWrite; change: NewChange } | undefined {
  const fresh = renderLocation(stored.location, tariffs, now);
  const { versions, touched } = differencesOf(stored, fresh);
  if (versions.length === 0) return undefined;
  const evses = stored.evses.map(({ id, evse }, index) =>
    touched.has(index)
      ? restamped(evse, stored.evseFragments.get(id), fresh.evses[index], now)
      : evse,
  );
  const location = {
    ...stored.location,
    ...(evses.length > 0 && { evses }),
    last_updated: laterStamp(stored.location.last_updated, now),
  };
  const rendered = renderLocation(location, tariffs, now);
  return {
    write: rewriteLocation(stored, { location, rendered, touched }),
    change: {
      kind: 'location',
      objectId: stored.id,
      aspect: 'content',
      partyKey: stored.partyKey,
      versions: versions.length === OCPI_VERSIONS.length ? null : versions,
      eventTime: now,
      // Readers for whom it is withheld from now on take it back, as when it is published no more.
      ...(isNewlyWithheld(stored.fragments, fresh.location) && { fields: ['publish'] }),
    },
  };
}

function differencesOf(
  stored: StoredLocation,
  fresh: RenderedLocation,
): { versions: OcpiVersion[]; touched: Set<number> } {
  const versions = new Set(versionsThatDiffer(stored.fragments, fresh.location));
  const touched = new Set<number>();
  stored.evses.forEach(({ id }, index) => {
    const own = versionsThatDiffer(stored.evseFragments.get(id), fresh.evses[index]);
    if (own.length > 0) touched.add(index);
    for (const version of own) versions.add(version);
  });
  return { versions: OCPI_VERSIONS.filter((version) => versions.has(version)), touched };
}

function restamped(
  evse: Evse,
  before: Fragments | undefined,
  after: Fragments | undefined,
  now: Date,
): Evse {
  const [old, fresh] = [connectorTexts(before), connectorTexts(after)];
  const connectors = evse.connectors.map((connector): Connector =>
    old.get(connector.id) === fresh.get(connector.id)
      ? connector
      : { ...connector, last_updated: laterStamp(connector.last_updated, now) },
  );
  return { ...evse, connectors, last_updated: laterStamp(evse.last_updated, now) };
}

/** What all versions print of each connector, by its id. */
function connectorTexts(fragments: Fragments | undefined): Map<string, string> {
  const texts = new Map<string, string>();
  for (const version of OCPI_VERSIONS) {
    const text = fragments?.[FRAGMENT_COLUMNS[version]] ?? '{"connectors":[]';
    const { connectors } = JSON.parse(`${text}}`) as Pick<Evse, 'connectors'>;
    for (const connector of connectors) {
      texts.set(connector.id, `${texts.get(connector.id) ?? ''}${JSON.stringify(connector)}`);
    }
  }
  return texts;
}

const isNewlyWithheld = (before: Fragments, after: Fragments): boolean =>
  OCPI_VERSIONS.some(
    (version) =>
      before[FRAGMENT_COLUMNS[version]] !== null && after[FRAGMENT_COLUMNS[version]] === null,
  );
