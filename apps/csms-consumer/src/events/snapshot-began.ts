import { rowsOf } from '#change-log';
import { type SnapshotBegan, snapshotBeganChecker } from '#csms-contract';
import { eventHandler } from './event-handler.js';
import { APPLIED, stale, UNCHANGED, type Verdict } from './incoming-event.js';
import { snapshotParent } from './parent-keys.js';

/** Opens a snapshot; one that began later has the say over the same party and kind. */
export const snapshotBegan = eventHandler<SnapshotBegan>({
  checker: snapshotBeganChecker,
  handle: async (tx, events) => {
    const verdicts: Verdict[] = [];
    for (const { event, data, partyKey } of events) {
      const { kind, snapshot_id: id } = data;
      const made = await rowsOf(
        tx.sql,
        `INSERT INTO snapshot_run (party_key, kind, snapshot_id, source, began_at) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT DO NOTHING RETURNING snapshot_id`,
        [partyKey, kind, id, event.source, event.time],
      );
      const [newer] = await rowsOf(
        tx.sql,
        `SELECT 1 FROM snapshot_run WHERE party_key = $1 AND kind = $2 AND began_at > $3 LIMIT 1`,
        [partyKey, kind, event.time],
      );
      if (made.length > 0) tx.released.add(snapshotParent(partyKey, kind, id));
      const isReplaced = newer !== undefined;
      if (made.length === 0) verdicts.push(UNCHANGED);
      else
        verdicts.push(
          isReplaced ? stale(`a newer ${kind} snapshot of ${partyKey} has begun`) : APPLIED,
        );
    }
    return verdicts;
  },
});
