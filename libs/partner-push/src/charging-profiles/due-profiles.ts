import { rowsOf, type SqlRunner } from '#change-log';

/** A change of what limits a Session, taken by this process to be sent. */
export interface DueProfile {
  number: number;
  partyKey: string;
  sessionId: string;
  connectionId: string;
  senderKey: string;
  /** Canonical ActiveChargingProfile, JSON text. */
  duePush: string;
  /** This one included. */
  attempts: number;
  isActive: boolean;
}

const IS_DUE = 'q.due_push IS NOT NULL AND q.push_after <= now()';

// The result of the PUT itself comes first: a partner that hears of a change before knows nothing of a profile (CHP-30).
const TAKE = `WITH taken AS (UPDATE charging_profile p
    SET push_after = now() + v.lease_ms * interval '1 ms', push_attempts = p.push_attempts + 1
   FROM unnest($1::text[], $2::int[], $3::int[]) AS v(connection_id, lease_ms, free),
        LATERAL (SELECT q.number FROM charging_profile q
                  WHERE q.connection_id = v.connection_id AND ${IS_DUE}
                    AND NOT EXISTS (SELECT FROM command c JOIN command_callback b ON b.command_id = c.id
                         WHERE c.party_key = q.party_key AND c.session_key = q.session_key
                           AND c.kind = 'SET_CHARGING_PROFILE' AND b.state IN ('due', 'sending'))
                  ORDER BY q.push_after LIMIT v.free FOR UPDATE SKIP LOCKED) AS due
  WHERE p.number = due.number
  RETURNING p.number, p.party_key AS "partyKey", p.session_id AS "sessionId", p.connection_id AS "connectionId",
            p.sender_key AS "senderKey", p.due_push AS "duePush", p.push_attempts AS attempts,
            EXISTS (SELECT FROM session s WHERE s.party_key = p.party_key AND s.session_key = p.session_key
                       AND s.status = 'ACTIVE') AS "isActive")
  SELECT * FROM taken`;

/** The connections that something is due for. */
export async function connectionsWithDue(source: SqlRunner): Promise<string[]> {
  const rows = await rowsOf<{ id: string }>(
    source,
    `SELECT DISTINCT q.connection_id AS id FROM charging_profile q WHERE ${IS_DUE}`,
  );
  return rows.map(({ id }) => id);
}

/** Takes what is due, as much as each connection has room for; nobody else takes it until the lease is over. */
export const takeDueProfiles = (
  source: SqlRunner,
  room: readonly { connectionId: string; leaseMs: number; free: number }[],
): Promise<DueProfile[]> =>
  rowsOf<DueProfile>(source, TAKE, [
    room.map(({ connectionId }) => connectionId),
    room.map(({ leaseMs }) => leaseMs),
    room.map(({ free }) => free),
  ]);

/** What was sent is done with; a change that came meanwhile is due at once. */
export async function endDueProfile(
  source: SqlRunner,
  { number, duePush }: DueProfile,
): Promise<void> {
  await source.query(
    `UPDATE charging_profile SET due_push = nullif(due_push, $2), push_after = now(), push_attempts = 0
      WHERE number = $1`,
    [number, duePush],
  );
}

export async function postponeDueProfile(
  source: SqlRunner,
  { number }: DueProfile,
  forMs: number,
): Promise<void> {
  await source.query(
    `UPDATE charging_profile SET push_after = now() + $2 * interval '1 ms' WHERE number = $1`,
    [number, forMs],
  );
}
