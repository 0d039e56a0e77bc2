import { rowsOf, type SqlRunner } from '#change-log';
import { type Connector, type Evse, foldId, type Session, type Status } from '#ocpi';

/** A Session as stored, and whose it is. */
export interface StoredSession {
  partyKey: string;
  /** The party of its token: whose customer charges. */
  tokenPartyKey: string;
  session: Session;
}

/** The Session of this id of one of these hosted parties. */
export async function findSession(
  source: SqlRunner,
  partyKeys: readonly string[],
  sessionId: string,
): Promise<StoredSession | undefined> {
  const rows = await rowsOf<{ partyKey: string; tokenPartyKey: string; body: string }>(
    source,
    `SELECT party_key AS "partyKey", token_party_key AS "tokenPartyKey", body FROM session
      WHERE party_key = ANY($1) AND session_key = $2 ORDER BY id LIMIT 1`,
    [partyKeys, foldId(sessionId)],
  );
  return rows.map(({ body, ...row }) => ({ ...row, session: JSON.parse(body) as Session }))[0];
}

/** Where a Session charges, as its Location is stated now. */
export interface SessionPlace {
  status: Status;
  capabilities: readonly string[];
  /** Undefined once it is dismantled. */
  connector: Connector | undefined;
}

/** Undefined while no EVSE is assigned, and once it is gone. */
export async function findSessionPlace(
  source: SqlRunner,
  { partyKey, session }: Pick<StoredSession, 'partyKey' | 'session'>,
): Promise<SessionPlace | undefined> {
  const rows = await rowsOf<{ body: string; status: Status }>(
    source,
    `SELECT e.body, s.status FROM location l
       JOIN evse e ON e.location_id = l.id JOIN evse_state s ON s.evse_id = e.id
      WHERE l.party_key = $1 AND l.location_key = $2 AND e.evse_key = $3`,
    [partyKey, foldId(session.location_id), foldId(session.evse_uid)],
  );
  const [row] = rows;
  if (!row) return undefined;
  const { capabilities = [], connectors } = JSON.parse(row.body) as Evse;
  const connector = connectors.find(({ id }) => foldId(id) === foldId(session.connector_id));
  return { status: row.status, capabilities, connector };
}
