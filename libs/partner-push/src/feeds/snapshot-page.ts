import { type FoldedObject, rowsOf, type SqlRunner, WALK_ORDER, wholeObject } from '#change-log';
import { type ChangeEntity } from '#database';
import { seesAllSessions, tokenPartiesOf } from '#partners';
import { type LiveConnection } from '../push-scope.js';

/** Where a walk over everything a partner may see stands. */
export interface WalkPlace {
  kind: string;
  afterId: number;
  /** An operator asked for it: also partners that wait for their own pull get everything. */
  requested?: boolean;
  /** What the feed missed was pruned from the log: what is gone since is told too. */
  isRestart?: boolean;
}

const PAGE = 200;

export interface SnapshotPage {
  objects: FoldedObject[];
  /** Where to go on; null: the walk is over. */
  next: WalkPlace | null;
}

interface ObjectRow {
  id: number;
  partyKey: string;
  audience: string | null;
}

/**
 * The next objects of the walk, in the order of their row ids. Sessions while they run, and those of which the partner was
 * told, for their end; CDRs only while they are owed. What is skipped by the connection's rules is skipped when it is pushed.
 */
export async function snapshotPage(
  source: SqlRunner,
  connection: LiveConnection,
  place: WalkPlace,
  kinds: ReadonlySet<FoldedObject['kind']>,
): Promise<SnapshotPage> {
  const index = WALK_ORDER.findIndex((kind) => kind === place.kind);
  const kind = WALK_ORDER[index];
  if (kind === undefined) return { objects: [], next: null };
  const isPushed = kinds.has(kind) && !(waitsForPull(connection, place) && kind !== 'cdr');
  const rows = isPushed ? await read(source, connection, kind, place) : [];
  const since = new Date();
  const objects = rows.map(({ id, partyKey, audience }) =>
    wholeObject({ kind, objectId: id, partyKey, audience, since }),
  );
  const last = rows.at(-1);
  if (last && rows.length === PAGE) return { objects, next: { ...place, afterId: last.id } };
  const following = WALK_ORDER[index + 1];
  return { objects, next: following ? { ...place, kind: following, afterId: 0 } : null };
}

const waitsForPull = ({ profile }: LiveConnection, place: WalkPlace): boolean =>
  profile.catchUp === 'wait_for_pull' && place.requested !== true;

function read(
  source: SqlRunner,
  connection: LiveConnection,
  kind: FoldedObject['kind'],
  { afterId, isRestart = false }: WalkPlace,
): Promise<ObjectRow[]> {
  const parties = connection.hostedParties;
  const page = `($1::text[] IS NULL OR o.party_key = ANY($1)) AND o.id > $2 ORDER BY o.id LIMIT ${PAGE}`;
  const own = 'o.id, o.party_key AS "partyKey"';
  switch (kind) {
    case 'tariff':
      return rowsOf(
        source,
        `SELECT ${own}, NULL AS audience FROM tariff o WHERE (o.deleted_at IS NULL OR $3) AND ${page}`,
        [parties, afterId, isRestart],
      );
    case 'location':
      return rowsOf(source, `SELECT ${own}, NULL AS audience FROM location o WHERE ${page}`, [
        parties,
        afterId,
      ]);
    case 'session':
      return rowsOf(
        source,
        `SELECT ${own}, o.token_party_key AS audience FROM session o
          WHERE ${seesAllSessions(connection) ? '$3::text[] IS NOT NULL' : 'o.token_party_key = ANY($3)'}
            AND (o.status NOT IN ('COMPLETED', 'INVALID') OR EXISTS (SELECT FROM session_delivery d
                  WHERE d.connection_id = $4 AND d.session_id = o.id)) AND ${page}`,
        [parties, afterId, tokenPartiesOf(connection), connection.id],
      );
    case 'cdr':
      return rowsOf(
        source,
        `SELECT ${own}, o.token_party_key AS audience FROM cdr o
          WHERE o.token_party_key = ANY($3)
            AND NOT EXISTS (SELECT FROM cdr_receipt r WHERE r.connection_id = $4 AND r.cdr_id = o.id
                  AND r.state <> 'owed') AND ${page}`,
        [parties, afterId, tokenPartiesOf(connection), connection.id],
      );
  }
}

/** An object of the walk as the change that would tell it. */
export const asChange = (object: FoldedObject, { isRestart }: WalkPlace): ChangeEntity => ({
  xid: 0,
  seq: 0,
  at: object.since,
  kind: object.kind,
  objectId: object.objectId,
  evseId: null,
  connectorId: null,
  // After a restart the partner may hold what is gone or hidden by now: then it is taken away.
  aspect: isRestart === true && !['session', 'cdr'].includes(object.kind) ? 'content' : 'created',
  fields: null,
  audience: object.audience,
  partyKey: object.partyKey,
  connectionId: null,
  versions: null,
  eventTime: null,
  traceparent: null,
});
