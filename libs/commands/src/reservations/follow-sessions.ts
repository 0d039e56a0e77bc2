import { type SqlRunner } from '#change-log';
import { type SessionStatus } from '#ocpi';

/** A Session that is in another status than before. */
export interface SessionStep {
  partyKey: string;
  sessionKey: string;
  status: SessionStatus;
}

const FOLLOW = `UPDATE reservation r
    SET state = CASE v.status WHEN 'ACTIVE' THEN 'used'
                  ELSE CASE WHEN r.expiry_date <= $4 THEN 'expired' ELSE 'cancelled' END END,
        ended_at = $4
   FROM unnest($1::text[], $2::text[], $3::text[]) AS v(party_key, session_key, status)
  WHERE r.party_key = v.party_key AND r.session_key = v.session_key
    AND (v.status = 'ACTIVE' AND r.state <> 'used'
         OR v.status IN ('COMPLETED', 'INVALID') AND r.state IN ('pending', 'active'))`;

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
    await tx.query(FOLLOW, [
      moved.map(({ partyKey }) => partyKey),
      moved.map(({ sessionKey }) => sessionKey),
      moved.map(({ status }) => status),
      now,
    ]);
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
