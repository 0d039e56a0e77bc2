import { styleText } from 'node:util';

/** A check saw something else than it expected; its message is all a reader needs. */
export class CheckFailed extends Error {}

/** Throws a CheckFailed with `message` unless `condition` holds. */
export function expect(condition, message) {
  if (!condition) throw new CheckFailed(message);
}

const MARKS = { passed: '✓', failed: '✗', 'not run': '·' };
const COLOURS = { passed: 'green', failed: 'red', 'not run': 'gray' };

/**
 * Runs the steps one after the other and prints a line for each: its title, the seconds it took, and what was seen. After a
 * failure the others are not run.
 *
 * @param {{title: string, run(): Promise<string | void>}[]} steps `run` resolves with what was seen
 * @param {() => boolean} [interrupted] whether to end without a verdict
 * @returns {Promise<boolean>} whether none failed
 */
export async function runSteps(steps, interrupted = () => false) {
  const width = Math.max(...steps.map(({ title }) => title.length));
  const counts = { passed: 0, failed: 0, 'not run': 0 };
  const startedAt = Date.now();
  for (const step of steps) {
    const stepStartedAt = Date.now();
    const [verdict, seen] = counts.failed > 0 ? ['not run', ''] : await outcomeOf(step);
    if (interrupted()) return false;
    counts[verdict] += 1;
    const seconds = verdict === 'not run' ? '' : secondsSince(stepStartedAt);
    const line = `${MARKS[verdict]} ${step.title.padEnd(width)}  ${seconds.padStart(6)}`;
    console.log(`${styleText(COLOURS[verdict], line)}  ${seen}`);
  }
  const summary = Object.entries(counts)
    .filter(([, count]) => count > 0)
    .map(([verdict, count]) => `${count} ${verdict}`);
  console.log(`${summary.join(', ')}; ${secondsSince(startedAt)} s`);
  return counts.failed === 0;
}

async function outcomeOf({ run }) {
  try {
    return ['passed', (await run()) ?? ''];
  } catch (error) {
    return ['failed', error instanceof CheckFailed ? error.message : error.stack];
  }
}

const secondsSince = (startedAt) => ((Date.now() - startedAt) / 1000).toFixed(1);
