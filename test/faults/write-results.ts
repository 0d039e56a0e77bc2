import fs from 'node:fs';
import path from 'node:path';
import { projectRoot } from '../harness/project-root.js';
import { type PromiseResult } from './promise-result.js';

/** Called after each promise, so that an interrupted run still tells what it found; rows of promises that did not run stay. */
export function writeResults(
  results: readonly PromiseResult[],
  file = path.join(projectRoot, 'var', 'faults.json'),
): void {
  const earlier = (
    fs.existsSync(file) ? (JSON.parse(fs.readFileSync(file, 'utf8')) as PromiseResult[]) : []
  ).filter(({ promise }) => results.every((result) => result.promise !== promise));
  const all = [...earlier, ...results].sort((a, b) => numberOf(a) - numberOf(b));
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, `${JSON.stringify(all, undefined, 2)}\n`);
}

const numberOf = ({ promise }: PromiseResult): number => Number(promise.slice(1));
