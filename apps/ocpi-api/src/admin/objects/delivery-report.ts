import { Injectable } from '@nestjs/common';
import { WALK_ORDER } from '#change-log';
import { type CdrReceiptEntity, type FeedEntity, type ParkedPushEntity } from '#database';
import { type ModuleId } from '#ocpi';
import { type Connection, ConnectionDirectory, endpointUrl } from '#partners';
import { DataSource } from 'typeorm';
import { type DeliveryState, type DeliveryView, type ExchangeView } from './object.dto.js';
import { PartnerSight, type Sight } from './partner-sight.js';
import { type ObjectKind, type StoredObject } from './stored-object.js';

/** What is recorded of an object and one connection. */
interface Record {
  id: string;
  hasFeed: boolean;
  snapshot: FeedEntity['snapshot'];
  /** Changes of it lie behind the feed's cursor. */
  isUnread: boolean;
  lastFailure: string | null;
  parked: Pick<ParkedPushEntity, 'id' | 'reason'> | null;
  receipt: Pick<
    CdrReceiptEntity,
    'state' | 'attempts' | 'locationUrl' | 'reason' | 'updatedAt'
  > | null;
  exchange: ExchangeView | null;
}

const SELECT = `SELECT c.id, f.connection_id IS NOT NULL AS "hasFeed", f.snapshot,
    CASE WHEN f.failures > 0 THEN f.last_failure END AS "lastFailure",
    EXISTS (SELECT FROM change x
      WHERE (x.xid, x.seq) > (f.cursor_xid, f.cursor_seq) AND x.object_id = $2 AND x.kind = ANY($3)
        AND (x.connection_id IS NULL OR x.connection_id = c.id)
        AND (x.versions IS NULL OR c.version = ANY(x.versions))) AS "isUnread",
    (SELECT json_build_object('id', p.id, 'reason', p.reason) FROM parked_push p
      WHERE p.connection_id = c.id AND p.kind = $1 AND p.object_id = $2) AS parked,
    (SELECT json_build_object('state', r.state, 'attempts', r.attempts, 'locationUrl', r.location_url,
        'reason', r.reason, 'updatedAt', r.updated_at) FROM cdr_receipt r
      WHERE $1 = 'cdr' AND r.connection_id = c.id AND r.cdr_id = $2) AS receipt,
    (SELECT json_build_object('at', e.at, 'method', e.method, 'url', e.url, 'request', e.request,
        'httpStatus', e.http_status, 'ocpiStatus', e.ocpi_status, 'response', e.response,
        'durationMs', e.duration_ms, 'outcome', e.outcome, 'requestId', e.request_id)
       FROM exchange e WHERE e.connection_id = c.id AND e.kind = ANY($3) AND e.object_name = ANY($4)
      ORDER BY e.at DESC LIMIT 1) AS exchange
  FROM connection c LEFT JOIN feed f ON f.connection_id = c.id`;

/** The kinds under which changes and exchanges about an object, its parts, or what limits it, are recorded. */
const TOLD_AS = {
  location: ['location', 'evse', 'connector'],
  tariff: ['tariff'],
  session: ['session', 'chargingprofile'],
  cdr: ['cdr'],
} as const satisfies { [K in ObjectKind]: readonly string[] };

/** Where an object stands at each partner, with the last thing said about it: "where is my CDR?" */
@Injectable()
export class DeliveryReport {
  constructor(
    private readonly dataSource: DataSource,
    private readonly directory: ConnectionDirectory,
    private readonly sight: PartnerSight,
  ) {}

  async of(object: StoredObject): Promise<DeliveryView[]> {
    const records = await this.dataSource.query<Record[]>(SELECT, [
      object.kind,
      object.rowId,
      TOLD_AS[object.kind],
      object.exchangeNames,
    ]);
    const byId = new Map(records.map((record) => [record.id, record]));
    return Promise.all(
      this.directory.all().map(async (connection) => {
        const sight = await this.sight.of(connection, object);
        return deliveryOf(connection, object, sight, byId.get(connection.id));
      }),
    );
  }
}

function deliveryOf(
  connection: Connection,
  object: StoredObject,
  sight: Sight,
  record: Record | undefined,
): DeliveryView {
  const { state, reason } = standing(connection, object, sight, record);
  return {
    connectionId: connection.id,
    connectionName: connection.name,
    version: connection.version,
    state,
    ...(reason != null && { reason }),
    ...(record?.parked && { parkedId: record.parked.id }),
    ...(record?.receipt && { receipt: record.receipt }),
    ...(record?.exchange && { lastExchange: record.exchange }),
  };
}

interface Standing {
  state: DeliveryState;
  reason?: string | null | undefined;
}

function standing(
  connection: Connection,
  object: StoredObject,
  sight: Sight,
  record: Record | undefined,
): Standing {
  if (record?.receipt?.state === 'delivered') return { state: 'delivered' };
  if (record?.parked) return { state: 'parked', reason: record.parked.reason };
  if (!sight.shown) return { state: sight.because, reason: sight.reason };
  const notPushed = reasonNotToPush(connection, object.kind);
  if (notPushed !== undefined) return { state: 'pulled', reason: notPushed };
  if (record?.receipt) return owing(record.receipt, record.lastFailure);
  if (!record?.hasFeed) return { state: 'behind', reason: 'its feed has not started' };
  if (object.kind === 'cdr' || record.isUnread || !isReached(record.snapshot, object)) {
    return { state: 'behind', reason: record.lastFailure ?? waitingFor(connection) };
  }
  return { state: 'delivered' };
}

function owing(receipt: NonNullable<Record['receipt']>, lastFailure: string | null): Standing {
  switch (receipt.state) {
    case 'owed':
      return { state: 'owed', reason: lastFailure ?? 'not acknowledged yet' };
    case 'pull_only':
      return { state: 'pulled', reason: receipt.reason ?? 'left for the partner to fetch' };
    default:
      return { state: receipt.state, reason: receipt.reason };
  }
}

function reasonNotToPush(connection: Connection, kind: ObjectKind): string | undefined {
  const module: ModuleId = `${kind}s`;
  if (connection.profile[`${module}Push`] === 'pull_only') return 'its profile says so';
  return endpointUrl(connection, module, 'RECEIVER') === undefined
    ? `it lists no receiver of ${module}`
    : undefined;
}

/** Has the walk over everything come past this object, or is none under way? */
function isReached(snapshot: FeedEntity['snapshot'], { kind, rowId }: StoredObject): boolean {
  if (snapshot === null) return true;
  const own = WALK_ORDER.indexOf(kind);
  const walked = WALK_ORDER.findIndex((name) => name === snapshot.kind);
  return own < walked || (own === walked && rowId <= snapshot.afterId);
}

function waitingFor({ paused, state }: Connection): string {
  if (state === 'rejected') return 'the partner rejects our token';
  return paused ? 'the connection is paused' : 'on its way';
}
