import { setTimeout as sleep } from 'node:timers/promises';
import { CheckFailed, expect } from '../../check-steps.mjs';

const SETTLE_TIMEOUT_MS = 60_000;

/** The last run of the migration hook: when it ended, and how long it took. Fails unless it succeeded. */
export async function migrationRun(helm) {
  const { hooks } = await helm.status();
  const hook = hooks.find(({ kind, name }) => kind === 'Job' && /migrat/.test(name));
  expect(hook, 'the chart has no migration hook');
  const { phase, started_at: startedAt, completed_at: completedAt } = hook.last_run;
  expect(phase === 'Succeeded', `the migration hook is ${phase}`);
  const seconds = ((Date.parse(completedAt) - Date.parse(startedAt)) / 1000).toFixed(1);
  return { completedAt: Date.parse(completedAt), seconds };
}

/** Pods of Deployments that are ready and not on their way out. */
export async function readyPods(kubectl) {
  const pods = await kubectl.list('pods');
  return pods.filter(
    ({ metadata, status }) =>
      !metadata.deletionTimestamp &&
      metadata.ownerReferences?.[0]?.kind === 'ReplicaSet' &&
      status.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True'),
  );
}

/** Waits until every Deployment and autoscaler has the pods it wants, and no others. */
export async function untilSettled(kubectl) {
  for (const deadline = Date.now() + SETTLE_TIMEOUT_MS; ; await sleep(200)) {
    const unsettled = await whatIsUnsettled(kubectl);
    if (unsettled.length === 0) return;
    if (Date.now() > deadline) throw new CheckFailed(`not settled: ${unsettled.join('; ')}`);
  }
}

async function whatIsUnsettled(kubectl) {
  const deployments = await kubectl.list('deployments');
  const scalers = await kubectl.list('horizontalpodautoscalers');
  return [
    ...deployments
      .filter(({ metadata, spec, status }) => {
        const { observedGeneration, replicas, updatedReplicas, availableReplicas } = status;
        const counts = [replicas, updatedReplicas, availableReplicas];
        return (
          observedGeneration !== metadata.generation ||
          counts.some((count) => count !== spec.replicas)
        );
      })
      .map(({ metadata, status }) => `${metadata.name} ${JSON.stringify(status)}`),
    ...scalers
      .filter(({ spec, status }) => (status.currentReplicas ?? 0) < spec.minReplicas)
      .map(({ metadata }) => `${metadata.name} has not scaled yet`),
  ];
}

/** Fails unless every pod that is ready runs this build. */
export async function expectImage(kubectl, tag) {
  const pods = await readyPods(kubectl);
  const images = new Set(pods.flatMap(({ spec }) => spec.containers.map(({ image }) => image)));
  const found = [...images].join(', ');
  expect(images.size === 1 && found.endsWith(`:${tag}`), `the pods run ${found} instead of ${tag}`);
}

/**
 * Does something while it looks at the Deployments again and again; fails when one has fewer pods available than it should have.
 * Resolves with what the work gave, and how often was looked.
 */
export async function whileAvailable(kubectl, work) {
  let looks = 0;
  let over = false;
  const working = work().finally(() => (over = true));
  working.catch(() => {}); // told where it is awaited
  while (!over) {
    for (const { metadata, spec, status } of await kubectl.list('deployments')) {
      const available = status.availableReplicas ?? 0;
      const few = `${metadata.name} had ${available} of ${spec.replicas} pods`;
      expect(available >= spec.replicas, few);
    }
    looks += 1;
    await sleep(200);
  }
  return { result: await working, seen: `no pod missing at ${looks} looks` };
}
