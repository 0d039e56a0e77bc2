import { rowsOf, type SqlRunner } from '#change-log';
import { type SnapshotKind } from '#csms-contract';
import { type CheckedEvent } from '../events/incoming-event.js';

/** Those of the events that belong to a snapshot which a newer one of the same party and kind has replaced. */
export async function supersededSnapshots<T extends CheckedEvent>(
  sql: SqlRunner,
  kind: SnapshotKind,
  events: readonly T[],
): Promise<Set<T>> {
  const stated = events.filter(({ event }) => event.snapshotId !== undefined);
  if (stated.length === 0) return new Set();
  const keys = new Map(
    stated.map(({ partyKey, event }) => [
      `${partyKey}/${event.snapshotId ?? ''}`,
      [partyKey, event.snapshotId],
    ]),
  );
  const rows = await rowsOf<{ key: string }>(
    sql,
    `SELECT r.party_key || '/' || r.snapshot_id AS key
       FROM unnest($2::text[], $3::text[]) AS v(party_key, snapshot_id)
       JOIN snapshot_run r ON r.party_key = v.party_key AND r.kind = $1 AND r.snapshot_id = v.snapshot_id
      WHERE EXISTS (SELECT FROM snapshot_run n
              WHERE n.party_key = r.party_key AND n.kind = r.kind AND n.began_at > r.began_at)`,
    [kind, [...keys.values()].map(([party]) => party), [...keys.values()].map(([, id]) => id)],
  );
  const old = new Set(rows.map(({ key }) => key));
  return new Set(
    stated.filter(({ partyKey, event }) => old.has(`${partyKey}/${event.snapshotId ?? ''}`)),
  );
}
