import { parser } from '@prometheus-io/lezer-promql';
import { Metrics } from '../../libs/platform/src/metrics/metrics.js';
import { describedMetrics } from '../../libs/platform/src/metrics/metrics-document.js';

/** Labels that Prometheus and Kubernetes add to what a process shows. */
const ADDED = ['namespace', 'instance', 'job', 'pod', 'container', 'service'];

const metrics = new Metrics();
const series = new Map<string, readonly string[]>();
for (const { name } of metrics.registry.getMetricsAsArray()) series.set(name, []);
for (const { name, type, labelNames } of describedMetrics(metrics)) {
  series.set(name, labelNames);
  if (type !== 'histogram') continue;
  for (const part of ['bucket', 'sum', 'count']) {
    series.set(`${name}_${part}`, part === 'bucket' ? [...labelNames, 'le'] : labelNames);
  }
}

/** What is wrong with a query, Grafana's variables filled in; empty when it is sound and asks for what we show. */
export function faultsOf(query: string): string[] {
  const text = query
    .replaceAll('$__rate_interval', '5m')
    .replaceAll('$__range', '1h')
    .replaceAll(/\$\w+/g, 'x');
  const faults: string[] = [];
  const names: string[] = [];
  const labels: string[] = [];
  parser.parse(text).iterate({
    enter: (node) => {
      const said = text.slice(node.from, node.to);
      if (node.type.isError) faults.push(`not PromQL at ${node.from}: ${text}`);
      if (node.name === 'Identifier' && node.node.parent?.name === 'VectorSelector') {
        names.push(said);
      }
      if (node.name === 'LabelName') labels.push(said);
    },
  });
  if (names.length === 0 && faults.length === 0) faults.push(`asks for no metric: ${text}`);
  const known = new Set(ADDED);
  for (const name of names) {
    const own = series.get(name);
    if (!own) faults.push(`no metric is called ${name}`);
    for (const label of own ?? []) known.add(label);
  }
  for (const label of labels) {
    if (!known.has(label)) faults.push(`no metric in ${text} has the label ${label}`);
  }
  return faults;
}
