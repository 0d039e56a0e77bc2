import { type PrintableEvent } from '#csms-contract';
import { runsOf } from './delivery.js';

const event = (bytes: number): PrintableEvent => ({
  id: '1',
  source: 's',
  type: 't',
  subject: 's',
  key: 'k',
  time: new Date(0),
  data: 'x'.repeat(bytes),
});
const sizes = (runs: PrintableEvent[][]) => runs.map((run) => run.map(({ data }) => data.length));

describe('runs of events', () => {
  it.each([
    [[], []],
    [
      [1, 1, 1],
      [[1, 1], [1]],
    ],
    [
      [6, 6],
      [[6], [6]],
    ],
    [
      [50, 1, 9],
      [[50], [1, 9]],
    ],
  ])('%j becomes %j with two events and ten bytes at most', (given, expected) => {
    expect(sizes(runsOf(given.map(event), { maxCount: 2, maxBytes: 10 }))).toEqual(expected);
  });
});
