import { rowsOf, type SqlRunner } from '#change-log';
import { type ActiveChargingProfile, type ChargingProfile, type Connector } from '#ocpi';
import { maximumCapacityProfile } from '#ocpp';
import { TOLD_SECONDS, toldProfile } from './told-profile.js';

/** Who is told of changes of a Session's profile, and which event told last. */
export interface ToldSession {
  number: number;
  isTold: boolean;
  profile: string | null;
  guardTime: Date | null;
  guardSequence: number | null;
}

/** The row of a Session that charges, locked; undefined where nobody ever limited it. */
export async function lockToldSession(
  tx: SqlRunner,
  partyKey: string,
  sessionKey: string,
): Promise<ToldSession | undefined> {
  const rows = await rowsOf<ToldSession>(
    tx,
    `SELECT p.number, p.is_told AS "isTold", p.profile, p.guard_time AS "guardTime", p.guard_sequence AS "guardSequence"
       FROM charging_profile p JOIN session s ON s.party_key = p.party_key AND s.session_key = p.session_key
      WHERE p.party_key = $1 AND p.session_key = $2 AND s.status = 'ACTIVE' FOR UPDATE OF p`,
    [partyKey, sessionKey],
  );
  return rows[0];
}

/** What is told of what limits a Session now; where nothing does, what its connector delivers (CHP-31, CHP-32). */
export function changeToTell(
  active: ActiveChargingProfile | undefined,
  since: Date,
  { profile }: ToldSession,
  connector: Connector | undefined,
): ActiveChargingProfile | undefined {
  if (active) return toldProfile(active);
  if (!connector) return undefined;
  const asked = profile === null ? undefined : (JSON.parse(profile) as ChargingProfile);
  const unit = asked?.charging_rate_unit ?? (connector.power_type === 'DC' ? 'W' : 'A');
  return maximumCapacityProfile(connector, unit, since, TOLD_SECONDS.most);
}

/** Leaves a change to be pushed; one that waits is replaced, for only the latest counts. */
export async function tellChange(
  tx: SqlRunner,
  number: number,
  change: ActiveChargingProfile,
  { guardTime, guardSequence }: { guardTime: Date; guardSequence: number | null },
): Promise<void> {
  await tx.query(
    `UPDATE charging_profile SET due_push = $2, push_attempts = 0, guard_time = $3, guard_sequence = $4
      WHERE number = $1`,
    [number, JSON.stringify(change), guardTime, guardSequence],
  );
}
