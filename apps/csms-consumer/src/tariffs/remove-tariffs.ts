import { type CloudEvent } from '#csms-contract';
import { type EventTransaction } from '../events/event-handler.js';
import { refreshLocations } from './refresh-locations.js';
import { type StoredTariff } from './stored-tariffs.js';

/** Withdraws Tariffs; connectors stop naming them, and partners get a DELETE after that (TAR-05, TAR-06). */
export async function removeTariffs(
  tx: EventTransaction,
  list: readonly {
    tariff: StoredTariff;
    event: Pick<CloudEvent, 'time' | 'sequence'> & Partial<Pick<CloudEvent, 'traceparent'>>;
  }[],
): Promise<void> {
  if (list.length === 0) return;
  await tx.sql.query(
    `UPDATE tariff t SET deleted_at = v.time, guard_time = greatest(t.guard_time, v.time),
            guard_sequence = coalesce(v.sequence, t.guard_sequence), last_updated = greatest(t.last_updated, v.time)
       FROM unnest($1::bigint[], $2::timestamptz[], $3::bigint[]) AS v(id, time, sequence) WHERE t.id = v.id`,
    [
      list.map(({ tariff }) => tariff.id),
      list.map(({ event }) => event.time),
      list.map(({ event }) => event.sequence ?? null),
    ],
  );
  await refreshLocations(
    tx,
    list.map(({ tariff }) => tariff),
  );
  for (const { tariff, event } of list) {
    tx.changes.push({
      kind: 'tariff',
      objectId: tariff.id,
      aspect: 'deleted',
      partyKey: tariff.partyKey,
      eventTime: event.time,
      traceparent: event.traceparent ?? null,
    });
  }
}
