import { rowsOf } from '#change-log';
import { type CloudEvent } from '#csms-contract';
import { type EventTransaction } from '../events/event-handler.js';
import { type StoredLocation } from './stored-locations.js';

export interface LocationToRemove {
  location: StoredLocation;
  event: Pick<CloudEvent, 'time' | 'sequence'> & Partial<Pick<CloudEvent, 'traceparent'>>;
}

/** Sets every EVSE of the Locations to REMOVED; nothing is erased (LOC-11, LOC-27). One statement each, whatever their number. */
export async function removeLocations(
  tx: EventTransaction,
  list: readonly LocationToRemove[],
): Promise<void> {
  if (list.length === 0) return;
  await tx.sql.query(
    `UPDATE location l SET removed_at = v.time, guard_time = greatest(l.guard_time, v.time), guard_sequence = v.sequence
       FROM unnest($1::bigint[], $2::timestamptz[], $3::bigint[]) AS v(id, time, sequence) WHERE l.id = v.id`,
    [
      list.map(({ location }) => location.id),
      list.map(({ event }) => event.time),
      list.map(({ event, location }) => event.sequence ?? location.guardSequence),
    ],
  );
  const rows = await rowsOf<{ evseId: number; locationId: number }>(
    tx.sql,
    `WITH u AS (UPDATE evse_state s
         SET status = 'REMOVED', guard_time = greatest(s.guard_time, v.time), guard_sequence = NULL,
             last_updated = CASE WHEN v.time > s.last_updated THEN v.time ELSE greatest(s.last_updated, $3) END
        FROM unnest($1::bigint[], $2::timestamptz[]) AS v(id, time)
       WHERE s.location_id = v.id AND s.evse_id = ANY($4::bigint[]) AND s.status <> 'REMOVED'
      RETURNING s.evse_id, s.location_id)
     SELECT evse_id AS "evseId", location_id AS "locationId" FROM u ORDER BY evse_id`,
    [
      list.map(({ location }) => location.id),
      list.map(({ event }) => event.time),
      tx.now,
      list.flatMap(({ location }) => location.evses.map(({ id }) => id)),
    ],
  );
  const byId = new Map(list.map((entry) => [entry.location.id, entry]));
  for (const { evseId, locationId } of rows) {
    const entry = byId.get(locationId);
    tx.changes.push({
      kind: 'evse',
      objectId: locationId,
      evseId,
      aspect: 'status',
      partyKey: entry?.location.partyKey ?? '',
      eventTime: entry?.event.time ?? null,
      traceparent: entry?.event.traceparent ?? null,
    });
  }
}
