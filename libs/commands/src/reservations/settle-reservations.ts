import { type SqlRunner } from '#change-log';
import { parseDateTime, foldId, type ReserveNow } from '#ocpi';
import { type SettledCommand } from '../kinds/command-kind.js';
import { applyHeldEnds, IS_ASKED_FOR, lockReservations, takeEnd } from './held-ends.js';

// Of two requests the newer counts, whatever order their results come in. The station says that it has the reservation: one
// that it had before and lost meanwhile is in force again, while the end of one of which nothing was heard before is its own.
const TAKE_FORCE = `UPDATE reservation r
    SET state = 'active', command_id = $2, body = $3, evse_key = $4, driver_key = $5, expiry_date = $6, ended_at = NULL,
        held_end = CASE WHEN r.state <> 'pending' AND r.held_end_at < $8 THEN NULL ELSE r.held_end END,
        held_end_at = CASE WHEN r.state <> 'pending' AND r.held_end_at < $8 THEN NULL ELSE r.held_end_at END
  WHERE r.number = $1 AND r.state <> 'used'
    AND NOT EXISTS (SELECT FROM command c WHERE c.id = r.command_id AND c.outcome = 'ACCEPTED' AND c.received_at > $7)
    AND (r.state IN ('pending', 'active')
         OR NOT EXISTS (SELECT FROM reservation o WHERE o.party_key = r.party_key AND o.sender_key = r.sender_key
                           AND o.location_key = r.location_key AND o.reservation_key = r.reservation_key
                           AND o.state IN ('pending', 'active')))`;

// One that another request, still open, is about stays pending until that is settled.
const REFUSE = `UPDATE reservation r SET state = 'refused', ended_at = $2
  WHERE r.number = ANY($1) AND r.state = 'pending' AND NOT ${IS_ASKED_FOR}`;

const numbersOf = (settled: readonly SettledCommand[]): number[] =>
  settled.flatMap(({ command }) => command.reservationNumber ?? []);

/** An accepted one is in force, its newest command speaks for it; a refused replacement changes nothing (CMD-73). */
export async function settleReservations(
  tx: SqlRunner,
  settled: readonly SettledCommand[],
  now: Date,
): Promise<void> {
  const numbers = numbersOf(settled);
  await lockReservations(tx, numbers);
  const accepted = settled.filter(({ outcome }) => outcome.result === 'ACCEPTED');
  for (const { command, finishedAt = now } of accepted) {
    const body = JSON.parse(command.body) as ReserveNow;
    await tx.query(TAKE_FORCE, [
      command.reservationNumber,
      command.id,
      command.body,
      command.evseKey,
      foldId(body.token.uid),
      parseDateTime(body.expiry_date),
      command.receivedAt,
      finishedAt,
    ]);
  }
  await applyHeldEnds(tx, numbers, new Set(accepted.map(({ command }) => command.id)), now);
  await tx.query(REFUSE, [numbers, now]);
}

/** What the station gave up is over; the Session's end is the CSMS's to state (CMD-64). */
export async function settleCancellations(
  tx: SqlRunner,
  settled: readonly SettledCommand[],
  now: Date,
): Promise<void> {
  for (const { command, outcome, finishedAt = now } of settled) {
    if (outcome.result !== 'ACCEPTED' || command.reservationNumber === null) continue;
    await takeEnd(tx, command.reservationNumber, 'cancelled', finishedAt, now);
  }
}
