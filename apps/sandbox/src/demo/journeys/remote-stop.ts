import { type Stage } from './stage.js';

/** A driver starts with the card and stops with the app. */
export async function remoteStop(stage: Stage): Promise<void> {
  const { csms, emsp, token, place } = stage;
  await csms.presentCard(String(token.uid), place);
  const sessionId = await stage.sessionHere();
  if (sessionId === undefined) return;
  await stage.expectSession(sessionId, 'ACTIVE');
  await stage.linger();
  const sent = await emsp.commands.command(
    'STOP_SESSION',
    { session_id: sessionId },
    csms.network.party,
  );
  if (!(await stage.expectResult(sent))) csms.fleet.unplug(place.evse);
  await stage.expectEnd(sessionId);
}
