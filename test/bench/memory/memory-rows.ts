import { median, slope } from '../numbers.js';
import { atMost, type BenchRow, row } from '../report.js';

export type MemorySample = [minute: number, mb: number];

const LIMIT_MB = 300;
/** Growth of the last third over the middle one that is still called flat: heaps breathe. */
const FLAT = 1.05;

/** Resident memory of one process; flatness is judged without the first third, in which caches fill and code is compiled. */
export function memoryRows(name: string, samples: readonly MemorySample[]): BenchRow[] {
  const third = Math.floor(samples.length / 3);
  const mb = (from: number, to?: number) => samples.slice(from, to).map(([, each]) => each);
  const most = Math.max(...mb(0));
  return [
    row(`${name}, most`, most, 'MB', { goal: atMost(LIMIT_MB) }),
    row(`${name}, last third beside the middle one`, median(mb(2 * third)), 'MB', {
      reference: median(mb(third, 2 * third)),
      goal: atMost(FLAT, 'ratio'),
    }),
    row(`${name}, slope after the first third`, slope(samples.slice(third)), 'MB/min'),
  ];
}
