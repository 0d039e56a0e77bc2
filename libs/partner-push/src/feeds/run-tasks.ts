import { type PushOutcome } from '#partners';
import { type PushResult, type PushScope, type PushTask } from '../push-scope.js';
import { runTraced } from './traced-task.js';

export interface PassHooks {
  concurrency: number;
  /** The partner answered well lately; else one request goes ahead and the others wait for its answer. */
  isWarm: boolean;
  /** False: no further request may leave (shutdown, lost lease, paused). */
  isActive(): boolean;
  /** A task is through: told, nothing to tell, or refused for good. */
  onSettled(task: PushTask, result: PushResult): Promise<void>;
}

export interface PassResult {
  /** Not through: failed or not begun. */
  remaining: PushTask[];
  /** Requests that the partner processed, whatever it thought of them. */
  answered: number;
  /** Why the pass ended early or incomplete. */
  failure: Extract<PushOutcome, { kind: 'unavailable' | 'unauthorized' }> | undefined;
}

/** So many failures in a row, and it is the partner that is away, not the object that is at fault. */
const FAILURES_IN_A_ROW = 3;

/** Runs tasks side by side until all are through, or the partner turns out to be away, or we are told to stop. */
export async function runTasks(
  scope: PushScope,
  tasks: readonly PushTask[],
  hooks: PassHooks,
): Promise<PassResult> {
  const failed: PushTask[] = [];
  let next = 0;
  let answered = 0;
  let failuresInARow = 0;
  let failure: PassResult['failure'];
  let isHalted = false;
  let isWarm = hooks.isWarm;

  const runOne = async (task: PushTask): Promise<void> => {
    const result = await runTraced(task, scope);
    const { outcome } = result;
    task.objectName = result.objectName;
    if (outcome?.kind === 'unavailable' || outcome?.kind === 'unauthorized') {
      failed.push(task);
      task.attempts += 1;
      failure = outcome;
      failuresInARow += 1;
      isHalted ||=
        outcome.kind === 'unauthorized' ||
        outcome.isOverload === true ||
        failuresInARow >= FAILURES_IN_A_ROW ||
        !isWarm;
      return;
    }
    if (outcome) {
      answered += 1;
      failuresInARow = 0;
      isWarm = true;
    }
    await hooks.onSettled(task, result);
  };

  const isOpen = () => !isHalted && next < tasks.length && hooks.isActive();
  const lane = async (): Promise<void> => {
    while (isOpen()) {
      const task = tasks[next];
      next += 1;
      if (task) await runOne(task);
    }
  };
  while (!isWarm && isOpen()) {
    const task = tasks[next];
    next += 1;
    if (task) await runOne(task);
  }
  const lanes = Math.min(hooks.concurrency, tasks.length - next);
  const ended = await Promise.allSettled(Array.from({ length: Math.max(0, lanes) }, lane));
  const broken = ended.find((lane) => lane.status === 'rejected');
  if (broken) throw broken.reason;
  return { remaining: [...failed, ...tasks.slice(next)], answered, failure };
}
