import { type SqlRunner, rowsOf } from '#change-log';

const AT_ONCE = 5000;

const COMMANDS = `WITH old AS (
    SELECT c.id FROM command c
     WHERE c.received_at < now() - make_interval(hours => $1) AND c.outcome IS NOT NULL
       AND NOT EXISTS (SELECT FROM reservation r WHERE r.command_id = c.id AND r.state IN ('pending', 'active'))
     ORDER BY c.received_at LIMIT $2
  ), callbacks AS (
    DELETE FROM command_callback b USING old WHERE b.command_id = old.id
  ), gone AS (
    DELETE FROM command c USING old WHERE c.id = old.id RETURNING 1
  ) SELECT count(*) AS count FROM gone`;

const RESERVATIONS = `WITH gone AS (
    DELETE FROM reservation WHERE ctid = ANY (ARRAY(
      SELECT ctid FROM reservation WHERE ended_at < now() - make_interval(hours => $1) ORDER BY ended_at LIMIT $2))
    RETURNING 1
  ) SELECT count(*) AS count FROM gone`;

/** Rows that were removed, by table. */
export interface PrunedCommands {
  command: number;
  reservation: number;
}

/** Forgets finished commands with their callbacks, and ended reservations; what a reservation in force needs stays (CMD-66). */
export async function pruneCommands(source: SqlRunner, hours: number): Promise<PrunedCommands> {
  return {
    command: await inBatches(source, COMMANDS, hours),
    reservation: await inBatches(source, RESERVATIONS, hours),
  };
}

async function inBatches(source: SqlRunner, sql: string, hours: number): Promise<number> {
  for (let total = 0; ;) {
    const [row] = await rowsOf<{ count: number }>(source, sql, [hours, AT_ONCE]);
    total += row?.count ?? 0;
    if ((row?.count ?? 0) < AT_ONCE) return total;
  }
}
