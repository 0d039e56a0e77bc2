import { randomBytes } from 'node:crypto';
import { type Stage } from './stage.js';

/** A card of which the gateway was never told: its eMSP is asked while the driver waits, and the session carries its reference. */
export async function unknownCard(stage: Stage): Promise<void> {
  const { csms, emsp, place } = stage;
  const uid = randomBytes(7).toString('hex').toUpperCase();
  const reference = `REF-${uid.slice(0, 6)}`;
  emsp.tokenDesk.set(
    uid,
    { allowed: 'ALLOWED', authorization_reference: reference },
    { ...stage.token, uid, whitelist: 'NEVER' },
  );
  const { verdict } = await csms.presentCard(uid, place);
  stage.expectations.check(
    `${stage.name}: the unknown card ${uid} got ${verdict?.allowed ?? 'no verdict'} by ${verdict?.decided_by ?? 'nobody'}`,
    verdict?.allowed === 'ALLOWED' && verdict.decided_by === 'PARTNER',
  );
  if (verdict?.allowed !== 'ALLOWED') return;
  const sessionId = await stage.sessionHere();
  if (sessionId === undefined) return;
  await stage.expectSession(sessionId, 'ACTIVE');
  await stage.linger();
  csms.fleet.unplug(place.evse);
  await stage.expectEnd(sessionId);
  const session = stage.session(sessionId);
  stage.expectations.check(
    `${stage.name}: session ${sessionId} came without its authorization_reference`,
    emsp.options.version === '2.1.1' || session?.authorization_reference === reference,
  );
}
