import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { stringify } from 'yaml';
import { chartDir } from '../chart.mjs';
import { queryProblems, withoutVariables } from '../queries.mjs';
import { tool } from '../tools.mjs';

/** Every dashboard can be imported anywhere and read: data source by choice, units, no panel over another, queries of metrics that exist. */
export const name = 'dashboards';
export const tools = ['promtool'];

const COLUMNS = 24;
const WITHOUT_QUERY = ['row', 'text'];
const WITHOUT_UNIT = [...WITHOUT_QUERY, 'table', 'logs'];

export async function check(root) {
  const folder = path.join(chartDir(root), 'dashboards');
  const problems = [];
  const queries = [];
  const uids = new Set();
  for (const file of fs.readdirSync(folder)) {
    const dashboard = JSON.parse(fs.readFileSync(path.join(folder, file), 'utf8'));
    const say = (problem) => problems.push(`${file}: ${problem}`);
    aboutTheWhole(dashboard, uids, say);
    const panels = dashboard.panels.flatMap((panel) => [panel, ...(panel.panels ?? [])]);
    placedApart(dashboard.panels, say);
    const ids = panels.map(({ id }) => id);
    if (new Set(ids).size < ids.length) say('two panels have one id');
    for (const panel of panels) aboutPanel(panel, say);
    for (const { where, expression } of expressionsOf(dashboard, panels)) {
      queries.push({ where: `${file}: ${where}`, expression });
      for (const problem of queryProblems(expression)) say(`${where}: ${problem}`);
    }
    undefinedVariables(dashboard, say);
    boundDataSources(dashboard, say);
  }
  if (queries.length === 0) problems.push('no query at all');
  return [...problems, ...(await refusedByPrometheus(queries))];
}

function aboutTheWhole({ id, uid, title, tags, schemaVersion, templating }, uids, say) {
  if (id !== undefined && id !== null)
    say('an id belongs to the Grafana that it was exported from');
  if (!uid || uids.has(uid)) say('no uid of its own');
  uids.add(uid);
  if (!title || !tags?.includes('ocpi-gateway')) say('no title, or not tagged ocpi-gateway');
  if (!Number.isInteger(schemaVersion)) say('schemaVersion is no number');
  if (!templating.list.some(({ type, query }) => type === 'datasource' && query === 'prometheus'))
    say('the data source cannot be chosen');
}

function placedApart(panels, say) {
  panels.forEach((panel, index) => {
    const { x, y, w, h } = panel.gridPos;
    if (x < 0 || x + w > COLUMNS) say(`"${panel.title}" is wider than the page`);
    for (const other of panels.slice(index + 1)) {
      const at = other.gridPos;
      if (x < at.x + at.w && at.x < x + w && y < at.y + at.h && at.y < y + h)
        say(`"${panel.title}" lies over "${other.title}"`);
    }
  });
}

function aboutPanel({ type, title, datasource, fieldConfig, targets = [] }, say) {
  if (WITHOUT_QUERY.includes(type)) return;
  if (!title) say('a panel without a title');
  if (!datasource) say(`"${title}" has no data source`);
  if (!WITHOUT_UNIT.includes(type) && !fieldConfig?.defaults?.unit) say(`"${title}" has no unit`);
  if (targets.length === 0) say(`"${title}" asks nothing`);
  const ids = targets.map(({ refId }) => refId);
  if (new Set(ids).size < ids.length) say(`"${title}" has two queries of one refId`);
}

/** Queries of panels and of variables. */
function expressionsOf({ templating }, panels) {
  const ofPanels = panels.flatMap(({ title, targets = [] }) =>
    targets.map(({ expr }) => ({ where: `"${title}"`, expression: expr })),
  );
  const ofVariables = templating.list
    .filter(({ type }) => type === 'query')
    .map(({ name, query }) => ({
      where: `variable ${name}`,
      expression: /^label_values\((.+),\s*\w+\)$/.exec(query.query ?? query)?.[1],
    }));
  return [...ofPanels, ...ofVariables].filter(({ expression }) => expression !== undefined);
}

function undefinedVariables(dashboard, say) {
  const defined = new Set(dashboard.templating.list.map(({ name }) => name));
  const text = JSON.stringify(dashboard.panels);
  for (const [, name] of text.matchAll(/\$\{?(?!__)([a-z]\w*)/g))
    if (!defined.has(name)) say(`no variable ${name}`);
}

/** Wherever a Prometheus is named, it is the one that was chosen. */
function boundDataSources(dashboard, say) {
  JSON.stringify(dashboard, (key, value) => {
    if (key === 'datasource' && value?.type === 'prometheus' && value.uid !== '${datasource}')
      say(`bound to one data source, ${value.uid}`);
    return value;
  });
}

/** Prometheus knows types and functions too: each query as the expression of a rule. */
async function refusedByPrometheus(queries) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'ocpi-queries-'));
  try {
    const file = path.join(folder, 'queries.yaml');
    const rules = queries.map(({ expression }, index) => ({
      record: `query:${index}`,
      expr: withoutVariables(expression),
    }));
    fs.writeFileSync(file, stringify({ groups: [{ name: 'queries', rules }] }));
    const { status, error, stdout, stderr } = spawnSync(
      await tool('promtool'),
      ['check', 'rules', '--lint=none', file],
      { encoding: 'utf8', timeout: 60_000 },
    );
    if (error) throw error;
    if (status === 0) return [];
    return `${stdout}${stderr}`
      .split('\n')
      .filter((line) => /query:\d+|error/i.test(line))
      .map((line) =>
        line.replace(
          /query:(\d+)/g,
          (_, index) => `${queries[index].where} ${queries[index].expression}`,
        ),
      );
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

const OVERVIEW = 'helm/ocpi-gateway/dashboards/overview.json';
export const mistakes = [
  [
    'a metric that does not exist',
    'ocpi_push_attempts_total',
    'ocpi_push_tries_total',
    /no metric ocpi_push_tries_total/,
  ],
  [
    'a label that the metric lacks',
    'sum by (outcome) (rate(ocpi_push',
    'sum by (result) (rate(ocpi_push',
    /label result/,
  ],
  [
    'a query that does not parse',
    'histogram_quantile(0.5, ',
    'histogram_quantile(0.5 ',
    /does not parse/,
  ],
  [
    'a query that Prometheus cannot compute',
    'sum by (outcome) (rate(',
    'sum by (outcome) (abs(',
    /expected type|ranges only/,
  ],
  [
    'a data source of one Grafana',
    '"uid": "${datasource}"',
    '"uid": "P1809F7CD0C75ACF3"',
    /bound to one data source/,
  ],
  ['a panel over another', /"x": [1-9]\d*/, '"x": 0', /lies over/],
  ['a panel without a unit', '"unit": ', '"units": ', /has no unit/],
  ['a variable that is not defined', '$namespace', '$cluster', /no variable cluster/],
].map(([title, before, after, expect]) => ({
  title,
  file: OVERVIEW,
  replace: [before, after],
  expect,
}));
