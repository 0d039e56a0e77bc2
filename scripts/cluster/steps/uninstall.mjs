import { expect } from '../../check-steps.mjs';
import { GIVEN } from './install.mjs';

const KINDS = [
  ...['deployments', 'replicasets', 'services', 'configmaps', 'secrets', 'serviceaccounts'],
  ...['ingresses', 'networkpolicies', 'poddisruptionbudgets', 'horizontalpodautoscalers'],
  ...['servicemonitors', 'prometheusrules', 'httproutes'],
];
const OF_EVERY_NAMESPACE = ['serviceaccount/default', 'configmap/kube-root-ca.crt'];

/** `helm uninstall` leaves what was there before it, and nothing of its own but the Jobs and the pod of its hooks, for their logs. */
export async function uninstalls({ helm, kubectl }) {
  const given = (await kubectl.say('get', `--filename=${GIVEN}`, '--output=name')).split('\n');
  await helm.uninstall();
  const { items } = await kubectl.get(KINDS.join(','));
  const left = items
    .filter(({ metadata }) => !metadata.deletionTimestamp)
    .map(({ kind, metadata }) => `${kind.toLowerCase()}/${metadata.name}`);
  const lost = given.filter((name) => !left.includes(name));
  expect(lost.length === 0, `it took away ${lost.join(', ')}`);
  const own = left.filter((name) => ![...given, ...OF_EVERY_NAMESPACE].includes(name));
  expect(own.length === 0, `it left ${own.join(', ')}`);
  return `${given.length} objects that were given are still there`;
}
