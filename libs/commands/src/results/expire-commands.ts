import { rowsOf, type SqlRunner } from '#change-log';
import { type DataSource } from 'typeorm';
import { type SettledCommand } from '../kinds/command-kind.js';
import { settleCommands } from './settle-commands.js';
import { COMMAND_COLUMNS, type LockedCommand } from './locked-commands.js';

const AT_ONCE = 200;

/**
 * Ends commands whose deadline is over as TIMEOUT, some at a time: whoever takes them, each is taken once (CMD-21). Resolves to
 * those that were, all of them committed.
 */
export async function expireCommands(source: DataSource, now: Date): Promise<SettledCommand[]> {
  const all: SettledCommand[] = [];
  for (;;) {
    const some = await source.transaction((tx) => expireSome(tx, now));
    all.push(...some);
    if (some.length < AT_ONCE) return all;
  }
}

async function expireSome(tx: SqlRunner, now: Date): Promise<SettledCommand[]> {
  const commands = await rowsOf<LockedCommand>(
    tx,
    `SELECT ${COMMAND_COLUMNS} FROM command c WHERE c.outcome IS NULL AND c.deadline <= $1
      ORDER BY c.deadline LIMIT $2 FOR UPDATE SKIP LOCKED`,
    [now, AT_ONCE],
  );
  const settled = commands.map((command) => ({
    command,
    outcome: { result: 'TIMEOUT' },
    finished: undefined,
  }));
  await settleCommands(tx, settled, now);
  return settled;
}

/** The nearest deadline of an open command or end of a reservation; undefined when there is none. */
export async function nextDeadline(source: SqlRunner): Promise<Date | undefined> {
  const rows = await rowsOf<{ at: Date | null }>(
    source,
    `SELECT least((SELECT min(deadline) FROM command WHERE outcome IS NULL),
                  (SELECT min(expiry_date) FROM reservation WHERE state = 'active')) AS at`,
  );
  return rows[0]?.at ?? undefined;
}
