import { type SqlRunner } from '#change-log';

/** Reads: prints Locations with the tariffs that are known. Writes: makes, changes, ends or removes tariffs. */
export type TariffUse = 'reads' | 'writes';

const LOCK = `SELECT CASE WHEN is_shared THEN pg_advisory_xact_lock_shared(key) ELSE pg_advisory_xact_lock(key) END
  FROM (SELECT hashtextextended('tariffs of ' || party, 0) AS key, is_shared
          FROM unnest($1::text[], $2::boolean[]) AS used(party, is_shared) ORDER BY 1 OFFSET 0) AS given`;

/**
 * Keeps transactions apart, until their end, that print Locations of a party and that write its tariffs: side by side,
 * neither would see the other's row, and the Location would lack its new tariff, or name one that is gone, until it is
 * stated again (LOC-52, TAR-43). Locations do not wait for each other. To be called once in a transaction, before it
 * reads.
 */
export async function lockTariffs(
  sql: SqlRunner,
  uses: ReadonlyMap<string, TariffUse>,
): Promise<void> {
  if (uses.size === 0) return;
  await sql.query(LOCK, [[...uses.keys()], [...uses.values()].map((use) => use === 'reads')]);
}
