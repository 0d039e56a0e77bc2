import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { chartDir } from '../chart.mjs';
import { queryProblems } from '../queries.mjs';
import { tool } from '../tools.mjs';

/** Alert rules are understood by Prometheus, pass their unit tests, each is met by one, and their metrics exist. */
export const name = 'alert rules';
export const tools = ['promtool'];

/** `only`: what Prometheus says of the `rules`, of the `tests`, or neither, but `ours`. */
export async function check(root, only) {
  const folder = path.join(chartDir(root), 'alerts');
  const files = fs.readdirSync(folder).filter((file) => file.endsWith('.yaml'));
  const tests = files.filter((file) => file.endsWith('.test.yaml'));
  const rules = files.filter((file) => !tests.includes(file));
  const read = (file) => parse(fs.readFileSync(path.join(folder, file), 'utf8'));
  const problems = [];
  if (only === undefined || only === 'rules')
    problems.push(...(await promtool(folder, ['check', 'rules', '--lint-fatal', ...rules])));
  if (only === undefined || only === 'tests')
    problems.push(...(await promtool(folder, ['test', 'rules', ...tests])));
  const tested = new Set(
    tests
      .flatMap((file) => read(file).tests)
      .flatMap(({ alert_rule_test: cases = [] }) => cases)
      .filter(({ exp_alerts: expected }) => expected?.length > 0)
      .map(({ alertname }) => alertname),
  );
  for (const { alert, expr, labels, annotations } of rules
    .flatMap(read)
    .flatMap(({ groups }) => groups)
    .flatMap((group) => group.rules)) {
    if (!alert) continue;
    if (!tested.has(alert)) problems.push(`${alert}: no test in which it fires`);
    if (!labels?.severity) problems.push(`${alert}: no severity`);
    if (!annotations?.summary) problems.push(`${alert}: no summary`);
    problems.push(
      ...runbookProblems(root, annotations?.runbook_url).map((said) => `${alert}: ${said}`),
    );
    problems.push(...queryProblems(expr).map((said) => `${alert}: ${said}`));
  }
  return problems;
}

async function promtool(folder, args) {
  const { status, error, stdout, stderr } = spawnSync(await tool('promtool'), args, {
    cwd: folder,
    encoding: 'utf8',
    timeout: 60_000,
  });
  if (error) throw error;
  return status === 0 ? [] : [`promtool ${args[0]} ${args[1]}: ${stdout}${stderr}`.trim()];
}

/** A runbook is a heading of our own documents. */
function runbookProblems(root, url) {
  const [, file, anchor] = /(docs\/[\w.-]+\.md)#(.+)$/.exec(url ?? '') ?? [];
  if (!file) return ['no runbook_url'];
  const text = fs.readFileSync(path.join(root, file), 'utf8');
  const anchors = [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading]) =>
    heading
      .toLowerCase()
      .replace(/[^\w\s-]/g, '')
      .replace(/\s/g, '-'),
  );
  return anchors.includes(anchor) ? [] : [`${url} names no heading`];
}

const RULES = 'helm/ocpi-gateway/alerts/ocpi-gateway.rules.yaml';
const TESTS = 'helm/ocpi-gateway/alerts/ocpi-gateway.rules.test.yaml';
export const mistakes = [
  {
    title: 'an expression that does not parse',
    edits: [[RULES, 'absent(', 'absent((']],
    expect: /promtool check rules/,
    only: 'rules',
  },
  {
    title: 'an alert that fires later',
    edits: [
      [RULES, 'for: 5m', 'for: 50m'],
      [TESTS, /\n {2}- name: a consumer that[^]*/, '\n'], // one test is enough, all take a while
    ],
    expect: /promtool test rules/,
    only: 'tests',
  },
  ...[
    [
      'a metric that does not exist',
      [RULES, 'rate(ocpi_http_request_duration_seconds_count', 'rate(ocpi_http_requests_count'],
      /no metric ocpi_http_requests_count/,
    ],
    ['a label that the metric lacks', [RULES, 'status=~"5.."', 'code=~"5.."'], /has no label code/],
    [
      'an alert without a test',
      [TESTS, /alertname: OcpiApiMissing/g, 'alertname: OcpiConsumerMissing'],
      /OcpiApiMissing: no test/,
    ],
    ['a runbook that is not there', [RULES, 'operations.md#', 'operations.md#no-'], /no heading/],
  ].map(([title, edit, expect]) => ({ title, edits: [edit], expect, only: 'ours' })),
];
