import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { projectNode, projectRoot, varDir } from '../../project-root.mjs';
import { render, valueSets } from '../chart.mjs';
import { title } from '../manifest-queries.mjs';

/**
 * Every rendered object and every dashboard fits its schema, and has no field that the schema does not know. The schemas are the
 * `kubernetes-models` packages, made of the OpenAPI of Kubernetes and of the CRDs: their validators check values,
 * and as TypeScript types they refuse unknown fields, which an API server would drop or refuse.
 */
export const name = 'schemas of Kubernetes and Grafana';
export const tools = ['helm'];

const MODULES = {
  v1: 'kubernetes-models/v1',
  'apps/v1': 'kubernetes-models/apps/v1',
  'batch/v1': 'kubernetes-models/batch/v1',
  'policy/v1': 'kubernetes-models/policy/v1',
  'autoscaling/v2': 'kubernetes-models/autoscaling/v2',
  'networking.k8s.io/v1': 'kubernetes-models/networking.k8s.io/v1',
  'monitoring.coreos.com/v1': '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1',
  'gateway.networking.k8s.io/v1': '@kubernetes-models/gateway-api/gateway.networking.k8s.io/v1',
};

/** `only`: the objects of this value set. */
export async function check(root, only) {
  const problems = [];
  const sources = {};
  for (const [set, file] of Object.entries(valueSets(root))) {
    if (set !== (only ?? set)) continue;
    const { refused, objects = [] } = await render(root, file);
    if (refused) problems.push(`${set}: ${refused}`);
    for (const object of objects) {
      const where = `${set}: ${title(object)}`;
      const module = MODULES[object.apiVersion];
      if (!module) {
        problems.push(`${where}: no schema of ${object.apiVersion}`);
        continue;
      }
      problems.push(...(await wrongValues(module, object)).map((said) => `${where}: ${said}`));
      sources[where] = literal(module, `I${object.kind}`, object);
    }
  }
  const folder = path.join(root, 'helm', 'ocpi-gateway', 'dashboards');
  for (const file of fs.readdirSync(folder)) {
    const dashboard = JSON.parse(fs.readFileSync(path.join(folder, file), 'utf8'));
    sources[`dashboard ${file}`] = literal('@grafana/schema', 'Dashboard', known(dashboard));
  }
  return [...problems, ...wrongFields(sources)];
}

async function wrongValues(module, object) {
  const Model = (await import(module))[object.kind];
  if (!Model) return [`no schema of ${object.kind}`];
  try {
    new Model(object).validate();
    return [];
  } catch (error) {
    return [error.message];
  }
}

/** Without what Grafana writes into variables and its schema does not know: the query once more, and no choice made yet. */
function known(dashboard) {
  const list = dashboard.templating.list.map((variable) => {
    const rest = { ...variable };
    delete rest.definition;
    if (rest.current?.text === undefined) delete rest.current;
    return rest;
  });
  return { ...dashboard, templating: { list } };
}

/** A program that is well typed when `value` fits. To TypeScript a text is no value of an enum; to JSON it is. */
const literal = (module, type, value) => `
import type { ${type} } from '${module}';
type Json<T> = T extends string ? \`\${T}\` : T extends object ? { [K in keyof T]: Json<T[K]> } : T;
export const value: Json<${type}> = ${JSON.stringify(value, null, 1)};
`;

/** Compiles the objects as literals of their types. `sources`: title → program. */
function wrongFields(sources) {
  // Inside the project, so that its packages are found.
  const folder = fs.mkdtempSync(path.join(varDir, 'manifests-'));
  try {
    const titles = Object.keys(sources);
    const files = titles.map((_, index) => path.join(folder, `o${index}.ts`));
    titles.forEach((one, index) => fs.writeFileSync(files[index], sources[one]));
    const { status, error, stdout } = spawnSync(
      projectNode,
      [
        path.join(projectRoot, 'node_modules', 'typescript', 'bin', 'tsc'),
        ...['--ignoreConfig', '--noEmit', '--strict', '--skipLibCheck', '--pretty', 'false'],
        ...['--target', 'es2023', '--module', 'nodenext', ...files],
      ],
      { cwd: folder, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024, timeout: 120_000 },
    );
    if (error) throw error;
    const errors = stdout.split('\n').filter((line) => / error TS\d+: /.test(line));
    if (status !== 0 && errors.length === 0) return [`tsc: ${stdout}`];
    return errors.map((line) => {
      const [, file] = /^(?:.*\/)?o(\d+)\.ts\(/.exec(line) ?? [];
      return `${titles[file] ?? 'types'}: ${line.replace(/^.* error TS\d+: /, '')}`;
    });
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

export const mistakes = [
  {
    title:
      'unknown fields of a Deployment, a ServiceMonitor, a PrometheusRule, an HTTPRoute and a dashboard; wrong values',
    only: 'everything',
    edits: [
      [
        'helm/ocpi-gateway/templates/_deployment.tpl',
        'revisionHistoryLimit:',
        'revisionHistoryLimitz:',
      ],
      [
        'helm/ocpi-gateway/templates/_scaling.tpl',
        'unhealthyPodEvictionPolicy: AlwaysAllow',
        'unhealthyPodEvictionPolicy: Sometimes',
      ],
      ['helm/ocpi-gateway/templates/monitoring/service-monitor.yaml', 'jobLabel:', 'jobLabell:'],
      [
        'helm/ocpi-gateway/templates/monitoring/service-monitor.yaml',
        'interval: {{ .Values.serviceMonitor.interval }}',
        'interval: soon',
      ],
      ['helm/ocpi-gateway/alerts/ocpi-gateway.rules.yaml', 'for: 5m', 'forr: 5m'],
      ['helm/ocpi-gateway/templates/network/http-route.yaml', 'hostnames:', 'hosts:'],
      ['helm/ocpi-gateway/dashboards/overview.json', '"graphTooltip"', '"graphTooltips"'],
    ],
    expect: [
      /Deployment .*revisionHistoryLimitz/,
      /PodDisruptionBudget .*(Sometimes|allowed values)/,
      /ServiceMonitor .*jobLabell/,
      /ServiceMonitor .*interval/,
      /PrometheusRule .*forr/,
      /HTTPRoute .*hosts/,
      /dashboard overview.json: .*graphTooltips/,
    ],
  },
];
