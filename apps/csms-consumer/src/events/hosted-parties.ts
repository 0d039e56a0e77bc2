import { rowsOf, type SqlRunner } from '#change-log';
import { perDatabase } from './per-database.js';

const knownParties = perDatabase(() => new Set<string>());

/**
 * The keys among these that are parties of ours. A party of ours stays one for good, so who is known is not asked for
 * again, in this database; who is not known yet is asked for each time.
 */
export async function hostedAmong(
  sql: SqlRunner,
  partyKeys: Iterable<string>,
): Promise<ReadonlySet<string>> {
  const known = knownParties(sql);
  const unknown = [...new Set(partyKeys)].filter((key) => !known.has(key));
  if (unknown.length === 0) return known;
  const rows = await rowsOf<{ key: string }>(
    sql,
    'SELECT party_key AS key FROM hosted_party WHERE party_key = ANY($1)',
    [unknown],
  );
  for (const { key } of rows) known.add(key);
  return known;
}
