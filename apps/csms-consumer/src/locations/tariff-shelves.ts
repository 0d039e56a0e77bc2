import { rowsOf, type SqlRunner } from '#change-log';
import {
  foldId,
  type OcpiVersion,
  type Tariff,
  type TariffShelf,
  tariffShelf,
  type TariffView,
} from '#ocpi';

export interface KnownTariff {
  tariff: Tariff;
  /** See TariffView. */
  acVoltage: number | null;
}

/** The tariffs of one party that are not withdrawn, by folded id. */
export type PartyTariffs = ReadonlyMap<string, KnownTariff>;

interface TariffLine {
  partyKey: string;
  tariffKey: string;
  body: string;
  acVoltage: number | null;
}

/** Tariffs by party key and folded id; what is unknown or withdrawn is missing. */
export async function readTariffs(
  sql: SqlRunner,
  wanted: readonly { partyKey: string; tariffKey: string }[],
): Promise<Map<string, Map<string, KnownTariff>>> {
  const found = new Map<string, Map<string, KnownTariff>>();
  if (wanted.length === 0) return found;
  const rows = await rowsOf<TariffLine>(
    sql,
    `SELECT t.party_key AS "partyKey", t.tariff_key AS "tariffKey", t.body, t.ac_voltage AS "acVoltage"
       FROM tariff t WHERE t.deleted_at IS NULL
        AND (t.party_key, t.tariff_key) IN (SELECT * FROM unnest($1::text[], $2::text[]))`,
    [wanted.map(({ partyKey }) => partyKey), wanted.map(({ tariffKey }) => tariffKey)],
  );
  for (const { partyKey, tariffKey, body, acVoltage } of rows) {
    const own = found.get(partyKey) ?? new Map<string, KnownTariff>();
    own.set(tariffKey, { tariff: JSON.parse(body) as Tariff, acVoltage });
    found.set(partyKey, own);
  }
  return found;
}

/** Which tariffs the default view of a version may name: known, not withdrawn, and expressible there (G7). */
export const shelfFor = (version: OcpiVersion, tariffs: PartyTariffs, at: Date): TariffShelf =>
  tariffShelf(
    version,
    [...tariffs.values()].map(({ tariff }) => tariff),
    ({ id }) => defaultTariffView(version, tariffs.get(foldId(id))?.acVoltage ?? null),
    at,
  );

/** How connections without knobs of their own see a tariff. */
const defaultTariffView = (version: OcpiVersion, acVoltage: number | null): TariffView => ({
  asciiOnly: version === '2.1.1',
  ...(acVoltage !== null && { acVoltage }),
});
