import { type Stage } from './stage.js';

/** A driver plugs in and taps the app; later the car leaves. */
export async function remoteStart(stage: Stage): Promise<void> {
  const { csms, emsp, token } = stage;
  const { location, evse } = stage.place;
  csms.plugIn(evse);
  const sent = await emsp.commands.command(
    'START_SESSION',
    { token, location_id: location.id, evse_uid: evse.uid },
    csms.network.party,
  );
  if (!(await stage.expectResult(sent))) {
    csms.fleet.unplug(evse);
    return;
  }
  const sessionId = await stage.sessionHere();
  if (sessionId === undefined) return;
  await stage.expectSession(sessionId, 'ACTIVE');
  await stage.linger();
  csms.fleet.unplug(evse);
  await stage.expectEnd(sessionId);
}
