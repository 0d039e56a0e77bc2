import { type Cursor, endOf, readHorizon, rowsOf, type SqlRunner } from '#change-log';
import { type DataSource } from 'typeorm';

/** The subscriber that stands for all readers of the Kafka topics; HTTP clients go by their own names. */
export const KAFKA_SUBSCRIBER = 'kafka';

/** Where a new subscriber begins: with everything still kept, with what was said from a time on, or with what comes next. */
export type SubscriptionStart = 'start' | 'tail' | Date;

/** Gives a subscriber its cursor unless it has one. */
export async function ensureSubscriber(
  source: DataSource,
  name: string,
  start: SubscriptionStart,
): Promise<void> {
  if (await acknowledgedCursor(source, name)) return;
  const cursor =
    start === 'start' ? { xid: 0, seq: 0 } : endOf((await readHorizon(source)).xid - 1);
  // What was written since a time may be below the horizon already; nothing below it can still appear.
  await source.query(
    `INSERT INTO csms_subscriber (name, cursor_xid, cursor_seq)
     SELECT $1, least($2::bigint, (SELECT min(xid) FROM csms_message WHERE at >= $4) - 1), $3
     ON CONFLICT (name) DO NOTHING`,
    [name, cursor.xid, cursor.seq, start instanceof Date ? start : null],
  );
}

/** How far a subscriber has acknowledged; undefined for one that never asked. */
export async function acknowledgedCursor(
  source: SqlRunner,
  name: string,
): Promise<Cursor | undefined> {
  const [row] = await rowsOf<Cursor>(
    source,
    'SELECT cursor_xid AS xid, cursor_seq AS seq FROM csms_subscriber WHERE name = $1',
    [name],
  );
  return row;
}

/**
 * Acknowledges everything up to `cursor`; never goes back, unless the database itself dies within the next moment: nobody
 * waits for the disk, and what is said twice then is what at-least-once means.
 */
export async function acknowledge(source: SqlRunner, name: string, cursor: Cursor): Promise<void> {
  await source.query(
    `UPDATE csms_subscriber SET cursor_xid = $2, cursor_seq = $3
       FROM set_config('synchronous_commit', 'off', true)
      WHERE name = $1 AND (cursor_xid, cursor_seq) < ($2, $3)`,
    [name, cursor.xid, cursor.seq],
  );
}

const COUNT_UP_TO = 100_000;

/**
 * Messages that each of `subscribers` has not taken, counted up to 100,000. Those that never asked are left out: nothing
 * is kept for them.
 */
export async function subscriberLags(
  source: SqlRunner,
  subscribers: readonly string[],
): Promise<{ name: string; lag: number }[]> {
  return rowsOf(
    source,
    `SELECT s.name, behind.lag FROM csms_subscriber s
       LEFT JOIN csms_client c ON c.name = s.name
       CROSS JOIN LATERAL (
         SELECT count(*) AS lag FROM (
           SELECT FROM csms_message m
            WHERE (m.xid, m.seq) > (s.cursor_xid, s.cursor_seq)
              AND (m.party_key IS NULL OR c.name IS NULL OR m.party_key = ANY (c.parties))
            LIMIT $1) AS counted) AS behind
      WHERE s.name = ANY ($2)`,
    [COUNT_UP_TO, subscribers],
  );
}
