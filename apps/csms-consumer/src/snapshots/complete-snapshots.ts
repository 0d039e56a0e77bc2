import { rowsOf } from '#change-log';
import { type SnapshotKind } from '#csms-contract';
import { type EventTransaction } from '../events/event-handler.js';
import { type CheckedEvent } from '../events/incoming-event.js';
import { lockLocations } from '../locations/stored-locations.js';
import { removeLocations } from '../locations/remove-locations.js';
import { lockTariffs } from '../tariffs/stored-tariffs.js';
import { removeTariffs } from '../tariffs/remove-tariffs.js';

interface Run {
  partyKey: string;
  snapshotId: string;
  count: number;
  beganAt: Date;
  endedAt: Date;
}

/** Completes the snapshots that the events belong to, where the end was stated before the last object was stored. */
export async function completeSnapshots(
  tx: EventTransaction,
  kind: SnapshotKind,
  events: readonly CheckedEvent[],
): Promise<void> {
  const named = events.filter(({ event }) => event.snapshotId !== undefined);
  const keys = new Map(
    named.map(({ partyKey, event }) => [`${partyKey}/${event.snapshotId ?? ''}`, event.snapshotId]),
  );
  for (const [key, snapshotId] of keys) {
    await completeSnapshot(tx, kind, key.slice(0, key.indexOf('/')), snapshotId ?? '');
  }
}

/**
 * Takes away what a party no longer has, once all it stated is stored (D3): what belongs to another snapshot or none
 * and was not stated since this one began. Does nothing before the end event, when objects are missing, or when replaced.
 */
export async function completeSnapshot(
  tx: EventTransaction,
  kind: SnapshotKind,
  party: string,
  snapshotId: string,
): Promise<boolean> {
  // Locked before counting, so that of two transactions with the last objects the second sees those of the first.
  const [run] = await rowsOf<Run>(
    tx.sql,
    `SELECT party_key AS "partyKey", snapshot_id AS "snapshotId", count, began_at AS "beganAt", ended_at AS "endedAt"
       FROM snapshot_run r
      WHERE party_key = $1 AND kind = $2 AND snapshot_id = $3 AND ended_at IS NOT NULL AND completed_at IS NULL
        AND NOT EXISTS (SELECT FROM snapshot_run n
              WHERE n.party_key = r.party_key AND n.kind = r.kind AND n.began_at > r.began_at)
        FOR UPDATE`,
    [party, kind, snapshotId],
  );
  if (!run) return false;
  const [stored] = await rowsOf<{ count: number }>(
    tx.sql,
    `SELECT count(*) AS count FROM ${kind} WHERE party_key = $1 AND snapshot_id = $2`,
    [party, snapshotId],
  );
  if ((stored?.count ?? 0) < run.count) return false;
  const removed = await (kind === 'location' ? takeLocations(tx, run) : takeTariffs(tx, run));
  await tx.sql.query(
    `UPDATE snapshot_run SET completed_at = now(), removed = $4
      WHERE party_key = $1 AND kind = $2 AND snapshot_id = $3`,
    [party, kind, snapshotId, removed],
  );
  return true;
}

const MISSING = `party_key = $1 AND snapshot_id IS DISTINCT FROM $2 AND guard_time < $3`;

async function takeLocations(tx: EventTransaction, run: Run): Promise<number> {
  const missing = await lockLocations(tx.sql, `${MISSING} AND removed_at IS NULL`, [
    run.partyKey,
    run.snapshotId,
    run.beganAt,
  ]);
  await removeLocations(
    tx,
    [...missing.values()].map((location) => ({
      location,
      event: { time: run.endedAt, sequence: undefined },
    })),
  );
  return missing.size;
}

async function takeTariffs(tx: EventTransaction, run: Run): Promise<number> {
  const missing = await lockTariffs(tx.sql, `${MISSING} AND deleted_at IS NULL`, [
    run.partyKey,
    run.snapshotId,
    run.beganAt,
  ]);
  await removeTariffs(
    tx,
    [...missing.values()].map((tariff) => ({
      tariff,
      event: { time: run.endedAt, sequence: undefined },
    })),
  );
  return missing.size;
}
