import { rowsOf, type SqlRunner } from '#change-log';
import { type OcpiVersion, type Tariff, type TariffShelf, tariffShelf } from '#ocpi';

/** The tariffs of one party that are not withdrawn, by folded id. */
export type PartyTariffs = ReadonlyMap<string, Tariff>;

/** Tariffs by party key and folded id; what is unknown or withdrawn is missing. */
export async function readTariffs(
  sql: SqlRunner,
  wanted: readonly { partyKey: string; tariffKey: string }[],
): Promise<Map<string, Map<string, Tariff>>> {
  const found = new Map<string, Map<string, Tariff>>();
  if (wanted.length === 0) return found;
  const rows = await rowsOf<{ partyKey: string; tariffKey: string; body: string }>(
    sql,
    `SELECT t.party_key AS "partyKey", t.tariff_key AS "tariffKey", t.body
       FROM tariff t WHERE t.deleted_at IS NULL
        AND (t.party_key, t.tariff_key) IN (SELECT * FROM unnest($1::text[], $2::text[]))`,
    [wanted.map(({ partyKey }) => partyKey), wanted.map(({ tariffKey }) => tariffKey)],
  );
  for (const { partyKey, tariffKey, body } of rows) {
    const own = found.get(partyKey) ?? new Map<string, Tariff>();
    own.set(tariffKey, JSON.parse(body) as Tariff);
    found.set(partyKey, own);
  }
  return found;
}

/**
 * Which tariffs the default view of a version may name: known, not withdrawn, and expressible there (G7). Voltages are
 * not asked: a 2.1.1 tariff that needs them is withheld by default.
 */
export const shelfFor = (version: OcpiVersion, tariffs: PartyTariffs, at: Date): TariffShelf =>
  tariffShelf(version, [...tariffs.values()], () => ({ asciiOnly: version === '2.1.1' }), at);
