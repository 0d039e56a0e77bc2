import { type Cdr, type Session, type Tariff } from '#ocpi';
import { type DataSource } from 'typeorm';

export interface TariffRow {
  id: number;
  /** See LocationRow. */
  snapshot: string;
  partyKey: string;
  tariffKey: string;
  deletedAt: Date | null;
  /** See TariffView. */
  acVoltage: number | null;
  tariff: Tariff;
}

export interface SessionRow {
  id: number;
  /** See LocationRow. */
  snapshot: string;
  partyKey: string;
  tokenPartyKey: string;
  session: Session;
  /** Canonical Location as JSON text. */
  locationSnapshot: string | null;
}

export interface CdrRow {
  id: number;
  /** See LocationRow. */
  snapshot: string;
  partyKey: string;
  tokenPartyKey: string;
  cdr: Cdr;
  locationSnapshot: string | null;
}

type Stored<T, K extends string> = Omit<T, K> & { body: string };

const byId = <T extends { id: number }>(rows: T[]): Map<number, T> =>
  new Map(rows.map((row) => [row.id, row]));

export async function readTariffs(
  source: DataSource,
  ids: readonly number[],
): Promise<Map<number, TariffRow>> {
  const rows = await source.query<Stored<TariffRow, 'tariff'>[]>(
    `SELECT id, pg_current_snapshot()::text AS snapshot, party_key AS "partyKey", tariff_key AS "tariffKey", deleted_at AS "deletedAt",
            ac_voltage AS "acVoltage", body
       FROM tariff WHERE id = ANY($1)`,
    [ids],
  );
  return byId(rows.map(({ body, ...row }) => ({ ...row, tariff: JSON.parse(body) as Tariff })));
}

export async function readSessions(
  source: DataSource,
  ids: readonly number[],
): Promise<Map<number, SessionRow>> {
  const rows = await source.query<Stored<SessionRow, 'session'>[]>(
    `SELECT id, pg_current_snapshot()::text AS snapshot, party_key AS "partyKey", token_party_key AS "tokenPartyKey", body,
            location_snapshot AS "locationSnapshot"
       FROM session WHERE id = ANY($1)`,
    [ids],
  );
  return byId(rows.map(({ body, ...row }) => ({ ...row, session: JSON.parse(body) as Session })));
}

export async function readCdrs(
  source: DataSource,
  ids: readonly number[],
): Promise<Map<number, CdrRow>> {
  const rows = await source.query<Stored<CdrRow, 'cdr'>[]>(
    `SELECT id, pg_current_snapshot()::text AS snapshot, party_key AS "partyKey", token_party_key AS "tokenPartyKey", body,
            location_snapshot AS "locationSnapshot"
       FROM cdr WHERE id = ANY($1)`,
    [ids],
  );
  return byId(rows.map(({ body, ...row }) => ({ ...row, cdr: JSON.parse(body) as Cdr })));
}
