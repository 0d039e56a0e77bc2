import { rowsOf } from '#change-log';
import { type SnapshotEnded, snapshotEndedChecker } from '#csms-contract';
import { completeSnapshot } from '../snapshots/complete-snapshots.js';
import { eventHandler } from './event-handler.js';
import { APPLIED, held, stale, type Verdict } from './incoming-event.js';
import { snapshotParent } from './parent-keys.js';

/** Closes a snapshot; what is missing goes as soon as all that was stated is stored. */
export const snapshotEnded = eventHandler<SnapshotEnded>({
  tariffs: 'writes', // what is missing goes
  checker: snapshotEndedChecker,
  handle: async (tx, events) => {
    const verdicts: Verdict[] = [];
    for (const { event, data, partyKey } of events) {
      const { kind, snapshot_id: id, count } = data;
      const [run] = await rowsOf<{ isOld: boolean }>(
        tx.sql,
        `WITH u AS (UPDATE snapshot_run SET count = $4, ended_at = $5
            WHERE party_key = $1 AND kind = $2 AND snapshot_id = $3 RETURNING began_at)
         SELECT EXISTS (SELECT FROM snapshot_run n
             WHERE n.party_key = $1 AND n.kind = $2 AND n.began_at > u.began_at) AS "isOld" FROM u`,
        [partyKey, kind, id, count, event.time],
      );
      if (!run) {
        verdicts.push(held(snapshotParent(partyKey, kind, id), `snapshot ${id} has not begun`));
      } else if (run.isOld) {
        verdicts.push(stale(`a newer ${kind} snapshot of ${partyKey} has begun`));
      } else {
        await completeSnapshot(tx, kind, partyKey, id);
        verdicts.push(APPLIED);
      }
    }
    return verdicts;
  },
});
