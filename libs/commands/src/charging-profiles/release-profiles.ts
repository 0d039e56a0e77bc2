import { type SqlRunner } from '#change-log';
import { type SessionStep } from '../reservations/follow-sessions.js';

const RELEASE = `DELETE FROM charging_profile p USING unnest($1::text[], $2::text[]) AS over(party_key, session_key)
  WHERE p.party_key = over.party_key AND p.session_key = over.session_key`;

// A request that was taken on in the moment the Session ended made its row after the release.
const PRUNE = `DELETE FROM charging_profile p WHERE p.updated_at < now() - interval '1 hour'
  AND NOT EXISTS (SELECT FROM session s
    WHERE s.party_key = p.party_key AND s.session_key = p.session_key AND s.status = 'ACTIVE')`;

/** With the end of a Session nobody limits it, nobody is told of it, and its number is free (CHP-34). */
export async function releaseProfiles(tx: SqlRunner, steps: readonly SessionStep[]): Promise<void> {
  const over = steps.filter(({ status }) => status === 'COMPLETED' || status === 'INVALID');
  if (over.length === 0) return;
  const sorted = over.toSorted((a, b) => a.sessionKey.localeCompare(b.sessionKey));
  await tx.query(RELEASE, [
    sorted.map(({ partyKey }) => partyKey),
    sorted.map(({ sessionKey }) => sessionKey),
  ]);
}

/** Removes what a release did not see. */
export async function pruneProfiles(source: SqlRunner): Promise<void> {
  await source.query(PRUNE);
}
