import { rowsOf, type SqlRunner } from '#change-log';
import { type ReservationEnded } from '#csms-contract';
import { type CommandEntity, type ReservationState } from '#database';
import { callbackExpiry } from '../command-timing.js';
import { bodyOf } from '../kinds/command-kinds.js';

/** What came of the news of one reservation. */
export type EndedReservation = 'ended' | 'ended before' | 'unknown';

const STATE_AFTER: Record<ReservationEnded['reason'], ReservationState> = {
  EXPIRED: 'expired',
  REMOVED: 'removed',
  // The card was shown: the reservation is used up.
  NO_TRANSACTION: 'used',
};

const END = `UPDATE reservation SET state = $3, ended_at = $4
  WHERE number = $1 AND party_key = $2 AND state IN ('pending', 'active') RETURNING command_id AS "commandId"`;

// The newest request speaks for the reservation: its URLs hear of it, once each (CMD-66, CMD-73).
const TELL = `INSERT INTO command_callback (command_id, purpose, response_url, correlation_id, state, body, expires_at)
  SELECT command_id, 'cancellation', response_url, correlation_id, 'due', $2, $3 FROM command_callback
   WHERE command_id = $1 AND purpose = 'result'
  ON CONFLICT (command_id, response_url, purpose) DO NOTHING`;

/** Ends a reservation as the station or the operator did; one that was taken away is told to the partner (CMD-66). */
export async function endReservation(
  tx: SqlRunner,
  partyKey: string,
  { reservation_number, reason }: Pick<ReservationEnded, 'reservation_number' | 'reason'>,
  now: Date,
): Promise<EndedReservation> {
  const state = STATE_AFTER[reason];
  // `UPDATE … RETURNING` answers rows and their count.
  const [rows] = (await tx.query(END, [reservation_number, partyKey, state, now])) as [
    { commandId: string }[],
    number,
  ];
  const [ended] = rows;
  if (!ended) {
    const known = await rowsOf(tx, 'SELECT FROM reservation WHERE number = $1 AND party_key = $2', [
      reservation_number,
      partyKey,
    ]);
    return known.length > 0 ? 'ended before' : 'unknown';
  }
  if (reason === 'REMOVED') await tellCancellation(tx, ended.commandId, now);
  return 'ended';
}

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

/** Those whose time is over end by themselves; what the CSMS states of their Session is its own affair. */
export async function expireReservations(source: SqlRunner, now: Date): Promise<void> {
  await source.query(
    `UPDATE reservation SET state = 'expired', ended_at = $1
      WHERE number IN (SELECT number FROM reservation WHERE state = 'active' AND expiry_date <= $1
                        ORDER BY expiry_date LIMIT 500 FOR UPDATE SKIP LOCKED)`,
    [now],
  );
}
