import path from 'node:path';
import { parser } from '@prometheus-io/lezer-promql';
import { projectRoot } from '../project-root.mjs';

const { Metrics } = await import(
  path.join(projectRoot, 'dist', 'libs', 'platform', 'src', 'metrics', 'metrics.js')
);

/** Labels that Prometheus adds. */
const TARGET_LABELS = ['job', 'instance', 'namespace', 'pod', 'service', 'container', 'endpoint'];

/** Series that Prometheus itself makes. */
const PROMETHEUS_SERIES = ['up', 'ALERTS', 'ALERTS_FOR_STATE'];

/** Series → labels, from the product's own registry. Needs a build. */
const SERIES = new Map(
  new Metrics().registry.getMetricsAsArray().flatMap(({ name, type, labelNames = [] }) => {
    const labels = [...labelNames, ...TARGET_LABELS];
    return type === 'histogram'
      ? [
          [`${name}_bucket`, [...labels, 'le']],
          [`${name}_sum`, labels],
          [`${name}_count`, labels],
        ]
      : [[name, labels]];
  }),
);
for (const name of PROMETHEUS_SERIES) SERIES.set(name, TARGET_LABELS);

/** A PromQL expression in which Grafana's variables are filled in. */
export const withoutVariables = (expression) =>
  expression
    .replace(/\$\{?__(rate_)?interval(_ms)?\}?/g, '5m')
    .replace(/\$\{?__range(_s|_ms)?\}?/g, '1h')
    .replace(/\$\{[\w:]+\}|\$\w+/g, 'any');

/**
 * What is wrong with a PromQL expression: it does not parse, or asks for metrics or labels that the product does not have.
 *
 * @param {string} expression may have Grafana's variables
 * @returns {string[]}
 */
export function queryProblems(expression) {
  const text = withoutVariables(expression);
  const problems = new Set();
  const selected = new Set();
  const grouped = new Set();
  parser.parse(text).iterate({
    enter({ type, name, from, node }) {
      if (type.isError) problems.add(`does not parse at "${text.slice(from, from + 20)}"`);
      else if (name === 'VectorSelector') selected.add(node);
      else if (name === 'GroupingLabels')
        for (const label of textsOf(node, 'LabelName', text)) grouped.add(label);
    },
  });
  const known = new Set(TARGET_LABELS);
  for (const node of selected) {
    const metric = textsOf(node, 'Identifier', text)[0] ?? '';
    const labels = SERIES.get(metric);
    if (!labels) {
      problems.add(`no metric ${metric}`);
      continue;
    }
    for (const label of labels) known.add(label);
    for (const label of textsOf(node, 'LabelName', text))
      if (!labels.includes(label)) problems.add(`${metric} has no label ${label}`);
  }
  // Which side of an operator a grouping belongs to is not looked at: one of the metrics must have the label.
  for (const label of grouped)
    if (!known.has(label)) problems.add(`no metric here has a label ${label}`);
  return [...problems];
}

/** The texts of all nodes of a kind under a node, in order. */
function textsOf(node, name, text) {
  const found = [];
  node.cursor().iterate((one) => {
    if (one.name === name) found.push(text.slice(one.from, one.to));
  });
  return found;
}
