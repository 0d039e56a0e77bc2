import type { OcpiVersion } from '#ocpi';
import type { DataSource } from 'typeorm';
import type { ShownRule } from '../entities/connection.entity.js';
import { FRAGMENT_COLUMNS } from './fragment-columns.js';

/** Which Locations a requester may list, and which of them it asks for. */
export interface LocationFilter {
  version: OcpiVersion;
  /** Party keys of the hosted CPOs asked for; null = all. */
  parties: string[] | null;
  /** The connection's rule and whose grants it reads (LOC-10). */
  shown: { rule: ShownRule; connectionId: string };
  /** Inclusive, on the effective `last_updated` at the version's precision (TRN-21, TYP-09). */
  from?: Date | undefined;
  /** Exclusive. */
  to?: Date | undefined;
}

export interface LocationPageQuery extends LocationFilter {
  /** Objects with a greater row id only: the keyset behind the cursor of a `Link`. */
  afterId?: number | undefined;
  /** Counted from `afterId`, or from the start. */
  offset: number;
  limit: number;
}

/** A finished JSON object of the list, ready to be concatenated. */
export interface LocationText {
  id: number;
  text: string;
}

/**
 * A page of Locations in the default view of a version, oldest creation first (TRN-25), composed by the database from
 * stored fragments: nothing is parsed or printed again. Deep pages cost what shallow ones cost when `afterId` is given.
 */
export async function locationPage(
  dataSource: DataSource,
  query: LocationPageQuery,
): Promise<LocationText[]> {
  const { where, parameters } = conditions(query);
  const column = FRAGMENT_COLUMNS[query.version];
  const after = parameters.push(query.afterId ?? 0);
  const offset = parameters.push(query.offset);
  const limit = parameters.push(query.limit);
  return dataSource.query<LocationText[]>(
    `SELECT l.id, ${composed(query.version)} AS text
       FROM (SELECT l.id, l.${column}, l.last_updated FROM location l
              WHERE ${where} AND l.id > $${after} ORDER BY l.id OFFSET $${offset} LIMIT $${limit}) l
       CROSS JOIN LATERAL (${evseAggregate(query.version)}) e
      ORDER BY l.id`,
    parameters,
  );
}

/** How many Locations match, before offset and limit (TRN-22). */
export async function countLocations(
  dataSource: DataSource,
  filter: LocationFilter,
): Promise<number> {
  const { where, parameters } = conditions(filter);
  const [row] = await dataSource.query<{ count: number }[]>(
    `SELECT count(*) AS count FROM location l WHERE ${where}`,
    parameters,
  );
  return row?.count ?? 0;
}

/** The row ids of a page, for views that are not the stored default. */
export async function locationPageIds(
  dataSource: DataSource,
  query: LocationPageQuery,
): Promise<number[]> {
  const { where, parameters } = conditions(query);
  const after = parameters.push(query.afterId ?? 0);
  const offset = parameters.push(query.offset);
  const limit = parameters.push(query.limit);
  const rows = await dataSource.query<{ id: number }[]>(
    `SELECT l.id FROM location l WHERE ${where} AND l.id > $${after}
      ORDER BY l.id OFFSET $${offset} LIMIT $${limit}`,
    parameters,
  );
  return rows.map((row) => row.id);
}

function conditions(filter: LocationFilter): { where: string; parameters: unknown[] } {
  const parameters: unknown[] = [];
  const clauses = [`l.${FRAGMENT_COLUMNS[filter.version]} IS NOT NULL`];
  if (filter.parties) clauses.push(`l.party_key = ANY($${parameters.push(filter.parties)})`);
  if (filter.shown.rule !== 'all') {
    const connection = parameters.push(filter.shown.connectionId);
    clauses.push(
      `${filter.shown.rule === 'except' ? 'NOT ' : ''}EXISTS (SELECT FROM object_grant g
         WHERE g.connection_id = $${connection} AND g.kind = 'location'
           AND g.party_key = l.party_key AND g.object_key = l.location_key)`,
    );
  }
  // The effective last_updated is the newest of the row and its EVSE states; both bounds are asked of the parts.
  if (filter.from) {
    const from = parameters.push(filter.from);
    clauses.push(`(${seen('l.last_updated', filter.version)} >= $${from} OR l.id IN
      (SELECT s.location_id FROM evse_state s WHERE ${seen('s.last_updated', filter.version)} >= $${from}))`);
  }
  if (filter.to) {
    const to = parameters.push(filter.to);
    clauses.push(`${seen('l.last_updated', filter.version)} < $${to} AND l.id NOT IN
      (SELECT s.location_id FROM evse_state s WHERE ${seen('s.last_updated', filter.version)} >= $${to})`);
  }
  return { where: clauses.join(' AND '), parameters };
}

/** A stamp as the partner reads it: 2.1.1 has no fractions, and filters compare what was shown (G3). */
const seen = (column: string, version: OcpiVersion): string =>
  version === '2.1.1' ? `date_trunc('second', ${column})` : column;

const printed = (stamp: string, version: OcpiVersion): string =>
  version === '2.1.1'
    ? `to_char(${stamp} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')`
    : `replace(to_char(${stamp} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), '.000Z', 'Z')`;

const evseAggregate = (version: OcpiVersion): string => {
  const column = FRAGMENT_COLUMNS[version];
  return `SELECT max(s.last_updated) AS newest,
       string_agg(e.${column} || ',"status":"' || s.status || '","last_updated":"' ||
         ${printed('s.last_updated', version)} || '"}', ',' ORDER BY e.position)
         FILTER (WHERE e.${column} IS NOT NULL) AS list
     FROM evse e JOIN evse_state s ON s.evse_id = e.id WHERE e.location_id = l.id`;
};

const composed = (version: OcpiVersion): string =>
  `l.${FRAGMENT_COLUMNS[version]} || coalesce(',"evses":[' || e.list || ']', '') || ',"last_updated":"' ||
   ${printed('greatest(l.last_updated, e.newest)', version)} || '"}'`;
