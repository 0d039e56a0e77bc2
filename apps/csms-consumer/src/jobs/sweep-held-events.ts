import { type DataSource } from 'typeorm';
import { type EventProcessor } from '../events/event-processor.js';

const AT_ONCE = 2000;

const PARENT_IS_THERE = `EXISTS (SELECT FROM location l WHERE p.parent_key LIKE 'location:%'
      AND l.party_key = split_part(substr(p.parent_key, 10), '/', 1)
      AND l.location_key = substr(p.parent_key, 11 + length(split_part(substr(p.parent_key, 10), '/', 1))))
  OR EXISTS (SELECT FROM session s WHERE p.parent_key LIKE 'session:%' AND s.status IN ('COMPLETED', 'INVALID')
      AND s.party_key = split_part(substr(p.parent_key, 9), '/', 1)
      AND s.session_key = substr(p.parent_key, 10 + length(split_part(substr(p.parent_key, 9), '/', 1))))`;

/** Each event soon after it came, then ever more seldom, down to once a minute: a parent may lack the part that is waited for. */
const IS_ITS_TURN = `p.attempts <= 1 + extract(epoch FROM now() - p.received_at) / 60
  + log(2, greatest(extract(epoch FROM now() - p.received_at)::numeric, 1))`;

/**
 * Lets through what was held and could go by now: a parent that came in a transaction beside the holding one, or in a
 * process that died before it let its children through. What waited too long is parked.
 */
export async function sweepHeldEvents(
  dataSource: DataSource,
  processor: EventProcessor,
): Promise<void> {
  const due: { id: number }[] = await dataSource.query(
    `SELECT id FROM parked_event p WHERE state = 'held' AND (expires_at < now() OR (${IS_ITS_TURN} AND (${PARENT_IS_THERE})))
      ORDER BY id LIMIT $1`,
    [AT_ONCE],
  );
  if (due.length > 0) await processor.retry(due.map(({ id }) => id));
  await dataSource.query(
    `UPDATE parked_event SET state = 'parked', expires_at = NULL, reason = reason || ' (waited in vain)'
      WHERE state = 'held' AND expires_at < now()`,
  );
}
