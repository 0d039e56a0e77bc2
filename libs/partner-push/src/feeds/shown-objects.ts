import { rowsOf, type SqlRunner } from '#change-log';
import { grantKey, type LiveConnection, type PushScope } from '../push-scope.js';

/** Which Locations and Tariffs a connection may see, by its rules and grants as they are now (LOC-10). */
export async function shownTo(
  source: SqlRunner,
  { locationsShown, tariffsShown, id }: LiveConnection,
): Promise<PushScope['isShown']> {
  if (locationsShown === 'all' && tariffsShown === 'all') return () => true;
  const rows = await rowsOf<{ kind: string; partyKey: string; objectKey: string }>(
    source,
    `SELECT kind, party_key AS "partyKey", object_key AS "objectKey" FROM object_grant WHERE connection_id = $1`,
    [id],
  );
  const named = new Set(rows.map((row) => grantKey(row.kind, row.partyKey, row.objectKey)));
  return (kind, partyKey, objectKey) => {
    const rule = kind === 'location' ? locationsShown : tariffsShown;
    return rule === 'all' || (rule === 'only') === named.has(grantKey(kind, partyKey, objectKey));
  };
}
