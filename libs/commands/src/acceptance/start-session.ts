import { csmsRequest } from '#csms-contract';
import { foldId, type OcpiVersion, type StartSession } from '#ocpi';
import { openCommand } from '../open-command.js';
import { newCommand, type CommandScope, requestFrame } from './command-scope.js';
import {
  type CommandEvse,
  type CommandSite,
  connectorOf,
  findSite,
  inability,
  inabilityOfAll,
} from './command-site.js';
import { driverForCsms } from './driver-for-csms.js';
import { whyNotOwn } from './own-token.js';
import {
  notSupported,
  type CommandRefusal,
  rejected,
  unfitField,
  unknownPlace,
  type CommandVerdict,
} from './command-verdict.js';

/** Where charging is to start. */
interface Start {
  site: CommandSite;
  evse: CommandEvse;
  connectorId: string | undefined;
}

/** The token is not looked at but for its owner: the eMSP vouches for it (CMD-39, CMD-42, CMD-43). */
export async function judgeStart(scope: CommandScope, body: StartSession): Promise<CommandVerdict> {
  const { caller } = scope;
  const foreign = whyNotOwn(caller, body.token);
  if (foreign) return foreign;
  const site = await findSite(scope.source, caller, body.location_id, body.evse_uid);
  if (!site) return unknownPlace('unknown location');
  const evse = chooseEvse(scope, site, body);
  if ('kind' in evse) return evse;
  const connectorId = chooseConnector(scope, evse, body);
  if (typeof connectorId === 'object') return connectorId;
  return accept(scope, body, { site, evse, connectorId });
}

const needsConnector = ({ capabilities }: CommandEvse): boolean =>
  capabilities.includes('START_SESSION_CONNECTOR_REQUIRED');

/** 2.1.1 has no field for a connector: there an EVSE that needs one is shown without remote start (CMD-38, T11). */
const inabilityOn =
  (version: OcpiVersion) =>
  (evse: CommandEvse): CommandRefusal | undefined =>
    version === '2.1.1' && needsConnector(evse)
      ? notSupported('the EVSE needs a connector, which 2.1.1 cannot name')
      : inability(evse, 'REMOTE_START_STOP_CAPABLE');

/** OCPI knows no station: where several EVSEs could be meant, none is (CMD-35, CMD-31). */
function chooseEvse(
  { caller }: CommandScope,
  site: CommandSite,
  { evse_uid }: StartSession,
): CommandEvse | CommandRefusal {
  const inabilityOf = inabilityOn(caller.version);
  if (evse_uid === undefined) {
    const able = site.evses.filter((evse) => inabilityOf(evse) === undefined);
    if (able.length > 1) return rejected('evse_uid is needed: the Location has several EVSEs');
    return able[0] ?? inabilityOfAll(site.evses, inabilityOf) ?? rejected('no EVSE');
  }
  const [evse] = site.evses;
  if (!evse) return unknownPlace('unknown EVSE');
  return inabilityOf(evse) ?? evse;
}

function chooseConnector(
  { caller }: CommandScope,
  evse: CommandEvse,
  { connector_id }: StartSession,
): string | undefined | CommandRefusal {
  if (connector_id !== undefined) {
    return connectorOf(caller, evse, connector_id) ?? unfitField('unknown connector');
  }
  return needsConnector(evse) ? unfitField('connector_id is required for this EVSE') : undefined;
}

function accept(
  scope: CommandScope,
  body: StartSession,
  { site, evse, connectorId }: Start,
): CommandVerdict {
  const { hosted, locationId, locationKey, evses } = site;
  const isEvident = body.evse_uid === undefined && evses.length === 1;
  const { token, authorization_reference: reference } = body;
  const driverKey = foldId(token.uid);
  const command = newCommand(scope, 'START_SESSION', hosted, body, {
    locationKey,
    evseKey: evse.evseKey,
    driverKey,
    sameAs: [locationKey, evse.evseKey, connectorId, token.type, driverKey],
  });
  return {
    kind: 'accepted',
    open: (tx) =>
      openCommand(tx, command, async (id) =>
        csmsRequest('ocpi.start-session.requested.v1', {
          ...requestFrame(scope, hosted, id),
          ...(await driverForCsms(tx, token, reference)),
          location_id: locationId,
          ...(!isEvident && { evse_uid: evse.uid }),
          ...(connectorId !== undefined && { connector_id: connectorId }),
        }),
      ),
  };
}
