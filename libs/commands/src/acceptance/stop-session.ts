import { csmsRequest } from '#csms-contract';
import { foldId, isUnassigned, type StopSession } from '#ocpi';
import { openCommand } from '../open-command.js';
import { findSession } from '../sessions/find-session.js';
import { customersOf } from './command-caller.js';
import { type CommandScope, newCommand, requestFrame } from './command-scope.js';
import { findSite, inability, isSameId } from './command-site.js';
import { rejected, unknownSession, type CommandVerdict } from './command-verdict.js';

/** Stops only what is the caller's customer's, and running (CMD-32 to CMD-34). */
export async function judgeStop(scope: CommandScope, body: StopSession): Promise<CommandVerdict> {
  const { caller, source } = scope;
  const partyKeys = caller.hosted.map(({ partyKey }) => partyKey);
  const found = await findSession(source, partyKeys, body.session_id);
  const hosted = caller.hosted.find(({ partyKey }) => partyKey === found?.partyKey);
  const session = found?.session;
  if (!session || !hosted || !isSameId(caller, body.session_id, session.id)) {
    return unknownSession('unknown session');
  }
  if (!customersOf(caller).includes(found.tokenPartyKey)) {
    return rejected('the session is not your customer’s');
  }
  if (session.status === 'COMPLETED' || session.status === 'INVALID') {
    return rejected('the session is over');
  }
  if (session.status === 'RESERVATION' || isUnassigned(session)) {
    return rejected('the session is a reservation, nothing is being charged');
  }
  // The operator's own eyes: what this partner may see of the site does not matter to its customer's session.
  const everything = { ...caller.connection, locationsShown: 'all' as const };
  const site = await findSite(
    source,
    { ...caller, version: '2.3.0', connection: everything },
    session.location_id,
    session.evse_uid,
  );
  const evse = site?.evses[0];
  if (!site || !evse) return rejected('the EVSE of the session is gone');
  const unable = inability(evse, 'REMOTE_START_STOP_CAPABLE');
  if (unable) return unable;
  const sessionKey = foldId(session.id);
  const command = newCommand(scope, 'STOP_SESSION', hosted, body, {
    locationKey: site.locationKey,
    evseKey: evse.evseKey,
    sessionKey,
    sameAs: [sessionKey],
  });
  return {
    kind: 'accepted',
    open: (tx) =>
      openCommand(tx, command, (id) =>
        csmsRequest('ocpi.stop-session.requested.v1', {
          ...requestFrame(scope, hosted, id),
          session_id: session.id,
          location_id: site.locationId,
          evse_uid: evse.uid,
        }),
      ),
  };
}
