import assert from 'node:assert/strict';
import { matches, ofKind, podsOf, title } from '../manifest-queries.mjs';

/** What leads in, and to where. */
export const networkRules = {
  'only /ocpi is routed from outside, to the public port': ({ objects }) => {
    const publicService = (name) => {
      const service = ofKind(objects, 'Service').find(({ metadata }) => metadata.name === name);
      assert.deepEqual(
        service?.spec.ports.map(({ targetPort }) => targetPort),
        ['public'],
        name,
      );
    };
    for (const { spec } of ofKind(objects, 'Ingress')) {
      assert.equal(spec.defaultBackend, undefined, 'a default backend');
      for (const { host, http } of spec.rules) {
        assert.ok(host, 'a rule for any host');
        assert.deepEqual(
          http.paths.map(({ path, pathType }) => [path, pathType]),
          [['/ocpi', 'Prefix']],
        );
        assert.equal(http.paths[0].backend.service.port.name, 'public');
        publicService(http.paths[0].backend.service.name);
      }
    }
    for (const { spec } of ofKind(objects, 'HTTPRoute')) {
      assert.ok(spec.hostnames?.length > 0, 'a route for any host');
      assert.deepEqual(
        spec.rules.map(({ matches: conditions }) => conditions),
        [[{ path: { type: 'PathPrefix', value: '/ocpi' } }]],
      );
      for (const { name } of spec.rules[0].backendRefs) publicService(name);
    }
  },

  'only the public Service may be reachable from outside the cluster': ({ objects }) => {
    for (const { metadata, spec } of ofKind(objects, 'Service')) {
      const ports = spec.ports.map(({ targetPort }) => targetPort);
      if (ports.includes('internal')) {
        assert.equal(spec.type, 'ClusterIP', metadata.name);
        assert.deepEqual(ports, ['internal'], `${metadata.name}: shares a Service`);
      }
    }
  },

  'each Service leads to the pods of one application, and to a port of theirs': ({ objects }) => {
    const pods = podsOf(objects);
    const services = ofKind(objects, 'Service');
    assert.equal(services.length, 3);
    for (const service of services) {
      const chosen = pods.filter(({ metadata }) => matches(service.spec.selector, metadata.labels));
      assert.deepEqual(
        chosen.map(({ owner }) => owner.kind),
        ['Deployment'],
        title(service),
      );
      const names = chosen[0].spec.containers[0].ports.map(({ name }) => name);
      for (const { targetPort } of service.spec.ports)
        assert.ok(names.includes(targetPort), `${title(service)}: ${targetPort}`);
    }
  },

  'network policies close the internal ports, and reach every pod': ({ objects }) => {
    const policies = ofKind(objects, 'NetworkPolicy');
    if (policies.length === 0) return;
    for (const policy of policies)
      for (const { ports, from } of policy.spec.ingress ?? []) {
        const open = from === undefined || from.length === 0;
        for (const { port } of ports)
          assert.ok(port === 'public' || !open, `${title(policy)}: ${port} is open to everybody`);
      }
    for (const { owner, metadata } of podsOf(objects)) {
      const kinds = policies
        .filter(({ spec }) => matches(spec.podSelector.matchLabels, metadata.labels))
        .flatMap(({ spec }) => spec.policyTypes);
      assert.ok(kinds.includes('Egress'), `${title(owner)}: may reach anything`);
      if (owner.kind === 'Deployment')
        assert.ok(kinds.includes('Ingress'), `${title(owner)}: may be reached by anything`);
    }
  },

  'partners are looked for on the internet alone': ({ objects }) => {
    for (const { spec } of ofKind(objects, 'NetworkPolicy'))
      for (const { to = [] } of spec.egress ?? [])
        for (const { ipBlock } of to)
          if (ipBlock?.cidr === '0.0.0.0/0')
            assert.ok(ipBlock.except?.includes('10.0.0.0/8'), 'private networks are not left out');
  },
};
