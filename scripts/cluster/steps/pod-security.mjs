import { expect } from '../../check-steps.mjs';
import { readyPods } from './release.mjs';

/** What Pod Security must refuse in one of our pods, so that taking all of them means something. */
const LAXER = [
  ['privileged', (spec) => (spec.containers[0].securityContext = { privileged: true })],
  ['with root', (spec) => (spec.securityContext = { ...spec.securityContext, runAsUser: 0 })],
  ['with capabilities', (spec) => delete spec.containers[0].securityContext.capabilities],
  ['in the network of its node', (spec) => (spec.hostNetwork = true)],
];

/** The namespace enforces "restricted": our pods run there, the same made laxer are refused. */
export async function enforcesRestricted({ kubectl }) {
  const [pod] = await readyPods(kubectl);
  for (const [how, make] of LAXER) {
    const lax = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'lax' },
      spec: structuredClone(pod.spec),
    };
    make(lax.spec);
    const { done, said } = await kubectl.attempt(['create', '--dry-run=server', '-f', '-'], [lax]);
    expect(!done && /violates PodSecurity/.test(said), `a pod ${how} is not refused:\n${said}`);
  }
  return `ours run; refused: ${LAXER.map(([how]) => how).join(', ')}`;
}
