import { type Metrics } from '#platform';
import { type SettledCommand } from '../kinds/command-kind.js';
import { type DropReason } from './finish-commands.js';

/** Counts an outcome, once it is committed. */
export function countSettled(
  metrics: Metrics,
  { command, outcome }: SettledCommand,
  now: Date,
): void {
  const { kind, receivedAt } = command;
  metrics.commandResultsTotal.inc({ kind, outcome: outcome.result });
  metrics.commandDurationSeconds.observe({ kind }, (now.getTime() - receivedAt.getTime()) / 1000);
}

/** Counts a result that does not count. */
export const countDropped = (metrics: Metrics, why: DropReason): void =>
  metrics.csmsResultsDroppedTotal.inc({ why });
