import { pruneChanges, rowsOf, type SqlRunner } from '#change-log';
import { type GatewaySettings } from '#platform';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** What is forgotten of one table, and of what hangs on its rows. */
export interface Pruning {
  table: string;
  /** How often it is looked for; where that reads the whole table, seldom. */
  everyMs: number;
  /** Removes at most `atOnce` rows that were kept long enough, in one short statement; resolves to how many. */
  removeSome(source: SqlRunner, atOnce: number): Promise<number>;
}

export type Retention = Pick<
  GatewaySettings,
  | 'inboxRetentionHours'
  | 'changeLogRetentionHours'
  | 'sessionRetentionDays'
  | 'cdrRetentionDays'
  | 'exchangeRetentionDays'
  | 'parkedEventRetentionDays'
  | 'auditRetentionDays'
  | 'traceRetentionHours'
>;

/** Everything that grows with time alone; commands and messages to the CSMS are pruned where they are made. */
export const prunings = (retention: Retention): readonly Pruning[] => [
  {
    table: 'change',
    everyMs: MINUTE_MS,
    removeSome: (source, atOnce) => pruneChanges(source, retention.changeLogRetentionHours, atOnce),
  },
  {
    table: 'inbox',
    everyMs: MINUTE_MS,
    removeSome: removing(oldRows('inbox', 'received_at'), hours(retention.inboxRetentionHours)),
  },
  {
    table: 'authorization_request',
    everyMs: MINUTE_MS,
    // By then nobody asks what it was.
    removeSome: removing(oldRows('authorization_request', 'answered_at'), days(1)),
  },
  {
    table: 'session',
    everyMs: HOUR_MS,
    removeSome: removing(SESSIONS, days(retention.sessionRetentionDays)),
  },
  {
    table: 'cdr',
    everyMs: HOUR_MS,
    removeSome: removing(CDRS, days(retention.cdrRetentionDays)),
  },
  {
    table: 'exchange',
    everyMs: HOUR_MS,
    removeSome: removing(oldRows('exchange', 'at'), days(retention.exchangeRetentionDays)),
  },
  {
    table: 'parked_event',
    everyMs: HOUR_MS,
    removeSome: removing(
      oldRows('parked_event', 'received_at', `state = 'parked'`),
      days(retention.parkedEventRetentionDays),
    ),
  },
  {
    table: 'audit_entry',
    everyMs: HOUR_MS,
    removeSome: removing(oldRows('audit_entry', 'at'), days(retention.auditRetentionDays)),
  },
  {
    table: 'partner_message',
    everyMs: MINUTE_MS,
    removeSome: removing(oldRows('partner_message', 'at'), hours(retention.traceRetentionHours)),
  },
  {
    table: 'connection_token',
    everyMs: HOUR_MS,
    removeSome: removing(oldRows('connection_token', 'expires_at'), hours(1)),
  },
  {
    table: 'snapshot_run',
    everyMs: HOUR_MS,
    // The newest of a party and kind says which objects are its; older ones only tell that they are replaced.
    removeSome: removing(oldRows('snapshot_run o', 'began_at', HAS_NEWER), days(30)),
  },
];

const hours = (count: number): string => `${count} hours`;
const days = (count: number): string => `${count} days`;

/** `$1` is the age, `$2` how many. A row that changes meanwhile is another by then, and stays. */
const oldRows = (table: string, stamp: string, condition = 'true'): string => `WITH gone AS (
    DELETE FROM ${table} WHERE ctid = ANY (ARRAY(
      SELECT ctid FROM ${table} WHERE ${stamp} < now() - $1::interval AND ${condition} ORDER BY ${stamp} LIMIT $2))
    RETURNING 1
  ) SELECT count(*) AS count FROM gone`;

const SESSIONS = `WITH old AS (
    SELECT id FROM session WHERE last_updated < now() - $1::interval AND status <> 'ACTIVE'
     ORDER BY last_updated LIMIT $2 FOR UPDATE SKIP LOCKED
  ), deliveries AS (
    DELETE FROM session_delivery d USING old WHERE d.session_id = old.id
  ), parked AS (
    DELETE FROM parked_push p USING old WHERE p.kind = 'session' AND p.object_id = old.id
  ), gone AS (
    DELETE FROM session s USING old WHERE s.id = old.id RETURNING 1
  ) SELECT count(*) AS count FROM gone`;

const CDRS = `WITH old AS (
    SELECT id FROM cdr c WHERE last_updated < now() - $1::interval
       AND NOT EXISTS (SELECT FROM cdr_receipt r WHERE r.cdr_id = c.id AND r.state = 'owed')
     ORDER BY last_updated LIMIT $2 FOR UPDATE SKIP LOCKED
  ), receipts AS (
    DELETE FROM cdr_receipt r USING old WHERE r.cdr_id = old.id
  ), renditions AS (
    DELETE FROM cdr_rendition r USING old WHERE r.cdr_id = old.id
  ), parked AS (
    DELETE FROM parked_push p USING old WHERE p.kind = 'cdr' AND p.object_id = old.id
  ), gone AS (
    DELETE FROM cdr c USING old WHERE c.id = old.id RETURNING 1
  ) SELECT count(*) AS count FROM gone`;

const HAS_NEWER = `EXISTS (SELECT FROM snapshot_run n
    WHERE n.party_key = o.party_key AND n.kind = o.kind AND n.began_at > o.began_at)`;

const removing =
  (sql: string, age: string): Pruning['removeSome'] =>
  async (source, atOnce) => {
    const [row] = await rowsOf<{ count: number }>(source, sql, [age, atOnce]);
    return row?.count ?? 0;
  };
