import { rowsOf, type SqlRunner } from '#change-log';
import { type ReservationEnded } from '#csms-contract';
import { type EndState, IS_ASKED_FOR, takeEnd } from './held-ends.js';

/** What came of the news of one reservation. */
export type EndedReservation = 'ended' | 'held' | 'ended before' | 'unknown';

const STATE_AFTER: Record<ReservationEnded['reason'], EndState> = {
  EXPIRED: 'expired',
  REMOVED: 'removed',
  // The card was shown: the reservation is used up.
  NO_TRANSACTION: 'used',
};

/**
 * Ends a reservation as the station or the operator did, `at` this instant; one that was taken away is told to the partner
 * (CMD-66). While a request for it is open, its result goes first.
 */
export async function endReservation(
  tx: SqlRunner,
  partyKey: string,
  { reservation_number, reason }: Pick<ReservationEnded, 'reservation_number' | 'reason'>,
  at: Date,
  now: Date,
): Promise<EndedReservation> {
  const known = await rowsOf(tx, 'SELECT FROM reservation WHERE number = $1 AND party_key = $2', [
    reservation_number,
    partyKey,
  ]);
  if (known.length === 0) return 'unknown';
  return takeEnd(tx, reservation_number, STATE_AFTER[reason], at, now);
}

/** Those whose time is over end by themselves; what the CSMS states of their Session is its own affair. */
export async function expireReservations(source: SqlRunner, now: Date): Promise<void> {
  await source.query(
    `UPDATE reservation SET state = 'expired', ended_at = $1
      WHERE number IN (SELECT r.number FROM reservation r
                        WHERE r.state = 'active' AND r.expiry_date <= $1 AND NOT ${IS_ASKED_FOR}
                        ORDER BY r.expiry_date LIMIT 500 FOR UPDATE SKIP LOCKED)`,
    [now],
  );
}
