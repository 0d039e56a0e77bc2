import { type ChangeEntity } from '#database';
import { isTracing } from '#platform';
import { plainArray } from './plain-array.js';
import { type SqlRunner } from './sql-runner.js';

/** One change as its writer states it; the columns are told at `ChangeEntity`. Left out means null. */
export type NewChange = Pick<ChangeEntity, 'kind' | 'objectId' | 'aspect' | 'partyKey'> &
  Partial<
    Pick<
      ChangeEntity,
      | 'evseId'
      | 'connectorId'
      | 'fields'
      | 'audience'
      | 'connectionId'
      | 'versions'
      | 'eventTime'
      | 'traceparent'
    >
  >;

const INSERT = `INSERT INTO change (kind, object_id, evse_id, connector_id, aspect, fields, audience,
    party_key, connection_id, versions, event_time)
  SELECT kind, object_id, evse_id, connector_id, aspect, string_to_array(fields, ','), audience,
    party_key, connection_id, string_to_array(versions, ','), event_time
  FROM unnest($1::text[], $2::bigint[], $3::bigint[], $4::text[], $5::text[], $6::text[], $7::text[],
    $8::text[], $9::text[], $10::text[], $11::timestamptz[])
    AS new (kind, object_id, evse_id, connector_id, aspect, fields, audience, party_key,
      connection_id, versions, event_time)`;

const INSERT_TRACED = `INSERT INTO change (kind, object_id, evse_id, connector_id, aspect, fields, audience,
    party_key, connection_id, versions, event_time, traceparent)
  SELECT kind, object_id, evse_id, connector_id, aspect, string_to_array(fields, ','), audience,
    party_key, connection_id, string_to_array(versions, ','), event_time, traceparent
  FROM unnest($1::text[], $2::bigint[], $3::bigint[], $4::text[], $5::text[], $6::text[], $7::text[],
    $8::text[], $9::text[], $10::text[], $11::timestamptz[], $12::text[])
    AS new (kind, object_id, evse_id, connector_id, aspect, fields, audience, party_key,
      connection_id, versions, event_time, traceparent)`;

/**
 * Writes changes into the change log in the order given, in the caller's transaction: the one that changes the objects
 * (D2). One statement whatever their number. After the commit the caller calls `ChangeLogSignal.notify()`.
 */
export async function appendChanges(tx: SqlRunner, rows: readonly NewChange[]): Promise<void> {
  if (rows.length === 0) return;
  const column = <T>(value: (row: NewChange) => T) => rows.map(value);
  const columns = [
    column((row) => row.kind),
    plainArray(column((row) => row.objectId)),
    plainArray(column((row) => row.evseId ?? null)),
    column((row) => row.connectorId ?? null),
    column((row) => row.aspect),
    column((row) => row.fields?.join(',') ?? null),
    column((row) => row.audience ?? null),
    column((row) => row.partyKey),
    column((row) => row.connectionId ?? null),
    column((row) => row.versions?.join(',') ?? null),
    plainArray(column((row) => row.eventTime?.toISOString() ?? null)),
  ];
  if (!isTracing()) {
    await tx.query(INSERT, columns);
    return;
  }
  const traceparents = plainArray(column((row) => row.traceparent ?? null));
  await tx.query(INSERT_TRACED, [...columns, traceparents]);
}
