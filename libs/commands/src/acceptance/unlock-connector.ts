import { rowsOf } from '#change-log';
import { csmsRequest } from '#csms-contract';
import { foldId, type UnlockConnector } from '#ocpi';
import { openCommand } from '../open-command.js';
import { customersOf } from './command-caller.js';
import { type CommandScope, newCommand, requestFrame } from './command-scope.js';
import {
  type CommandEvse,
  type CommandSite,
  connectorOf,
  findSite,
  inability,
} from './command-site.js';
import {
  type CommandRefusal,
  rejected,
  unfitField,
  unknownPlace,
  type CommandVerdict,
} from './command-verdict.js';

/** For a stuck cable, help-desk staff need it once or twice; more is not theirs (CMD-69). */
const AT_MOST = 5;
const WITHIN_SECONDS = 60;

interface Lock {
  site: CommandSite;
  evse: CommandEvse;
  connectorId: string;
}

/** All three ids are there (CMD-68); whose session runs there, and how often it was tried, decides as well (CMD-69). */
export async function judgeUnlock(
  scope: CommandScope,
  body: UnlockConnector,
): Promise<CommandVerdict> {
  const { caller, source } = scope;
  const site = await findSite(source, caller, body.location_id, body.evse_uid);
  if (!site) return unknownPlace('unknown location');
  const [evse] = site.evses;
  if (!evse) return unknownPlace('unknown EVSE');
  const connectorId = connectorOf(caller, evse, body.connector_id);
  if (connectorId === undefined) return unfitField('unknown connector');
  const lock = { site, evse, connectorId };
  const refusal =
    inability(evse, 'UNLOCK_CAPABLE') ??
    (await whyInUse(scope, lock)) ??
    (await whyTooOften(scope, lock));
  return refusal ?? accept(scope, body, lock);
}

/** Never a hidden stop of somebody else's charging. */
async function whyInUse(
  { source, caller }: CommandScope,
  { site, evse, connectorId }: Lock,
): Promise<CommandRefusal | undefined> {
  const rows = await rowsOf(
    source,
    `SELECT FROM session WHERE party_key = $1 AND status = 'ACTIVE' AND token_party_key <> ALL($2)
        AND upper(body::jsonb ->> 'location_id') = $3 AND upper(body::jsonb ->> 'evse_uid') = $4
        AND upper(body::jsonb ->> 'connector_id') = $5 LIMIT 1`,
    [
      site.hosted.partyKey,
      customersOf(caller),
      site.locationKey,
      evse.evseKey,
      foldId(connectorId),
    ],
  );
  return rows.length > 0 ? rejected('somebody else is charging there') : undefined;
}

async function whyTooOften(
  { source, timing }: CommandScope,
  { site, evse, connectorId }: Lock,
): Promise<CommandRefusal | undefined> {
  const rows = await rowsOf<{ count: number }>(
    source,
    `SELECT count(*) AS count FROM command WHERE kind = 'UNLOCK_CONNECTOR' AND party_key = $1
        AND location_key = $2 AND evse_key = $3 AND upper(body::jsonb ->> 'connector_id') = $4
        AND received_at > $5::timestamptz - $6 * interval '1 second'`,
    [
      site.hosted.partyKey,
      site.locationKey,
      evse.evseKey,
      foldId(connectorId),
      timing.receivedAt,
      WITHIN_SECONDS,
    ],
  );
  return (rows[0]?.count ?? 0) >= AT_MOST ? rejected('unlocked too often, try later') : undefined;
}

function accept(
  scope: CommandScope,
  body: UnlockConnector,
  { site, evse, connectorId }: Lock,
): CommandVerdict {
  const { hosted, locationId, locationKey } = site;
  const command = newCommand(scope, 'UNLOCK_CONNECTOR', hosted, body, {
    locationKey,
    evseKey: evse.evseKey,
    sameAs: [locationKey, evse.evseKey, foldId(connectorId)],
  });
  return {
    kind: 'accepted',
    open: (tx) =>
      openCommand(tx, command, (id) =>
        csmsRequest('ocpi.unlock-connector.requested.v1', {
          ...requestFrame(scope, hosted, id),
          location_id: locationId,
          evse_uid: evse.uid,
          connector_id: connectorId,
        }),
      ),
  };
}
