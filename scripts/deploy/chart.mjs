import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { parseAllDocuments } from 'yaml';
import { tool } from './tools.mjs';

/** The chart under `root`, a checkout or a copy of one. */
export const chartDir = (root) => path.join(root, 'helm', 'ocpi-gateway');

/** The example value sets: name → file. */
export function valueSets(root) {
  const folder = path.join(chartDir(root), 'ci');
  return Object.fromEntries(
    fs
      .readdirSync(folder)
      .filter((file) => file.endsWith('-values.yaml'))
      .map((file) => [file.replace(/-values\.yaml$/, ''), path.join(folder, file)]),
  );
}

/** `helm lint --strict`: what it complains of, or undefined. */
export async function lint(root, valuesFile) {
  const { ok, said } = await runHelm(['lint', '--strict', chartDir(root), '-f', valuesFile]);
  return ok ? undefined : said;
}

/**
 * `helm template` with a value set and single values (`a.b=c`) on top.
 *
 * @returns {Promise<{objects: object[], text: string} | {refused: string}>}
 */
export async function render(root, valuesFile, { set = [], release = 'test' } = {}) {
  const { ok, out, said } = await runHelm([
    ...['template', release, chartDir(root), '--namespace', 'roaming'],
    ...(valuesFile ? ['-f', valuesFile] : []),
    ...set.flatMap((one) => ['--set-json', one]),
  ]);
  if (!ok) return { refused: said };
  // Numbers are read as Kubernetes reads them, by YAML 1.1.
  const documents = parseAllDocuments(out, { version: '1.1' });
  return { text: out, objects: documents.map((document) => document.toJS()).filter(Boolean) };
}

async function runHelm(args) {
  const { status, error, stdout, stderr } = spawnSync(await tool('helm'), args, {
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
    timeout: 60_000,
  });
  if (error) throw error;
  return { ok: status === 0, out: stdout, said: `${stdout}${stderr}`.trim() };
}
