import { type SqlRunner } from '#change-log';
import { type ActiveChargingProfile, type SetChargingProfile } from '#ocpi';
import { plansOtherwise } from '#ocpp';
import { type SettledCommand } from '../kinds/command-kind.js';
import { findSession, findSessionPlace } from '../sessions/find-session.js';
import { toldProfile } from './told-profile.js';

// Results may come in another order than the requests went: the newest request decides.
const SET = `UPDATE charging_profile
    SET connection_id = $3, sender_key = $4, profile = $5, is_told = true, due_push = $6, push_attempts = 0, updated_at = $7
  WHERE party_key = $1 AND session_key = $2 AND updated_at <= $7`;

const CLEAR = `UPDATE charging_profile SET profile = NULL, updated_at = $5
  WHERE party_key = $1 AND session_key = $2 AND connection_id = $3 AND sender_key = $4 AND updated_at <= $5`;

/**
 * A PUT that was successful makes its sender the owner, which is told of changes from then on (CHP-28). A plan that differs
 * from what it asked for is the first of them (CHP-30).
 */
export async function keepSetProfiles(
  tx: SqlRunner,
  settled: readonly SettledCommand[],
): Promise<void> {
  for (const { command, outcome } of inOrder(settled)) {
    if (outcome.result !== 'ACCEPTED') continue;
    const { charging_profile } = JSON.parse(command.body) as SetChargingProfile;
    const differing = await differingPlan(tx, command, outcome.activeProfile);
    await tx.query(SET, [
      command.partyKey,
      command.sessionKey,
      command.connectionId,
      command.senderKey,
      JSON.stringify(charging_profile),
      differing ? JSON.stringify(toldProfile(differing)) : null,
      command.receivedAt,
    ]);
  }
}

/**
 * After the owner's DELETE nobody owns the Session's profile; who owned it is still told of changes (CHP-38). One that was
 * answered without the CSMS had nothing to clear (CHP-36).
 */
export async function keepClearedProfiles(
  tx: SqlRunner,
  settled: readonly SettledCommand[],
): Promise<void> {
  for (const { command, outcome, finished } of inOrder(settled)) {
    if (outcome.result === 'REJECTED' || !finished) continue;
    await tx.query(CLEAR, [
      command.partyKey,
      command.sessionKey,
      command.connectionId,
      command.senderKey,
      command.receivedAt,
    ]);
  }
}

/** One order of locks for all transactions. */
const inOrder = (settled: readonly SettledCommand[]): SettledCommand[] =>
  settled.toSorted((a, b) => keyOf(a).localeCompare(keyOf(b)));

const keyOf = ({ command }: SettledCommand): string =>
  `${command.partyKey}/${command.sessionKey ?? ''}`;

async function differingPlan(
  tx: SqlRunner,
  { partyKey, sessionKey, body }: SettledCommand['command'],
  plan: ActiveChargingProfile | undefined,
): Promise<ActiveChargingProfile | undefined> {
  if (!plan) return undefined;
  const found = await findSession(tx, [partyKey], sessionKey ?? '');
  const place = found && (await findSessionPlace(tx, found));
  if (!found || !place?.connector) return plan;
  const { charging_profile } = JSON.parse(body) as SetChargingProfile;
  const { start_date_time: since } = found.session;
  return plansOtherwise(charging_profile, since, plan, place.connector) ? plan : undefined;
}
