import { type SqlRunner } from '#change-log';
import { type CommandKind } from '#database';
import { type SettledCommand } from '../kinds/command-kind.js';
import { bodyOf, rulesOf } from '../kinds/command-kinds.js';

const SETTLE = `UPDATE command c
    SET outcome = v.outcome, finished_at = $4, result = coalesce(v.result, c.result)
   FROM unnest($1::uuid[], $2::text[], $3::text[]) AS v(id, outcome, result)
  WHERE c.id = v.id`;

const MAKE_DUE = `UPDATE command_callback c
    SET state = CASE WHEN v.body IS NULL THEN 'failed' ELSE 'due' END, body = v.body,
        note = CASE WHEN v.body IS NULL THEN 'the version has no words for it' END
   FROM unnest($1::uuid[], $2::text[]) AS v(command_id, body)
  WHERE c.command_id = v.command_id AND c.purpose = 'result' AND c.state = 'waiting'`;

/**
 * Gives commands their one outcome and makes their callbacks due, in the caller's transaction, which has locked their
 * rows and seen them open. After the commit `CommandSignal` is to be notified.
 */
export async function settleCommands(
  tx: SqlRunner,
  settled: readonly SettledCommand[],
  now: Date,
): Promise<void> {
  if (settled.length === 0) return;
  const ids = settled.map(({ command }) => command.id);
  await tx.query(SETTLE, [
    ids,
    settled.map(({ outcome }) => outcome.result),
    settled.map(({ finished }) => (finished ? JSON.stringify(finished) : null)),
    now,
  ]);
  const bodies = settled.map(({ command, outcome }) =>
    bodyOf(command.kind)(command.version, outcome),
  );
  await tx.query(MAKE_DUE, [ids, bodies]);
  const kinds = new Set<CommandKind>(settled.map(({ command }) => command.kind));
  for (const kind of kinds) {
    await rulesOf(kind).settled?.(
      tx,
      settled.filter(({ command }) => command.kind === kind),
      now,
    );
  }
}
