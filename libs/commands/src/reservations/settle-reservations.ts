import { type SqlRunner } from '#change-log';
import { parseDateTime, foldId, type ReserveNow } from '#ocpi';
import { type SettledCommand } from '../kinds/command-kind.js';

const TAKE_FORCE = `UPDATE reservation
    SET state = 'active', command_id = $2, body = $3, evse_key = $4, driver_key = $5, expiry_date = $6
  WHERE number = $1 AND state IN ('pending', 'active')`;

// One that another request, still open, is about stays pending until that is settled.
const REFUSE = `UPDATE reservation r SET state = 'refused', ended_at = $2
  WHERE r.number = ANY($1) AND r.state = 'pending'
    AND NOT EXISTS (SELECT FROM command c WHERE c.reservation_number = r.number AND c.kind = 'RESERVE_NOW'
                       AND c.outcome IS NULL)`;

const CANCEL = `UPDATE reservation SET state = 'cancelled', ended_at = $2
  WHERE number = ANY($1) AND state IN ('pending', 'active')`;

const numbersOf = (settled: readonly SettledCommand[]): number[] =>
  settled.flatMap(({ command }) => command.reservationNumber ?? []);

/** An accepted one is in force, its newest command speaks for it; a refused replacement changes nothing (CMD-73). */
export async function settleReservations(
  tx: SqlRunner,
  settled: readonly SettledCommand[],
  now: Date,
): Promise<void> {
  for (const { command, outcome } of settled) {
    if (outcome.result !== 'ACCEPTED') continue;
    const body = JSON.parse(command.body) as ReserveNow;
    await tx.query(TAKE_FORCE, [
      command.reservationNumber,
      command.id,
      command.body,
      command.evseKey,
      foldId(body.token.uid),
      parseDateTime(body.expiry_date),
    ]);
  }
  await tx.query(REFUSE, [numbersOf(settled), now]);
}

/** What the station gave up is over; the Session's end is the CSMS's to state (CMD-64). */
export async function settleCancellations(
  tx: SqlRunner,
  settled: readonly SettledCommand[],
  now: Date,
): Promise<void> {
  const accepted = settled.filter(({ outcome }) => outcome.result === 'ACCEPTED');
  if (accepted.length > 0) await tx.query(CANCEL, [numbersOf(accepted), now]);
}
