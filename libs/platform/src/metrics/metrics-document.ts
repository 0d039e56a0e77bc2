import { Metrics } from './metrics.js';

/** What a metric tells of itself; prom-client keeps labels and kind, though its types do not say so. */
export interface DescribedMetric {
  name: string;
  help: string;
  type: 'counter' | 'gauge' | 'histogram' | 'summary';
  labelNames: readonly string[];
}

/** Every label with its meaning; each has as many values as there are things of the installation, or of a list in the code. */
export const LABELS: Record<string, string> = {
  allowed: "the verdict, as OCPI's AllowedType has it",
  answer: 'the CommandResponseType that the partner got at once',
  app: '`ocpi-api` or `csms-consumer`',
  caller: '`partner`, or `unknown` for who shows no known token',
  connection: "a connection's id; as many as there are connections",
  decided_by: '`LOCAL`, `PARTNER`, `OFFLINE`',
  key: 'the use of an encryption key: `current`, `previous` or `unknown`',
  kind: 'the command, charging profile or preference request',
  method: 'the HTTP method',
  module: 'the OCPI module; `none` for what is no endpoint of ours',
  outcome: 'how it ended; the values differ by metric',
  paused: '`true` while an operator paused it',
  route: 'the pattern of the path, never the path itself; `none` where there is none',
  state: 'the state a thing is in; the values differ by metric',
  status: 'the HTTP status',
  subscriber: 'the CSMS that takes messages: `kafka`, or its name',
  table: 'a table of the database',
  type: 'the type of the event; `unknown` for all that are not of the contract',
  version: 'an OCPI version, or empty',
  why: '`late`, `double` or `unknown`',
};

/** The gateway's own metrics, by name; those of Node and of the process are not ours to describe. */
export const describedMetrics = ({ registry }: Metrics): DescribedMetric[] =>
  (registry.getMetricsAsArray() as unknown as DescribedMetric[])
    .filter(({ name }) => name.startsWith('ocpi_'))
    .sort((a, b) => (a.name < b.name ? -1 : 1));

/** docs/metrics.md: one row per metric, one per label. */
export function renderMetricsDocument(): string {
  const metrics = describedMetrics(new Metrics());
  const rows = metrics.map(
    ({ name, type, labelNames, help }) =>
      `| \`${name}\` | ${type} | ${labelNames.map((label) => `\`${label}\``).join(', ')} | ${help} |`,
  );
  const labels = Object.entries(LABELS).map(([label, meaning]) => `| \`${label}\` | ${meaning} |`);
  return `# Metrics

<!-- Generated from libs/platform/src/metrics by \`node scripts/metrics-docs.mjs\`. -->

Both processes show them at \`/metrics\` on their internal port, beside those of Node (\`nodejs_\`) and of the process (\`process_\`). A counter or histogram is
per process: add them up. A gauge of a connection is shown by the replica that works its feed, \`ocpi_connection_info\` and gauges of the CSMS by every replica: take
the maximum. Seconds and bytes are the only units. Nothing that a partner or a CSMS writes becomes a label.

<!-- prettier-ignore -->
| Metric | Kind | Labels | What it says |
| --- | --- | --- | --- |
${rows.join('\n')}

<!-- prettier-ignore -->
| Label | Means |
| --- | --- |
${labels.join('\n')}
`;
}
