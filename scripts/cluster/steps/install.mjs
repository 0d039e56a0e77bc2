import path from 'node:path';
import { expect } from '../../check-steps.mjs';
import { expectImage, migrationRun, readyPods, untilSettled } from './release.mjs';

export const GIVEN = path.join(import.meta.dirname, '..', 'given.yaml');

/** `helm install --wait` ends with every pod ready, and the schema was brought up to date before the first of them. */
export async function installs({ helm, kubectl, values }) {
  await kubectl.say('apply', `--filename=${GIVEN}`);
  await helm.install('--values', values);
  const migration = await migrationRun(helm);
  const deployments = await kubectl.list('deployments');
  const first = Math.min(...deployments.map((each) => Date.parse(each.metadata.creationTimestamp)));
  // Kubernetes tells whole seconds.
  expect(
    Math.floor(migration.completedAt / 1000) * 1000 <= first,
    'Deployments were made before the migration ended',
  );
  await untilSettled(kubectl);
  await expectImage(kubectl, 'first');
  const pods = await readyPods(kubectl);
  return `migration in ${migration.seconds} s, then ${pods.length} pods ready`;
}

/** Each Deployment's pods stand on machines of their own. */
export async function spreads({ kubectl }) {
  const pods = await readyPods(kubectl);
  const places = pods.map(
    ({ metadata, spec }) => `${metadata.ownerReferences[0].name} on ${spec.nodeName}`,
  );
  const twice = places.filter((place, index) => places.indexOf(place) !== index);
  expect(twice.length === 0, `more than one pod of ${twice.join(', ')}`);
  return 'one pod of each app per node';
}

/** The test's pod is let in and may end; what it asks is tried by check:image and by a cluster with machines. */
export async function runsTest({ helm }) {
  await helm.test();
  return 'its pod is admitted and ends';
}
