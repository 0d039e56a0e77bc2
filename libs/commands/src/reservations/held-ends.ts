import { rowsOf, type SqlRunner } from '#change-log';
import { type CommandEntity, type ReservationState } from '#database';
import { callbackExpiry } from '../command-timing.js';
import { bodyOf } from '../kinds/command-kinds.js';

/** For a reservation `r`: a request for it has no result yet, so its end waits. */
export const IS_ASKED_FOR = `EXISTS (SELECT FROM command c WHERE c.reservation_number = r.number
    AND c.kind = 'RESERVE_NOW' AND c.outcome IS NULL)`;

export type EndState = Extract<ReservationState, 'used' | 'expired' | 'cancelled' | 'removed'>;

// A statement of its own before any that looks for open requests: what is decided here is decided one after the other.
const LOCK = 'SELECT FROM reservation WHERE number = ANY($1) ORDER BY number FOR UPDATE';

/** Until the end of the transaction: nobody else decides of their ends, or opens a request for them. */
export const lockReservations = (tx: SqlRunner, numbers: readonly number[]): Promise<unknown> =>
  tx.query(LOCK, [numbers]);

// The newest end counts: one before it may have been of what was replaced since.
const HOLD = `UPDATE reservation r SET held_end = $2, held_end_at = $3
  WHERE r.number = $1 AND r.state IN ('pending', 'active') AND (r.held_end_at < $3) IS NOT FALSE AND ${IS_ASKED_FOR}
  RETURNING r.command_id AS "commandId"`;

const END = `UPDATE reservation r SET state = $2, ended_at = $3
  WHERE r.number = $1 AND r.state IN ('pending', 'active') AND NOT ${IS_ASKED_FOR}
  RETURNING r.command_id AS "commandId"`;

/**
 * Ends an open reservation, or notes its end until the request for it has a result: that is told first. `at`: when it ended, as
 * the CSMS says.
 */
export async function takeEnd(
  tx: SqlRunner,
  number: number,
  state: EndState,
  at: Date,
  now: Date,
): Promise<'ended' | 'held' | 'ended before'> {
  await lockReservations(tx, [number]);
  if ((await updated(tx, HOLD, [number, state, at])).length > 0) return 'held';
  const [ended] = await updated(tx, END, [number, state, now]);
  if (!ended) return 'ended before';
  if (state === 'removed') await tellCancellation(tx, ended.commandId, now);
  return 'ended';
}

const APPLY = `UPDATE reservation r SET state = r.held_end, ended_at = $2, held_end = NULL, held_end_at = NULL
   FROM reservation o
  WHERE o.number = r.number AND r.number = ANY($1) AND r.held_end IS NOT NULL AND r.state IN ('pending', 'active')
    AND NOT ${IS_ASKED_FOR}
  RETURNING r.command_id AS "commandId", o.state AS before, r.state`;

/**
 * Ends those whose end waited for these requests. The partner hears of one that was taken away, and of any of which it hears
 * only now, by `accepted`, that it was made.
 */
export async function applyHeldEnds(
  tx: SqlRunner,
  numbers: readonly number[],
  accepted: ReadonlySet<string>,
  now: Date,
): Promise<void> {
  const rows = await updated<{ commandId: string; before: string; state: EndState }>(tx, APPLY, [
    numbers,
    now,
  ]);
  for (const { commandId, before, state } of rows) {
    if (before !== 'active' || state === 'used') continue;
    if (state === 'removed' || accepted.has(commandId)) await tellCancellation(tx, commandId, now);
  }
}

// The newest request speaks for the reservation: its URLs hear of it, once each (CMD-66, CMD-73).
const TELL = `INSERT INTO command_callback (command_id, purpose, response_url, correlation_id, state, body, expires_at)
  SELECT command_id, 'cancellation', response_url, correlation_id, 'due', $2, $3 FROM command_callback
   WHERE command_id = $1 AND purpose = 'result'
  ON CONFLICT (command_id, response_url, purpose) DO NOTHING`;

async function tellCancellation(tx: SqlRunner, commandId: string, now: Date): Promise<void> {
  const [command] = await rowsOf<Pick<CommandEntity, 'kind' | 'version'>>(
    tx,
    'SELECT kind, version FROM command WHERE id = $1',
    [commandId],
  );
  if (!command) return;
  const body = bodyOf(command.kind)(command.version, { result: 'CANCELED_RESERVATION' });
  if (body !== null) await tx.query(TELL, [commandId, body, callbackExpiry(now)]);
}

/** `UPDATE … RETURNING` answers rows and their count. */
async function updated<T = { commandId: string }>(
  tx: SqlRunner,
  sql: string,
  parameters: unknown[],
): Promise<T[]> {
  const [rows] = (await tx.query(sql, parameters)) as [T[], number];
  return rows;
}
