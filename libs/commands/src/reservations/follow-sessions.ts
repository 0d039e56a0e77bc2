import { rowsOf, type SqlRunner } from '#change-log';
import { type SessionStatus } from '#ocpi';
import { IS_ASKED_FOR, lockReservations } from './held-ends.js';

/** A Session that is in another status than before. */
export interface SessionStep {
  partyKey: string;
  sessionKey: string;
  status: SessionStatus;
  /** When, as the CSMS says. */
  at: Date;
}

const FIND = `SELECT r.number FROM reservation r
   JOIN unnest($1::text[], $2::text[]) AS v(party_key, session_key)
     ON r.party_key = v.party_key AND r.session_key = v.session_key`;

const STEPS = `unnest($1::text[], $2::text[], $3::text[], $4::timestamptz[]) AS v(party_key, session_key, status, at)
  WHERE r.party_key = v.party_key AND r.session_key = v.session_key`;

const END_BY_NOW = `CASE WHEN r.expiry_date <= $5 THEN 'expired' ELSE 'cancelled' END`;

const FOLLOW = `UPDATE reservation r
    SET state = CASE v.status WHEN 'ACTIVE' THEN 'used' ELSE ${END_BY_NOW} END, ended_at = $5
   FROM ${STEPS}
    AND (v.status = 'ACTIVE' AND r.state <> 'used'
         OR v.status IN ('COMPLETED', 'INVALID') AND r.state IN ('pending', 'active') AND NOT ${IS_ASKED_FOR})`;

// What the station said of the end is better.
const HOLD = `UPDATE reservation r SET held_end = ${END_BY_NOW}, held_end_at = v.at
   FROM ${STEPS}
    AND v.status IN ('COMPLETED', 'INVALID') AND r.state IN ('pending', 'active') AND r.held_end IS NULL
    AND ${IS_ASKED_FOR}`;

// The station's answer came too late, and it keeps the EVSE free all the same: the partner sees the Session, and may give
// it up.
const REVIVE = `UPDATE reservation r SET state = 'active', ended_at = NULL
   FROM unnest($1::text[], $2::text[]) AS v(party_key, session_key)
  WHERE r.party_key = v.party_key AND r.session_key = v.session_key AND r.state = 'refused' AND r.expiry_date > $3
    AND NOT EXISTS (SELECT FROM reservation o WHERE o.party_key = r.party_key AND o.sender_key = r.sender_key
                       AND o.location_key = r.location_key AND o.reservation_key = r.reservation_key
                       AND o.state IN ('pending', 'active'))`;

/** Reservations end with the Session that they are, or are used when it becomes ACTIVE (CMD-61, CMD-63, CMD-74). */
export async function followSessions(
  tx: SqlRunner,
  steps: readonly SessionStep[],
  now: Date,
): Promise<void> {
  const moved = steps.filter(({ status }) => status !== 'RESERVATION' && status !== 'PENDING');
  if (moved.length > 0) {
    const keys = [moved.map(({ partyKey }) => partyKey), moved.map(({ sessionKey }) => sessionKey)];
    const numbers = await rowsOf<{ number: number }>(tx, FIND, keys);
    if (numbers.length > 0) {
      await lockReservations(
        tx,
        numbers.map(({ number }) => number),
      );
      const moves = [moved.map(({ status }) => status), moved.map(({ at }) => at)];
      await tx.query(HOLD, [...keys, ...moves, now]);
      await tx.query(FOLLOW, [...keys, ...moves, now]);
    }
  }
  const reserved = steps.filter(({ status }) => status === 'RESERVATION');
  if (reserved.length > 0) {
    await tx.query(REVIVE, [
      reserved.map(({ partyKey }) => partyKey),
      reserved.map(({ sessionKey }) => sessionKey),
      now,
    ]);
  }
}
