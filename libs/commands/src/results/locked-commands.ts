import { rowsOf, type SqlRunner } from '#change-log';
import { type CommandEntity } from '#database';
import { type Status } from '#ocpi';
import { type StoredCommand } from '../kinds/command-kind.js';

/** A command of which the row is locked. */
export type LockedCommand = StoredCommand &
  Pick<CommandEntity, 'deadline' | 'takenOnAt' | 'outcome' | 'result'>;

export const COMMAND_COLUMNS = `c.id, c.kind, c.connection_id AS "connectionId", c.version, c.party_key AS "partyKey",
  c.sender_key AS "senderKey", c.location_key AS "locationKey", c.evse_key AS "evseKey", c.session_key AS "sessionKey",
  c.reservation_number AS "reservationNumber", c.body, c.received_at AS "receivedAt", c.deadline,
  c.taken_on_at AS "takenOnAt", c.outcome, c.result`;

/** By id. */
export async function lockCommands(
  tx: SqlRunner,
  ids: readonly string[],
): Promise<Map<string, LockedCommand>> {
  const rows = await rowsOf<LockedCommand>(
    tx,
    `SELECT ${COMMAND_COLUMNS} FROM command c WHERE c.id = ANY($1) ORDER BY c.id FOR UPDATE`,
    [[...new Set(ids)]],
  );
  return new Map(rows.map((row) => [row.id, row]));
}

/** What the EVSEs of these commands are at now, by command id. */
export async function evseStatuses(
  tx: SqlRunner,
  commands: readonly StoredCommand[],
): Promise<Map<string, Status>> {
  const placed = commands.filter(({ evseKey }) => evseKey !== null);
  if (placed.length === 0) return new Map();
  const rows = await rowsOf<{ id: string; status: Status }>(
    tx,
    `SELECT v.id, s.status
       FROM unnest($1::text[], $2::text[], $3::text[], $4::text[]) AS v(id, party_key, location_key, evse_key)
       JOIN location l ON l.party_key = v.party_key AND l.location_key = v.location_key
       JOIN evse e ON e.location_id = l.id AND e.evse_key = v.evse_key
       JOIN evse_state s ON s.evse_id = e.id`,
    [
      placed.map(({ id }) => id),
      placed.map(({ partyKey }) => partyKey),
      placed.map(({ locationKey }) => locationKey),
      placed.map(({ evseKey }) => evseKey),
    ],
  );
  return new Map(rows.map(({ id, status }) => [id, status]));
}
