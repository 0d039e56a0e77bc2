import { rowsOf, type SqlRunner } from '#change-log';
import { type Tariff } from '#ocpi';
import { type Guard } from '../events/version-guard.js';

/** A Tariff as stored, locked until the end of the transaction. */
export interface StoredTariff extends Guard {
  id: number;
  partyKey: string;
  tariffKey: string;
  tariff: Tariff;
  snapshotId: string | null;
  deletedAt: Date | null;
  acVoltage: number | null;
}

/** Tariffs by `party/KEY`; `condition` is over the table's own columns. */
export async function lockTariffs(
  sql: SqlRunner,
  condition: string,
  parameters: unknown[],
): Promise<Map<string, StoredTariff>> {
  const rows = await rowsOf<Omit<StoredTariff, 'tariff'> & { body: string }>(
    sql,
    `SELECT id, party_key AS "partyKey", tariff_key AS "tariffKey", body, snapshot_id AS "snapshotId",
            deleted_at AS "deletedAt", ac_voltage AS "acVoltage", guard_time AS "guardTime", guard_sequence AS "guardSequence"
       FROM tariff WHERE ${condition} ORDER BY id FOR UPDATE`,
    parameters,
  );
  return new Map(
    rows.map(({ body, ...row }) => [
      `${row.partyKey}/${row.tariffKey}`,
      { ...row, tariff: JSON.parse(body) as Tariff },
    ]),
  );
}

export const lockTariffsByKey = (
  sql: SqlRunner,
  keys: readonly { partyKey: string; tariffKey: string }[],
): Promise<Map<string, StoredTariff>> =>
  lockTariffs(sql, '(party_key, tariff_key) IN (SELECT * FROM unnest($1::text[], $2::text[]))', [
    keys.map(({ partyKey }) => partyKey),
    keys.map(({ tariffKey }) => tariffKey),
  ]);
