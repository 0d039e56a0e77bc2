import Table from 'cli-table3';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { projectRoot } from '../harness/project-root.js';

/** One figure; `reference` is the bare thing measured in the same run on the same cores. */
export interface BenchRow {
  name: string;
  value: number;
  unit: string;
  reference: number | null;
  /** value / reference */
  ratio: number | null;
  goal: string | null;
  met: boolean | null;
}

export interface Goal {
  text: string;
  met: boolean;
}

export function row(
  name: string,
  value: number,
  unit: string,
  { reference, goal }: { reference?: number; goal?: (ratio: number) => Goal } = {},
): BenchRow {
  const ratio = reference === undefined ? null : value / reference;
  const judged = goal?.(ratio ?? value);
  return {
    name,
    value: rounded(value),
    unit,
    reference: reference === undefined ? null : rounded(reference),
    ratio: ratio === null ? null : rounded(ratio),
    goal: judged?.text ?? null,
    met: judged?.met ?? null,
  };
}

/** Goals over the ratio where there is a reference, else over the value. */
export const atLeast =
  (limit: number, what: 'ratio' | 'value' = 'value') =>
  (measured: number): Goal => ({ text: `${what} ≥ ${limit}`, met: measured >= limit });
export const atMost =
  (limit: number, what: 'ratio' | 'value' = 'value') =>
  (measured: number): Goal => ({ text: `${what} ≤ ${limit}`, met: measured <= limit });

/** Goal over the value of a row that has a reference beside it. */
export const value = (goal: (measured: number) => Goal, measured: number) => (): Goal =>
  goal(measured);

export function printTable(rows: readonly BenchRow[]): void {
  const table = new Table({
    head: ['', 'value', 'unit', 'reference', 'ratio', 'goal', 'met'],
    colAligns: ['left', 'right', 'left', 'right', 'right', 'left', 'left'],
    style: { head: [], border: [], compact: true },
  });
  for (const { name, value, unit, reference, ratio, goal, met } of rows) {
    const verdict = met === null ? '' : met ? 'yes' : 'NO';
    table.push([name, value, unit, reference ?? '', ratio ?? '', goal ?? '', verdict]);
  }
  console.log(table.toString());
}

/** Writes `var/bench.json`; figures of benchmarks that did not run this time are kept from earlier runs. */
export function writeReport(rows: readonly BenchRow[], ran: readonly string[]): void {
  const file = path.join(projectRoot, 'var', 'bench.json');
  const earlier = (
    fs.existsSync(file) ? (JSON.parse(fs.readFileSync(file, 'utf8')) as BenchRow[]) : []
  ).filter(({ name }) => !ran.some((bench) => name.startsWith(`${bench} `)));
  const all = [...earlier, ...rows].sort((a, b) => a.name.localeCompare(b.name));
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, `${JSON.stringify(all, null, 2)}\n`);
}

/** What else ran on the machine meanwhile; figures are worth little beside a busy neighbour. */
export const loadAverage = (): string =>
  os
    .loadavg()
    .map((load) => load.toFixed(2))
    .join(' ');

const rounded = (value: number): number => Number(value.toPrecision(4));
