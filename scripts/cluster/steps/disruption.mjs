import { expect } from '../../check-steps.mjs';
import { readyPods, untilSettled } from './release.mjs';

const DRAIN = ['--ignore-daemonsets', '--delete-emptydir-data', '--force'];

/** Where evicted pods find no other node, the disruption budgets end the drain after one pod of each app. */
export async function budgetsStopADrain({ kubectl }) {
  const nodes = (await kubectl.list('nodes')).map(({ metadata }) => metadata.name);
  const before = await readyPods(kubectl);
  const budgets = await kubectl.list('poddisruptionbudgets');
  const { done, said } = await kubectl.attempt(['drain', ...nodes, ...DRAIN, '--timeout=8s']);
  const after = await readyPods(kubectl);
  await kubectl.say('uncordon', ...nodes);
  expect(!done, 'all nodes could be drained at once');
  expect(/violate the pod's disruption budget/.test(said), `no budget is named:\n${said}`);
  expect(
    before.length - after.length === budgets.length,
    `${before.length} pods became ${after.length} under ${budgets.length} budgets`,
  );
  await untilSettled(kubectl);
  return `${before.length} pods, ${after.length} left when it gave up`;
}

/** A single node can be emptied, for its pods find room elsewhere. */
export async function drainsOneNode({ kubectl }) {
  const node = 'node-a';
  await kubectl.say('drain', node, ...DRAIN, '--timeout=60s');
  const left = (await readyPods(kubectl)).filter(({ spec }) => spec.nodeName === node);
  await kubectl.say('uncordon', node);
  expect(left.length === 0, `${left.length} pods are still on ${node}`);
  await untilSettled(kubectl);
  return `${node} is empty, and every pod has its place`;
}
