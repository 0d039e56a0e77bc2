import path from 'node:path';
import { expect } from '../../check-steps.mjs';

/** Kinds of others that a chart asks for before it uses them; `helm template` knows no cluster. */
const OTHERS_KINDS = ['monitoring.coreos.com/v1', 'gateway.networking.k8s.io/v1'].flatMap(
  (each) => ['--api-versions', each],
);

/** The API server takes what the chart renders from every set of values, in strict mode and without a warning. */
export async function takesEverySet({ helm, kubectl, valueSets }) {
  let objects = 0;
  for (const file of valueSets) {
    const manifest = await helm.template(...OTHERS_KINDS, '--skip-tests', '--values', file);
    const { done, said } = await dryRun(kubectl, manifest);
    expect(done && !/Warning/.test(said), `${path.basename(file)}:\n${said}`);
    objects += said.split('\n').filter((line) => line.includes('server dry run')).length;
  }
  return `${objects} objects of ${valueSets.length} sets of values`;
}

const ofKind = (objects, kind) => objects.find((each) => each.kind === kind);

/** What a mistake looks like, and what the server says to it. */
const MISTAKES = [
  [
    'an unknown field',
    (objects) => (ofKind(objects, 'Deployment').spec.replicaz = 3),
    /unknown field/,
  ],
  [
    'port 99999',
    (objects) => (containerOf(ofKind(objects, 'Deployment')).ports[0].containerPort = 99999),
    /must be between 1 and 65535/,
  ],
  [
    'a privileged container',
    (objects) =>
      (containerOf(ofKind(objects, 'Deployment')).securityContext = { privileged: true }),
    /would violate PodSecurity/,
  ],
  [
    'a ServiceMonitor with the interval "soon"',
    (objects) => (ofKind(objects, 'ServiceMonitor').spec.endpoints[0].interval = 'soon'),
    /spec\.endpoints\[0\]\.interval/,
  ],
  [
    'an alert with the field "forr"',
    (objects) => (ofKind(objects, 'PrometheusRule').spec.groups[0].rules[0].forr = '5m'),
    /unknown field/,
  ],
];

const containerOf = (deployment) => deployment.spec.template.spec.containers[0];

/** Each kind of check is seen to fail on a deliberate mistake. */
export async function refusesMistakes({ helm, kubectl, values }) {
  const { parseAllDocuments } = await import('yaml');
  const manifest = await helm.template(...OTHERS_KINDS, '--skip-tests', '--values', values);
  for (const [mistake, make, refusal] of MISTAKES) {
    const objects = parseAllDocuments(manifest)
      .map((document) => document.toJS())
      .filter(Boolean);
    make(objects);
    const { said } = await dryRun(kubectl, objects);
    expect(refusal.test(said), `${mistake} is not refused:\n${said}`);
  }
  return MISTAKES.map(([mistake]) => mistake).join(', ');
}

function dryRun(kubectl, manifest) {
  return kubectl.attempt(['apply', '--dry-run=server', '--validate=strict', '-f', '-'], manifest);
}
