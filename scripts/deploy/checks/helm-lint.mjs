import { lint, render, valueSets } from '../chart.mjs';

/** Every value set is taken by the chart: `helm lint --strict` and `helm template`. */
export const name = 'helm lint and template';
export const tools = ['helm'];

export async function check(root) {
  const problems = [];
  for (const [set, file] of Object.entries(valueSets(root))) {
    const linted = await lint(root, file);
    if (linted) problems.push(`${set}: ${linted}`);
    const { refused, objects } = await render(root, file);
    if (refused) problems.push(`${set}: ${refused}`);
    else if (objects.length === 0) problems.push(`${set}: nothing is rendered`);
  }
  return problems;
}

export const mistakes = [
  {
    title: 'a template that does not parse',
    file: 'helm/ocpi-gateway/templates/service-account.yaml',
    replace: ['{{- end }}', ''],
    expect: /unexpected EOF/,
  },
  {
    title: 'a value that no template knows',
    file: 'helm/ocpi-gateway/ci/minimal-http-values.yaml',
    replace: ['publicUrl:', 'replicaz: 3\npublicUrl:'],
    expect: /replicaz/,
  },
  {
    title: 'a chart without a version',
    file: 'helm/ocpi-gateway/Chart.yaml',
    replace: ['\nversion: 0.1.0', ''],
    expect: /version/,
  },
];
