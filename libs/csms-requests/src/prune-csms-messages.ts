import { type SqlRunner } from '#change-log';

const CHUNK = 10_000;

/**
 * Removes messages older than `hours` that all of `subscribers` have taken; others do not hold them. Resolves to their
 * number. Several processes may do it at once.
 */
export async function pruneCsmsMessages(
  source: SqlRunner,
  hours: number,
  subscribers: readonly string[],
): Promise<number> {
  let removed = 0;
  for (;;) {
    const [, count] = (await source.query(
      `DELETE FROM csms_message WHERE (xid, seq) IN (
         SELECT xid, seq FROM csms_message m
          WHERE at < clock_timestamp() - $1 * interval '1 hour'
            AND NOT EXISTS (SELECT FROM csms_subscriber s
                             WHERE s.name = ANY ($2) AND (s.cursor_xid, s.cursor_seq) < (m.xid, m.seq))
          LIMIT $3 FOR UPDATE SKIP LOCKED)`,
      [hours, subscribers, CHUNK],
    )) as [unknown, number];
    removed += count;
    if (count < CHUNK) return removed;
  }
}
