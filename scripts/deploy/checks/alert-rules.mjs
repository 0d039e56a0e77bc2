import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { chartDir } from '../chart.mjs';
import { queryProblems } from '../queries.mjs';
import { tool } from '../tools.mjs';

/**
 * Alert rules are understood by Prometheus and pass their unit tests; each says how bad it is, what it means and where to read on, is tried
 * where it fires and where it keeps still, and its metrics exist.
 */
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
  const cases = tests
    .flatMap((file) => read(file).tests)
    .flatMap(({ alert_rule_test: tried = [] }) => tried);
  const alerts = rules
    .flatMap(read)
    .flatMap(({ groups }) => groups)
    .flatMap((group) => group.rules)
    .filter(({ alert }) => alert);
  problems.push(...nameProblems(alerts, cases));
  for (const rule of alerts) {
    const said = [
      ...trialProblems(rule, cases),
      ...readerProblems(rule),
      ...runbookProblems(root, rule),
      ...queryProblems(rule.expr),
    ];
    problems.push(...said.map((problem) => `${rule.alert}: ${problem}`));
  }
  return problems;
}

/** A name each, and no test of an alert that is not there. */
function nameProblems(alerts, cases) {
  const names = alerts.map(({ alert }) => alert);
  const strangers = new Set(cases.map(({ alertname }) => alertname).filter(missingIn(names)));
  return [
    ...names.filter((alert, at) => names.indexOf(alert) < at).map((twice) => `${twice}: twice`),
    ...[...strangers].map((stranger) => `${stranger}: a test, but no alert`),
  ];
}

function trialProblems({ alert }, cases) {
  const own = cases.filter(({ alertname }) => alertname === alert);
  const fires = own.some(({ exp_alerts: expected }) => expected?.length > 0);
  const keepsStill = own.some(({ exp_alerts: expected }) => !expected?.length);
  return [
    ...(fires ? [] : ['no test in which it fires']),
    ...(keepsStill ? [] : ['no test in which it keeps still']),
  ];
}

/** What a reader needs beyond what Prometheus asks for. */
function readerProblems({ alert, labels = {}, annotations = {} }) {
  const { severity, ...otherLabels } = labels;
  const said = ['summary', 'description', 'runbook_url'];
  return [
    ...(/^Ocpi([A-Z][a-z0-9]+)+$/.test(alert) ? [] : ['not named as OcpiThis']),
    ...(['critical', 'warning'].includes(severity) ? [] : [`severity ${severity}`]),
    ...Object.keys(otherLabels).map((label) => `label ${label}, which no other alert has`),
    ...said.filter((name) => !annotations[name]).map((name) => `no ${name}`),
    ...Object.keys(annotations)
      .filter(missingIn(said))
      .map((name) => `annotation ${name}, which no other alert has`),
  ];
}

const missingIn = (list) => (name) => !list.includes(name);

async function promtool(folder, args) {
  const { status, error, stdout, stderr } = spawnSync(await tool('promtool'), args, {
    cwd: folder,
    encoding: 'utf8',
    timeout: 60_000,
  });
  if (error) throw error;
  return status === 0 ? [] : [`promtool ${args[0]} ${args[1]}: ${stdout}${stderr}`.trim()];
}

/** A runbook is a heading of our own documents, under which stands the name that the page shows. */
function runbookProblems(root, { alert, annotations: { runbook_url: url } = {} }) {
  const [, file, anchor] = /(docs\/[\w.-]+\.md)#(.+)$/.exec(url ?? '') ?? [];
  if (!file) return ['runbook_url names no document of ours'];
  const text = fs.readFileSync(path.join(root, file), 'utf8');
  const section = text.split(/^#+ /m).find((each) => anchorOf(each) === anchor);
  if (section === undefined) return [`${url} names no heading`];
  return section.includes(`\`${alert}\``) ? [] : [`${url} does not name it`];
}

/** The anchor of the heading that a section begins with. */
const anchorOf = (section) =>
  /^.*/
    .exec(section)[0]
    .toLowerCase()
    .replace(/[^\w\s-]/g, '')
    .replace(/\s/g, '-');

const RULES = 'helm/ocpi-gateway/alerts/ocpi-gateway.rules.yaml';
const RUNBOOK = 'docs/operations.md';
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
      [
        /OcpiApiMissing: no test in which it fires/,
        /OcpiApiMissing: no test in which it keeps still/,
      ],
    ],
    [
      'a test of an alert that is not there',
      [TESTS, 'alertname: OcpiApiMissing', 'alertname: OcpiApiGone'],
      /OcpiApiGone: a test, but no alert/,
    ],
    [
      'two alerts of one name',
      [RULES, 'alert: OcpiConsumerMissing', 'alert: OcpiApiMissing'],
      /OcpiApiMissing: twice/,
    ],
    [
      'a name that is not ours',
      [RULES, 'alert: OcpiApiMissing', 'alert: api_missing'],
      /api_missing: not named/,
    ],
    [
      'a severity nobody is called for',
      [RULES, 'severity: critical', 'severity: bad'],
      /severity bad/,
    ],
    [
      'an alert that says nothing',
      [RULES, 'description: Partners', 'text: Partners'],
      [/no description/, /annotation text/],
    ],
    ['a runbook that is not there', [RULES, 'operations.md#', 'operations.md#no-'], /no heading/],
    [
      'a runbook that somebody with the name alone does not find',
      [RUNBOOK, '`OcpiHorizonOld`', '`OcpiHorizon`'],
      /OcpiHorizonOld: .* does not name it/,
    ],
  ].map(([title, edit, expect]) => ({ title, edits: [edit], expect, only: 'ours' })),
];
