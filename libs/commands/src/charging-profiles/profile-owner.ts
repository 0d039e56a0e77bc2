import { rowsOf, type SqlRunner } from '#change-log';
import { type ChargingProfileEntity } from '#database';

/** A party of a partner. */
export interface ProfileAsker {
  connectionId: string;
  senderKey: string;
}

/** Who limits a Session, or did. */
export type SessionProfile = Pick<
  ChargingProfileEntity,
  'number' | 'connectionId' | 'senderKey' | 'profile' | 'updatedAt'
>;

const SELECT = `SELECT number, connection_id AS "connectionId", sender_key AS "senderKey", profile,
    updated_at AS "updatedAt" FROM charging_profile WHERE party_key = $1 AND session_key = $2 FOR UPDATE`;

const INSERT = `INSERT INTO charging_profile (party_key, session_key, session_id, connection_id, sender_key, updated_at)
  VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (party_key, session_key) DO NOTHING`;

const OPEN_BY_ANOTHER = `SELECT 1 FROM command
  WHERE party_key = $1 AND session_key = $2 AND kind = 'SET_CHARGING_PROFILE' AND outcome IS NULL
    AND (connection_id, sender_key) <> ($3, $4) LIMIT 1`;

/** The Session's profile, locked. */
export async function lockProfile(
  tx: SqlRunner,
  partyKey: string,
  sessionKey: string,
): Promise<SessionProfile | undefined> {
  const rows = await rowsOf<SessionProfile>(tx, SELECT, [partyKey, sessionKey]);
  return rows[0];
}

/** The same, made where there is none: its number is the Session's for good (CHP-21). */
export async function lockOrMakeProfile(
  tx: SqlRunner,
  { partyKey, sessionKey, sessionId }: { partyKey: string; sessionKey: string; sessionId: string },
  { connectionId, senderKey }: ProfileAsker,
  now: Date,
): Promise<SessionProfile> {
  for (;;) {
    const found = await lockProfile(tx, partyKey, sessionKey);
    if (found) return found;
    await tx.query(INSERT, [partyKey, sessionKey, sessionId, connectionId, senderKey, now]);
  }
}

/**
 * One owner per Session (CHP-36): who has a profile in force, or is about to. Of two that ask at once the first is it,
 * until its request fails, it clears the profile, or the Session ends.
 */
export async function isAnothers(
  tx: SqlRunner,
  partyKey: string,
  sessionKey: string,
  profile: SessionProfile,
  { connectionId, senderKey }: ProfileAsker,
): Promise<boolean> {
  if (profile.connectionId === connectionId && profile.senderKey === senderKey) {
    if (profile.profile !== null) return false;
  } else if (profile.profile !== null) {
    return true;
  }
  const open = await rowsOf(tx, OPEN_BY_ANOTHER, [partyKey, sessionKey, connectionId, senderKey]);
  return open.length > 0;
}
