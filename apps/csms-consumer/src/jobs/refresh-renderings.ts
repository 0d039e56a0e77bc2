import { appendChanges, type ChangeLogSignal } from '#change-log';
import { createLogger } from '#platform';
import { type DataSource } from 'typeorm';
import { LOCATION_RENDERING } from '../locations/location-renderings.js';
import { renderAnew } from '../locations/render-anew.js';
import { eventTransaction } from '../events/event-handler.js';
import { lockLocations } from '../locations/stored-locations.js';

const log = createLogger('renderings');

/** Short transactions: the CSMS writes beside it. */
const AT_ONCE = 50;

/**
 * Renders Locations anew, some at a time, that a build of an older rendering wrote last: after an upgrade all of them, and
 * beside old processes that still run what these write. Stops between two transactions after `forMs`; resolves to how many there were.
 */
export async function refreshRenderings(
  dataSource: DataSource,
  signal: ChangeLogSignal,
  { now, forMs }: { now: Date; forMs: number },
): Promise<number> {
  const deadline = performance.now() + forMs;
  let total = 0;
  let count: number;
  do {
    const { seen, told } = await refreshSome(dataSource, now);
    if (told > 0) signal.notify();
    count = seen;
    total += seen;
  } while (count === AT_ONCE && performance.now() < deadline);
  if (total > 0) log.info({ locations: total, rendering: LOCATION_RENDERING }, 'rendered anew');
  return total;
}

const refreshSome = (dataSource: DataSource, now: Date): Promise<{ seen: number; told: number }> =>
  dataSource.transaction(async (sql) => {
    const tx = eventTransaction(sql, now);
    // Asked twice: who waits for a lock sees what the other made of the row, but not which rows to take then.
    const older = await lockLocations(
      sql,
      `l.rendering < $1 AND l.id IN (SELECT id FROM location WHERE rendering < $1 ORDER BY id LIMIT $2)`,
      [LOCATION_RENDERING, AT_ONCE],
    );
    if (older.size === 0) return { seen: 0, told: 0 };
    await renderAnew(tx, [...older.values()]);
    await appendChanges(sql, tx.changes);
    return { seen: older.size, told: tx.changes.length };
  });
