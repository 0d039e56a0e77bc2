import { namedQuery } from '#database';
import { foldId, type Location, partyKey, type Token } from '#ocpi';
import { type DataSource } from 'typeorm';

/** Who asks where; ids as the CSMS wrote them. */
export interface AskedPlace {
  country_code: string;
  party_id: string;
  location_id: string;
  uid: string;
}

/** A partner's START_SESSION or RESERVE_NOW with its token. */
export interface TrustedToken {
  connectionId: string;
  receivedAt: Date;
  token: Token;
  reference: string | undefined;
}

/** A reservation in force. */
export interface ReservationInForce extends TrustedToken {
  driverKey: string;
  /** Null: any EVSE of the Location. */
  evseKey: string | null;
}

export interface Place {
  location: Pick<Location, 'id' | 'opening_times' | 'time_zone' | 'charging_when_closed'>;
  isRemoved: boolean;
  evses: { uid: string; status: string; isGroupCapable: boolean }[];
}

/** All that is stored about a driver who stands at a Location, but what partners' token lists say. */
export interface DriverFacts {
  /** Folded uid; that of the token where an alias of it was shown. */
  driverKey: string;
  /** The token that the shown alias stands for. */
  aliasOf: Token | undefined;
  /** Of the last day at this Location for this driver, the newest first, without what a partner took back. */
  commands: TrustedToken[];
  /** In force at this Location, whoever's. */
  reservations: ReservationInForce[];
  /** Undefined: the CSMS never stated it. */
  place: Place | undefined;
}

/** How long a command with an app's token authorises; a card's is shorter and judged by whoever reads this. */
const COMMAND_HOURS = 24;

const FACTS = `WITH shown AS (
    SELECT a.name, a.token FROM token_alias a WHERE a.alias = $3 AND a.kind <> 'group' AND a.token IS NOT NULL
  ), driver AS (SELECT coalesce((SELECT name FROM shown), $3) AS key)
  SELECT (SELECT key FROM driver) AS "driverKey", (SELECT token FROM shown) AS alias,
    (SELECT coalesce(json_agg(json_build_array(c.connection_id, c.received_at, c.body) ORDER BY c.received_at DESC), '[]')
       FROM command c LEFT JOIN reservation r ON r.number = c.reservation_number
      WHERE c.party_key = $1 AND c.driver_key = (SELECT key FROM driver) AND c.location_key = $2
        AND c.kind IN ('START_SESSION', 'RESERVE_NOW') AND c.received_at > $4::timestamptz - interval '${COMMAND_HOURS} hours'
        AND r.state IS DISTINCT FROM 'cancelled') AS commands,
    (SELECT coalesce(json_agg(json_build_array(r.connection_id, coalesce(c.received_at, r.created_at), r.body, r.driver_key,
              r.evse_key) ORDER BY r.number DESC), '[]')
       FROM reservation r LEFT JOIN command c ON c.id = r.command_id
      WHERE r.party_key = $1 AND r.location_key = $2 AND r.state IN ('pending', 'active')
        AND r.expiry_date > $4::timestamptz) AS reservations,
    (SELECT json_build_object('body', l.body, 'isRemoved', l.removed_at IS NOT NULL, 'evses',
        (SELECT coalesce(json_agg(json_build_array(e.uid, s.status, e.body LIKE '%"TOKEN_GROUP_CAPABLE"%')
                  ORDER BY e.position), '[]')
           FROM evse e JOIN evse_state s ON s.evse_id = e.id WHERE e.location_id = l.id))
       FROM location l WHERE l.party_key = $1 AND l.location_key = $2) AS place`;

type TrustedLine = [connectionId: string, receivedAt: string, body: string];
type ReservationLine = [...TrustedLine, driverKey: string, evseKey: string | null];

interface Line {
  driverKey: string;
  alias: string | null;
  commands: TrustedLine[];
  reservations: ReservationLine[];
  place: { body: string; isRemoved: boolean; evses: [string, string, boolean][] } | null;
}

/** One statement, since a driver waits. */
export async function readDriverFacts(
  dataSource: DataSource,
  asked: AskedPlace,
  now: Date,
): Promise<DriverFacts> {
  const [line] = await namedQuery<Line>(dataSource, 'authorization-facts', FACTS, [
    partyKey(asked),
    foldId(asked.location_id),
    foldId(asked.uid),
    now,
  ]);
  if (!line) throw new Error('a statement without FROM has one row');
  const { driverKey, alias, commands, reservations, place } = line;
  const aliasOf = alias === null ? undefined : (JSON.parse(alias) as Token);
  return {
    driverKey,
    aliasOf,
    commands: commands.map(trusted).filter(({ token }) => isOf(token, aliasOf)),
    reservations: reservations.map(([id, at, body, key, evseKey]) => ({
      ...trusted([id, at, body]),
      driverKey: key,
      evseKey,
    })),
    place: place ? placeOf(place) : undefined,
  };
}

/** Two eMSPs may have cards with one uid; an alias is of one of them. */
const isOf = (token: Token, alias: Token | undefined): boolean =>
  alias === undefined || partyKey(token) === partyKey(alias);

function trusted([connectionId, receivedAt, body]: TrustedLine): TrustedToken {
  const { token, authorization_reference: reference } = JSON.parse(body) as {
    token: Token;
    authorization_reference?: string;
  };
  return { connectionId, receivedAt: new Date(receivedAt), token, reference };
}

const placeOf = ({ body, isRemoved, evses }: NonNullable<Line['place']>): Place => ({
  location: JSON.parse(body) as Place['location'],
  isRemoved,
  evses: evses.map(([uid, status, isGroupCapable]) => ({ uid, status, isGroupCapable })),
});
