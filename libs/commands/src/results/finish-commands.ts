import { type SqlRunner } from '#change-log';
import { type RequestFinished, type RequestTakenOn } from '#csms-contract';
import { chunksOfDistinct } from '#database';
import { type SettledCommand } from '../kinds/command-kind.js';
import { rulesOf } from '../kinds/command-kinds.js';
import { settleCommands } from './settle-commands.js';
import { evseStatuses, lockCommands, type LockedCommand } from './locked-commands.js';

/** A message of the CSMS, for one of its parties. */
export interface ResultOf<T> {
  partyKey: string;
  data: T;
  event: { time: Date };
}

/** Why a result does not count: there is one outcome, and whoever is first says it (P8, CMD-22, CMD-27). */
export type DropReason = 'unknown' | 'late' | 'double';

export type TakenResult =
  | { kind: 'settled'; settled: SettledCommand }
  | { kind: 'dropped'; why: DropReason; reason: string };

/**
 * Gives commands the outcome that the CSMS reports, in order, one answer each. A result of a party that the command is not for
 * is as unknown as one of no command. What is dropped is counted on the command's row.
 */
export async function finishCommands(
  tx: SqlRunner,
  results: readonly ResultOf<RequestFinished>[],
  now: Date,
): Promise<TakenResult[]> {
  const commands = await lockCommands(tx, idsOf(results));
  const open = [...commands.values()].filter(({ outcome }) => outcome === null);
  const statuses = await evseStatuses(tx, open);
  const settled = new Map<string, SettledCommand>();
  const taken = results.map(({ partyKey, data, event }): TakenResult => {
    const command = commands.get(data.command_id);
    if (command?.partyKey !== partyKey) return unknown(data);
    const dropped = whyDropped(command, settled.get(command.id), now);
    if (dropped) return dropped;
    const rules = rulesOf(command.kind);
    const outcome = rules.outcomeOf(data, command, statuses.get(command.id));
    const one = { command, outcome, finished: data, finishedAt: event.time };
    settled.set(command.id, one);
    return { kind: 'settled', settled: one };
  });
  // What comes of a reservation depends on which requests for it are open still.
  const chunks = chunksOfDistinct(
    [...settled.values()],
    ({ command: { reservationNumber, id } }) =>
      reservationNumber === null ? id : `reservation ${reservationNumber}`,
  );
  for (const chunk of chunks) await settleCommands(tx, chunk, now);
  await noteDropped(tx, results, taken);
  return taken;
}

/** Notes that the CSMS has these requests; what is known already, or settled, is dropped. */
export async function takeOnCommands(
  tx: SqlRunner,
  results: readonly ResultOf<RequestTakenOn>[],
  now: Date,
): Promise<('taken on' | 'known' | 'unknown')[]> {
  const commands = await lockCommands(tx, idsOf(results));
  const fresh = new Set<string>();
  const answers = results.map(({ partyKey, data }) => {
    const command = commands.get(data.command_id);
    if (command?.partyKey !== partyKey) return 'unknown';
    if (command.takenOnAt !== null || fresh.has(command.id)) return 'known';
    fresh.add(command.id);
    return 'taken on';
  });
  if (fresh.size > 0) {
    await tx.query('UPDATE command SET taken_on_at = $2 WHERE id = ANY($1)', [[...fresh], now]);
  }
  return answers;
}

const idsOf = (results: readonly ResultOf<{ command_id: string }>[]): string[] =>
  results.map(({ data }) => data.command_id);

const unknown = ({ command_id }: RequestFinished): TakenResult => ({
  kind: 'dropped',
  why: 'unknown',
  reason: `no command ${command_id} of this party`,
});

function whyDropped(
  command: LockedCommand,
  before: SettledCommand | undefined,
  now: Date,
): TakenResult | undefined {
  const outcome = before?.outcome.result ?? command.outcome;
  const hadResult = before !== undefined || command.result !== null;
  if (outcome !== null && hadResult) {
    return { kind: 'dropped', why: 'double', reason: `is finished already, as ${outcome}` };
  }
  if (outcome !== null || now >= command.deadline) {
    const reason = `came after the deadline ${command.deadline.toISOString()}`;
    return { kind: 'dropped', why: 'late', reason };
  }
  return undefined;
}

async function noteDropped(
  tx: SqlRunner,
  results: readonly ResultOf<RequestFinished>[],
  taken: readonly TakenResult[],
): Promise<void> {
  for (const [index, one] of taken.entries()) {
    const data = results[index]?.data;
    if (one.kind === 'settled' || one.why === 'unknown' || !data) continue;
    await tx.query(
      `UPDATE command SET dropped_results = dropped_results + 1, result = coalesce(result, $2) WHERE id = $1`,
      [data.command_id, JSON.stringify(data)],
    );
  }
}
