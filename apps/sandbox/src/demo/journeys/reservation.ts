import { randomInt } from 'node:crypto';
import { type Stage } from './stage.js';

const MINUTE_MS = 60_000;

/** A driver reserves, comes and shows the card: the Session of the reservation becomes that of the charging. */
export async function reservation(stage: Stage): Promise<void> {
  const { csms, emsp, token, place } = stage;
  const is211 = emsp.options.version === '2.1.1';
  const number = randomInt(1, 1_000_000);
  const sent = await emsp.commands.command(
    'RESERVE_NOW',
    {
      token,
      reservation_id: is211 ? number : `R-${number}`,
      expiry_date: new Date(Date.now() + 10 * MINUTE_MS).toISOString(),
      location_id: place.location.id,
      evse_uid: place.evse.uid,
    },
    csms.network.party,
  );
  if (!(await stage.expectResult(sent))) return;
  const sessionId = csms.fleet.reservations.at(place.evse)?.request.session_id;
  stage.expectations.check(`${stage.name}: nothing is reserved`, sessionId !== undefined);
  if (sessionId === undefined) return;
  await stage.expectSession(sessionId, is211 ? 'PENDING' : 'RESERVATION');
  await csms.presentCard(String(token.uid), place);
  await stage.expectSession(sessionId, 'ACTIVE');
  await stage.linger();
  csms.fleet.unplug(place.evse);
  await stage.expectEnd(sessionId);
}
