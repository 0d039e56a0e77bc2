import {
  type Cdr,
  type Evse,
  foldId,
  fragmentLocation,
  type Location,
  locationView,
  OCPI_VERSIONS,
  partyKey,
  type Session,
  type Tariff,
} from '#ocpi';
import { type DataSource } from 'typeorm';

const ALL_TARIFFS = { visible: () => true, regularAt: (ids: readonly string[]) => ids[0] };

const tariffKeysOf = (evses: readonly Evse[]): string[] => [
  ...new Set(
    evses.flatMap(({ connectors }) => connectors.flatMap((c) => (c.tariff_ids ?? []).map(foldId))),
  ),
];

/** Writes a Location as ingest stores it, its default views included. Returns its row id. */
export async function storeLocation(source: DataSource, location: Location): Promise<number> {
  const { evses = [], last_updated, ...own } = location;
  const at = new Date();
  const [v211, v221, v230] = OCPI_VERSIONS.map((version) =>
    fragmentLocation(version, location, locationView(version, { tariffs: ALL_TARIFFS, at })),
  );
  const [row] = await source.query<{ id: number }[]>(
    `INSERT INTO location (party_key, location_key, body, publish, v211, v221, v230, last_updated, guard_time, tariff_keys)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8, $9) RETURNING id`,
    [
      partyKey(location),
      foldId(location.id),
      JSON.stringify(own),
      location.publish,
      v211?.location ?? null,
      v221?.location ?? null,
      v230?.location ?? null,
      last_updated,
      tariffKeysOf(evses),
    ],
  );
  for (const [position, evse] of evses.entries()) {
    const { status, last_updated: stamp, ...rest } = evse;
    await source.query(
      `WITH e AS (INSERT INTO evse (location_id, evse_key, uid, position, body, v211, v221, v230)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING id)
       INSERT INTO evse_state (evse_id, location_id, status, last_updated, guard_time)
       SELECT e.id, $1, $9, $10, $10 FROM e`,
      [
        row!.id,
        foldId(evse.uid),
        evse.uid,
        position,
        JSON.stringify(rest),
        v211?.evses[position]?.text ?? null,
        v221?.evses[position]?.text ?? null,
        v230?.evses[position]?.text ?? null,
        status,
        stamp,
      ],
    );
  }
  return row!.id;
}

/** Another status of all EVSEs of a Location. */
export const setStatus = (source: DataSource, locationId: number, status: string, at: string) =>
  source.query('UPDATE evse_state SET status = $2, last_updated = $3 WHERE location_id = $1', [
    locationId,
    status,
    at,
  ]);

export async function storeTariff(source: DataSource, tariff: Tariff): Promise<number> {
  const [row] = await source.query<{ id: number }[]>(
    `INSERT INTO tariff (party_key, tariff_key, body, last_updated, guard_time)
     VALUES ($1, $2, $3, $4, $4) RETURNING id`,
    [partyKey(tariff), foldId(tariff.id), JSON.stringify(tariff), tariff.last_updated],
  );
  return row!.id;
}

export async function storeSession(
  source: DataSource,
  session: Session,
  snapshot?: Location,
): Promise<number> {
  const [row] = await source.query<{ id: number }[]>(
    `INSERT INTO session (party_key, session_key, token_party_key, body, location_snapshot, status,
       last_updated, guard_time)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $7) RETURNING id`,
    [
      partyKey(session),
      foldId(session.id),
      partyKey(session.cdr_token),
      JSON.stringify(session),
      snapshot ? JSON.stringify(snapshot) : null,
      session.status,
      session.last_updated,
    ],
  );
  return row!.id;
}

export async function storeCdr(source: DataSource, cdr: Cdr, snapshot?: Location): Promise<number> {
  const [row] = await source.query<{ id: number }[]>(
    `INSERT INTO cdr (party_key, cdr_key, token_party_key, session_key, body, location_snapshot, last_updated)
     VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id`,
    [
      partyKey(cdr),
      foldId(cdr.id),
      partyKey(cdr.cdr_token),
      cdr.session_id === undefined ? null : foldId(cdr.session_id),
      JSON.stringify(cdr),
      snapshot ? JSON.stringify(snapshot) : null,
      cdr.last_updated,
    ],
  );
  return row!.id;
}
