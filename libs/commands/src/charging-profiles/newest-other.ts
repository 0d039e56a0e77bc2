import { rowsOf, type SqlRunner } from '#change-log';
import { type CommandKind } from '#database';
import { isDeepStrictEqual } from 'node:util';

interface Wanted {
  kind: CommandKind;
  [field: string]: unknown;
}

/** Kinds that undo each other. */
const RIVALS: CommandKind[][] = [
  ['SET_CHARGING_PROFILE', 'CLEAR_CHARGING_PROFILE'],
  ['SET_CHARGING_PREFERENCES'],
];

/**
 * The id of the newest open request on this Session that wants something else. A request is a repeat only of what was asked
 * after that one: A, B, A must end with A (CHP-21). The open ones are locked, as whoever settles them does it first too.
 */
export async function newestOther(
  tx: SqlRunner,
  partyKey: string,
  sessionKey: string,
  { kind, ...wanted }: Wanted,
): Promise<string | undefined> {
  const rivals = RIVALS.find((kinds) => kinds.includes(kind)) ?? [kind];
  const open = await rowsOf<{ id: string; kind: CommandKind; body: string; receivedAt: Date }>(
    tx,
    `SELECT id, kind, body, received_at AS "receivedAt" FROM command
      WHERE party_key = $1 AND session_key = $2 AND kind = ANY($3) AND outcome IS NULL ORDER BY id FOR UPDATE`,
    [partyKey, sessionKey, rivals],
  );
  return open
    .filter((command) => command.kind !== kind || !holds(command.body, wanted))
    .sort((a, b) => b.receivedAt.getTime() - a.receivedAt.getTime())[0]?.id;
}

function holds(body: string, wanted: object): boolean {
  const asked = JSON.parse(body) as Record<string, unknown>;
  return Object.entries(wanted).every(([field, value]) => isDeepStrictEqual(asked[field], value));
}
