import { namedQuery } from '#database';
import { type Evse, foldId, type Location, type Status } from '#ocpi';
import { type HostedParty, shownClause } from '#partners';
import { type DataSource } from 'typeorm';
import { type CommandCaller } from './command-caller.js';
import { notSupported, type CommandRefusal, rejected } from './command-verdict.js';

/** An EVSE as far as commands look at it. */
export interface CommandEvse {
  uid: string;
  evseKey: string;
  status: Status;
  capabilities: readonly string[];
  connectorIds: readonly string[];
}

/** The Location of a command. */
export interface CommandSite {
  hosted: HostedParty;
  locationId: string;
  locationKey: string;
  /** All that are not REMOVED, or the one that was asked for. */
  evses: CommandEvse[];
}

interface Line {
  partyKey: string;
  locationKey: string;
  locationBody: string;
  evseKey: string | null;
  evseBody: string | null;
  status: Status | null;
}

/** Ids of 2.1.1 have case, newer ones have none (CMD-72). */
export const isSameId = ({ version }: CommandCaller, given: string, stored: string): boolean =>
  version === '2.1.1' ? given === stored : foldId(given) === foldId(stored);

/**
 * The Location that the caller names, with its EVSEs, or only the one it names; undefined where there is none of the
 * parties addressed that the caller may see: the two look alike (CMD-29, CMD-30).
 */
export async function findSite(
  source: DataSource,
  caller: CommandCaller,
  locationId: string,
  evseUid?: string,
): Promise<CommandSite | undefined> {
  const { connection, hosted } = caller;
  const { locationsShown } = connection;
  const lines = await namedQuery<Line>(
    source,
    `find-site-${locationsShown}`,
    `SELECT l.party_key AS "partyKey", l.location_key AS "locationKey", l.body AS "locationBody",
            e.evse_key AS "evseKey", e.body AS "evseBody", s.status
       FROM location l
       LEFT JOIN (evse e JOIN evse_state s ON s.evse_id = e.id)
         ON e.location_id = l.id AND e.evse_key = coalesce($4, e.evse_key) AND s.status <> 'REMOVED'
      WHERE l.location_key = $1 AND l.party_key = ANY($2) AND $3::text IS NOT NULL AND ${shownClause('location', 'l', locationsShown, '$3')}
      ORDER BY l.id, e.position`,
    [
      foldId(locationId),
      hosted.map(({ partyKey }) => partyKey),
      connection.id,
      evseUid === undefined ? null : foldId(evseUid),
    ],
  );
  const [first] = lines;
  const party = hosted.find(({ partyKey }) => partyKey === first?.partyKey);
  if (!first || !party) return undefined;
  const { id } = JSON.parse(first.locationBody) as Location;
  if (!isSameId(caller, locationId, id)) return undefined;
  const evses = lines
    .filter(({ partyKey }) => partyKey === first.partyKey)
    .flatMap((line) => evseOf(line) ?? [])
    .filter(({ uid }) => evseUid === undefined || isSameId(caller, evseUid, uid));
  return { hosted: party, locationId: id, locationKey: first.locationKey, evses };
}

function evseOf({ evseKey, evseBody, status }: Line): CommandEvse | undefined {
  if (evseKey === null || evseBody === null || status === null) return undefined;
  const { uid, capabilities = [], connectors } = JSON.parse(evseBody) as Evse;
  return { uid, evseKey, status, capabilities, connectorIds: connectors.map(({ id }) => id) };
}

/** The connector of the EVSE that the caller names, as it is spelled here. */
export const connectorOf = (
  caller: CommandCaller,
  evse: CommandEvse,
  connectorId: string,
): string | undefined => evse.connectorIds.find((id) => isSameId(caller, connectorId, id));

/** Why an EVSE can do nothing of the kind now; whether it does is the station's to say (CMD-15, CMD-16, CMD-50). */
export function inability(
  { capabilities, status }: CommandEvse,
  capability: string,
): CommandRefusal | undefined {
  if (!capabilities.includes(capability)) return notSupported(`the EVSE is not ${capability}`);
  if (status === 'UNKNOWN') return rejected('the station is offline');
  if (status === 'PLANNED') return rejected('the EVSE is not in service yet');
  return undefined;
}

/** The same of several of which one is enough. */
export function inabilityOfAll(
  evses: readonly CommandEvse[],
  inabilityOf: (evse: CommandEvse) => CommandRefusal | undefined,
): CommandRefusal | undefined {
  const found = evses.map(inabilityOf);
  if (found.includes(undefined)) return undefined;
  return (
    found.find((one) => one?.result === 'REJECTED') ??
    found[0] ??
    rejected('the Location has no EVSE')
  );
}
