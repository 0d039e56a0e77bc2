import assert from 'node:assert/strict';
import { isHook, matches, ofKind, podsOf, title } from '../manifest-queries.mjs';

/** What install, upgrade and rollback build on. */
export const releaseRules = {
  'migrations run before install and upgrade, on nothing that the chart makes': ({ objects }) => {
    const jobs = ofKind(objects, 'Job');
    assert.ok(
      jobs.some(({ metadata }) => metadata.name.endsWith('-migrate')),
      'no migration',
    );
    const made = objects.filter((object) => !isHook(object));
    for (const job of jobs) {
      const { annotations } = job.metadata;
      assert.equal(annotations['helm.sh/hook'], 'pre-install,pre-upgrade', title(job));
      assert.equal(annotations['helm.sh/hook-delete-policy'], 'before-hook-creation', title(job));
      const { spec } = job.spec.template;
      assert.equal(spec.restartPolicy, 'Never', title(job));
      assert.ok(job.spec.activeDeadlineSeconds > 0, `${title(job)}: may hang for ever`);
      for (const { kind, metadata } of made)
        if (kind === 'ServiceAccount')
          assert.notEqual(
            spec.serviceAccountName,
            metadata.name,
            `${title(job)}: no such account yet`,
          );
        else if (kind === 'ConfigMap')
          assert.ok(
            !JSON.stringify(spec).includes(`"${metadata.name}"`),
            `${title(job)}: no such ConfigMap yet`,
          );
    }
    const weight = (name) =>
      Number(
        jobs.find(({ metadata }) => metadata.name.endsWith(name))?.metadata.annotations[
          'helm.sh/hook-weight'
        ],
      );
    if (jobs.length > 1) assert.ok(weight('-migrate') < weight('-topics'), 'order of the jobs');
  },

  'helm test asks all three Services, and is no part of the release': ({ objects }) => {
    const tests = ofKind(objects, 'Pod').filter(isHook);
    assert.equal(tests.length, 1);
    const [{ metadata, spec }] = tests;
    assert.equal(metadata.annotations['helm.sh/hook'], 'test');
    const services = ofKind(objects, 'Service');
    const asked = spec.containers[0].env
      .filter(({ name }) => name.endsWith('_URL'))
      .map(({ value }) => new URL(value));
    assert.deepEqual(
      asked.map(({ hostname, port }) => `${hostname}:${port || 80}`).sort(),
      services.map((service) => `${service.metadata.name}:${service.spec.ports[0].port}`).sort(),
    );
  },

  'selectors hold across upgrades, and choose their own pods alone': ({ objects }) => {
    const pods = podsOf(objects);
    for (const deployment of ofKind(objects, 'Deployment')) {
      const { matchLabels } = deployment.spec.selector;
      assert.deepEqual(
        Object.keys(matchLabels).sort(),
        ['component', 'instance', 'name'].map((label) => `app.kubernetes.io/${label}`),
        `${title(deployment)}: an immutable selector`,
      );
      const chosen = pods.filter(({ metadata }) => matches(matchLabels, metadata.labels));
      assert.deepEqual(
        chosen.map(({ owner }) => owner.metadata.name),
        [deployment.metadata.name],
      );
    }
  },

  'names are unique and short enough, and every object says whose it is': ({ objects }) => {
    const seen = new Set();
    for (const object of objects) {
      const one = title(object);
      assert.ok(!seen.has(one), `${one} twice`);
      seen.add(one);
      assert.ok(object.metadata.name.length <= 63, `${one} is too long`);
      const { labels } = object.metadata;
      assert.equal(labels?.['app.kubernetes.io/managed-by'], 'Helm', one);
      assert.ok(labels['app.kubernetes.io/instance'], one);
    }
  },
};
