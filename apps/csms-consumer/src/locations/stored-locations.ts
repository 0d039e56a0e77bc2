import { rowsOf, type SqlRunner } from '#change-log';
import { type Connector, type Evse, type Location, partyKey } from '#ocpi';
import { groupedBy } from './grouped-by.js';
import { LOCATION_RENDERING } from './location-renderings.js';
import { type Guard } from '../events/version-guard.js';

/** An EVSE as stored: canonical object, row id and the guard of its status. */
export interface StoredEvse extends Guard {
  id: number;
  evseKey: string;
  position: number;
  evse: Evse;
}

/** A Location as stored, locked until the end of the transaction. */
export interface StoredLocation extends Guard {
  id: number;
  partyKey: string;
  locationKey: string;
  snapshotId: string | null;
  removedAt: Date | null;
  location: Location;
  evses: StoredEvse[];
  fragments: Fragments;
  evseFragments: Map<number, Fragments>;
  /** Its fragments are not of LOCATION_RENDERING but of an older one. */
  isOfOlderRendering: boolean;
}

/** Stored renderings by version; null = withheld. */
export interface Fragments {
  v211: string | null;
  v221: string | null;
  v230: string | null;
}

interface LocationLine extends Fragments, Guard {
  id: number;
  partyKey: string;
  locationKey: string;
  snapshotId: string | null;
  removedAt: Date | null;
  body: string;
  lastUpdated: Date;
  rendering: number;
}

interface EvseLine extends Fragments, Guard {
  id: number;
  locationId: number;
  evseKey: string;
  position: number;
  body: string;
  status: Evse['status'];
  lastUpdated: Date;
}

/** Identifies a Location over all parties. */
export const placeKey = (party: string, locationKey: string): string => `${party}/${locationKey}`;
export const placeOf = (location: Location): string =>
  placeKey(partyKey(location), location.id.toUpperCase());

/** Where the SQL condition finds Locations: `l` is the table. */
export async function lockLocations(
  sql: SqlRunner,
  condition: string,
  parameters: unknown[],
): Promise<Map<string, StoredLocation>> {
  const lines = await rowsOf<LocationLine>(
    sql,
    `SELECT l.id, l.party_key AS "partyKey", l.location_key AS "locationKey", l.body, l.v211, l.v221, l.v230,
            l.last_updated AS "lastUpdated", l.guard_time AS "guardTime", l.guard_sequence AS "guardSequence",
            l.snapshot_id AS "snapshotId", l.removed_at AS "removedAt", l.rendering
       FROM location l WHERE ${condition} ORDER BY l.id FOR UPDATE`,
    parameters,
  );
  if (lines.length === 0) return new Map();
  const evses = await rowsOf<EvseLine>(
    sql,
    `SELECT e.id, e.location_id AS "locationId", e.evse_key AS "evseKey", e.position, e.body, e.v211, e.v221,
            e.v230, s.status, s.last_updated AS "lastUpdated", s.guard_time AS "guardTime",
            s.guard_sequence AS "guardSequence"
       FROM evse e JOIN evse_state s ON s.evse_id = e.id
      WHERE e.location_id = ANY($1) ORDER BY e.location_id, e.position, e.id FOR UPDATE OF s`,
    [lines.map(({ id }) => id)],
  );
  const byLocation = groupedBy(evses, ({ locationId }) => locationId);
  return new Map(
    lines.map((line) => {
      const own = byLocation.get(line.id) ?? [];
      return [placeKey(line.partyKey, line.locationKey), assemble(line, own)];
    }),
  );
}

/** `lockLocations` by party key and folded id. */
export const lockLocationsByKey = (
  sql: SqlRunner,
  keys: readonly { partyKey: string; locationKey: string }[],
): Promise<Map<string, StoredLocation>> =>
  lockLocations(
    sql,
    '(l.party_key, l.location_key) IN (SELECT * FROM unnest($1::text[], $2::text[]))',
    [keys.map((key) => key.partyKey), keys.map((key) => key.locationKey)],
  );

function assemble(line: LocationLine, lines: readonly EvseLine[]): StoredLocation {
  const evses = lines.map(storedEvse);
  const newest = [line.lastUpdated, ...lines.map((evse) => evse.lastUpdated)].reduce((a, b) =>
    b > a ? b : a,
  );
  const own = JSON.parse(line.body) as Omit<Location, 'evses' | 'last_updated'>;
  const {
    id,
    partyKey: party,
    locationKey,
    snapshotId,
    removedAt,
    guardTime,
    guardSequence,
  } = line;
  return {
    id,
    partyKey: party,
    locationKey,
    snapshotId,
    removedAt,
    guardTime,
    guardSequence,
    fragments: line,
    evseFragments: new Map(lines.map((evse) => [evse.id, evse])),
    isOfOlderRendering: line.rendering < LOCATION_RENDERING,
    evses,
    location: {
      ...own,
      ...(evses.length > 0 && { evses: evses.map(({ evse }) => evse) }),
      last_updated: newest.toISOString(),
    },
  };
}

function storedEvse(line: EvseLine): StoredEvse {
  const own = JSON.parse(line.body) as Omit<Evse, 'status' | 'last_updated'>;
  const evse: Evse = { ...own, status: line.status, last_updated: line.lastUpdated.toISOString() };
  const { id, evseKey, position, guardTime, guardSequence } = line;
  return { id, evseKey, position, evse, guardTime, guardSequence };
}

/** Folded ids of all tariffs that a Location's connectors name. */
export function tariffKeysOf(location: Pick<Location, 'evses'>): string[] {
  const connectors: Connector[] = (location.evses ?? []).flatMap((evse) => evse.connectors);
  return [
    ...new Set(connectors.flatMap((c) => (c.tariff_ids ?? []).map((id) => id.toUpperCase()))),
  ];
}
