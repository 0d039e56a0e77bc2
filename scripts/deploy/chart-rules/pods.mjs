import assert from 'node:assert/strict';
import { environmentOf, matches, ofKind, podsOf, title } from '../manifest-queries.mjs';

const INTERNAL_PORTS = { 'ocpi-api': 3001, 'csms-consumer': 3002 };

/** What a pod is and may do. */
export const podRules = {
  'every pod meets the restricted Pod Security Standard, and more': ({ objects }) => {
    for (const { owner, spec } of podsOf(objects)) {
      const where = title(owner);
      assert.equal(spec.securityContext.runAsNonRoot, true, `${where}: runAsNonRoot`);
      assert.notEqual(spec.securityContext.runAsUser, 0, `${where}: runs as root`);
      assert.equal(
        spec.securityContext.seccompProfile?.type,
        'RuntimeDefault',
        `${where}: seccomp`,
      );
      for (const field of ['hostNetwork', 'hostPID', 'hostIPC'])
        assert.equal(spec[field], undefined, `${where}: ${field}`);
      for (const volume of spec.volumes ?? [])
        assert.equal(volume.hostPath, undefined, `${where}: hostPath`);
      for (const container of spec.containers) {
        const context = container.securityContext;
        assert.equal(context.readOnlyRootFilesystem, true, `${where}: read-only root`);
        assert.equal(context.allowPrivilegeEscalation, false, `${where}: privilege escalation`);
        assert.deepEqual(context.capabilities, { drop: ['ALL'] }, `${where}: capabilities`);
        assert.notEqual(context.privileged, true, `${where}: privileged`);
      }
    }
  },

  'no pod gets a token of the API server, or variables of services': ({ objects }) => {
    for (const { owner, spec } of podsOf(objects)) {
      assert.equal(spec.automountServiceAccountToken, false, `${title(owner)}: token`);
      assert.equal(spec.enableServiceLinks, false, `${title(owner)}: service links`);
    }
    for (const account of ofKind(objects, 'ServiceAccount'))
      assert.equal(account.automountServiceAccountToken, false, `${title(account)}: token`);
  },

  'every container asks for resources, has a memory limit and a fixed image': ({ objects }) => {
    const images = new Set();
    for (const { owner, spec } of podsOf(objects)) {
      for (const { image, resources } of spec.containers) {
        assert.ok(resources?.requests?.cpu, `${title(owner)}: cpu request`);
        assert.ok(resources.requests.memory, `${title(owner)}: memory request`);
        assert.ok(resources.limits?.memory, `${title(owner)}: memory limit`);
        assert.match(image, /(@sha256:[0-9a-f]{64}|:[^:/]+)$/, `${title(owner)}: image`);
        assert.doesNotMatch(image, /:latest$/, `${title(owner)}: image`);
        images.add(image);
      }
    }
    assert.equal(images.size, 1, 'one release is one image');
  },

  'both applications are probed on their internal port': ({ objects }) => {
    const deployments = ofKind(objects, 'Deployment');
    assert.equal(deployments.length, 2, 'two Deployments');
    for (const deployment of deployments) {
      const [container] = deployment.spec.template.spec.containers;
      const where = title(deployment);
      assert.deepEqual(container.args, [container.name], `${where}: args`);
      const port = container.ports.find(({ name }) => name === 'internal')?.containerPort;
      assert.equal(port, INTERNAL_PORTS[container.name], `${where}: internal port`);
      for (const [probe, path] of [
        ['startupProbe', '/health/startup'],
        ['readinessProbe', '/health/ready'],
        ['livenessProbe', '/health/live'],
      ]) {
        assert.deepEqual(
          container[probe]?.httpGet,
          { path, port: 'internal' },
          `${where}: ${probe}`,
        );
        // A check of readiness takes up to three seconds to give up.
        assert.ok(container[probe].timeoutSeconds >= 4, `${where}: ${probe} has no patience`);
      }
      const { startupProbe, livenessProbe } = container;
      assert.ok(
        startupProbe.periodSeconds * startupProbe.failureThreshold >= 120,
        `${where}: a slow start is killed`,
      );
      assert.ok(
        livenessProbe.periodSeconds * livenessProbe.failureThreshold >= 30,
        `${where}: a pause is killed`,
      );
    }
  },

  'a pod is killed only after its delay and drain': ({ objects }) => {
    for (const { metadata, spec } of ofKind(objects, 'Deployment')) {
      const pod = spec.template.spec;
      const env = environmentOf(pod.containers[0]);
      const needed = Number(env.OCPI_SHUTDOWN_DELAY_SECONDS) + Number(env.OCPI_DRAIN_SECONDS);
      assert.ok(
        pod.terminationGracePeriodSeconds >= needed + 10,
        `${metadata.name}: ${pod.terminationGracePeriodSeconds} s`,
      );
    }
  },

  'each application has a disruption budget that lets nodes be drained': ({ objects }) => {
    const budgets = ofKind(objects, 'PodDisruptionBudget');
    for (const deployment of ofKind(objects, 'Deployment')) {
      const labels = deployment.spec.template.metadata.labels;
      const own = budgets.filter(({ spec }) => matches(spec.selector.matchLabels, labels));
      assert.equal(own.length, 1, `${title(deployment)}: budgets`);
      assert.equal(own[0].spec.minAvailable, undefined, `${title(deployment)}: minAvailable`);
      assert.ok(parseInt(own[0].spec.maxUnavailable, 10) >= 1, `${title(deployment)}: no drain`);
      assert.equal(own[0].spec.unhealthyPodEvictionPolicy, 'AlwaysAllow');
    }
  },

  'an application is scaled by the autoscaler or by its replicas, never by both': ({ objects }) => {
    const scaled = ofKind(objects, 'HorizontalPodAutoscaler').map(({ spec }) => spec);
    const names = ofKind(objects, 'Deployment').map(({ metadata }) => metadata.name);
    for (const { scaleTargetRef, minReplicas, maxReplicas } of scaled) {
      assert.ok(names.includes(scaleTargetRef.name), `scales ${scaleTargetRef.name}`);
      assert.ok(minReplicas >= 2 && maxReplicas > minReplicas, `${scaleTargetRef.name}: bounds`);
    }
    for (const { metadata, spec } of ofKind(objects, 'Deployment')) {
      const byAutoscaler = scaled.some(
        ({ scaleTargetRef }) => scaleTargetRef.name === metadata.name,
      );
      assert.equal(spec.replicas === undefined, byAutoscaler, `${metadata.name}: replicas`);
    }
  },

  'pods of one application keep apart, and none goes before another has come': ({ objects }) => {
    for (const { metadata, spec } of ofKind(objects, 'Deployment')) {
      const { labels } = spec.template.metadata;
      const constraints = spec.template.spec.topologySpreadConstraints ?? [];
      assert.ok(constraints.length > 0, `${metadata.name}: not spread`);
      for (const { labelSelector } of constraints)
        assert.ok(matches(labelSelector.matchLabels, labels), `${metadata.name}: spreads others`);
      assert.equal(spec.strategy.rollingUpdate.maxUnavailable, 0, `${metadata.name}: strategy`);
    }
  },
};
