import { type ChangeEntity, type CsmsMessageEntity } from '#database';
import { type Cursor } from './cursor.js';
import { rowsOf, type SqlRunner } from './sql-runner.js';

/** A table whose rows are read in the order of (xid, seq) below the horizon. */
export interface LogTable<Row extends Cursor> {
  name: string;
  /** What to select, with the names of the row's properties. */
  select: string;
  /** Never set: carries the type of the rows. */
  row?: Row;
}

export const CHANGES: LogTable<ChangeEntity> = {
  name: 'change',
  select: `xid, seq, at, kind, object_id AS "objectId", evse_id AS "evseId", connector_id AS "connectorId",
    aspect, fields, audience, party_key AS "partyKey", connection_id AS "connectionId", versions,
    event_time AS "eventTime", traceparent`,
};

export const CSMS_MESSAGES: LogTable<CsmsMessageEntity> = {
  name: 'csms_message',
  select: 'xid, seq, id, type, subject, key, data, party_key AS "partyKey", at, traceparent',
};

/** Rows behind `after` and below the horizon, in order. The horizon must have been taken before. */
export const readLog = <Row extends Cursor>(
  source: SqlRunner,
  table: LogTable<Row>,
  after: Cursor,
  horizon: number,
  limit: number,
): Promise<Row[]> =>
  rowsOf<Row>(
    source,
    `SELECT ${table.select} FROM ${table.name}
      WHERE (xid, seq) > ($1, $2) AND xid < $3 ORDER BY xid, seq LIMIT $4`,
    [after.xid, after.seq, horizon, limit],
  );
