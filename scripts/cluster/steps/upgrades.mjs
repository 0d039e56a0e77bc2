import { expect } from '../../check-steps.mjs';
import { expectImage, migrationRun, untilSettled, whileAvailable } from './release.mjs';

const build = (values, tag) => ['--values', values, '--set', `image.tag=${tag}`];

/** A new build replaces the old one after a migration of its own, and enough pods serve all the time. */
export async function upgrades({ helm, kubectl, values }) {
  const before = await migrationRun(helm);
  const { seen } = await whileAvailable(kubectl, () => helm.upgrade(...build(values, 'second')));
  const after = await migrationRun(helm);
  expect(after.completedAt > before.completedAt, 'no migration ran');
  await untilSettled(kubectl);
  await expectImage(kubectl, 'second');
  return seen;
}

/** A build that never gets ready is taken back, and nobody noticed. */
export async function takesBackWhatNeverGetsReady({ helm, kubectl, values }) {
  const { result, seen } = await whileAvailable(kubectl, () =>
    helm.tryUpgrade(...build(values, 'never-ready'), '--rollback-on-failure', '--timeout=15s'),
  );
  await expectTakenBack({ helm, kubectl }, result);
  return `after 15 s; ${seen}`;
}

/** A migration that fails stops the upgrade before it touches a pod. */
export async function stopsAtAFailedMigration({ helm, kubectl, values }) {
  const podsBefore = await podNames(kubectl);
  const { result } = await whileAvailable(kubectl, () =>
    helm.tryUpgrade(...build(values, 'migration-fails'), '--rollback-on-failure', '--timeout=15s'),
  );
  await expectTakenBack({ helm, kubectl }, result);
  const podsAfter = await podNames(kubectl);
  expect(podsBefore === podsAfter, `pods were replaced: ${podsBefore} became ${podsAfter}`);
  return 'not one pod was replaced';
}

async function expectTakenBack({ helm, kubectl }, { done, said }) {
  expect(!done, `the upgrade went through:\n${said}`);
  const { info } = await helm.status();
  expect(info.status === 'deployed', `the release is ${info.status}:\n${said}`);
  await untilSettled(kubectl);
  await expectImage(kubectl, 'second');
}

async function podNames(kubectl) {
  const pods = await kubectl.list('pods');
  const running = pods.filter(
    ({ metadata }) => metadata.ownerReferences?.[0]?.kind === 'ReplicaSet',
  );
  return running
    .map(({ metadata }) => metadata.name)
    .sort()
    .join(' ');
}

/** `helm rollback` brings the first build back on the newer schema. */
export async function rollsBack({ helm, kubectl }) {
  const { seen } = await whileAvailable(kubectl, () => helm.rollback(1));
  await untilSettled(kubectl);
  await expectImage(kubectl, 'first');
  return seen;
}
