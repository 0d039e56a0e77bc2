import { CheckFailed, expect } from '../../check-steps.mjs';

/** Names that one object uses for another mean something: nothing else would say so before traffic fails. */
export async function wired({ kubectl }) {
  const [services, pods, deployments] = await Promise.all(
    ['services', 'pods', 'deployments'].map((kind) => kubectl.list(kind)),
  );
  await servicesHaveEndpoints(kubectl, services);
  await routesLeadToServices(kubectl, services);
  await policiesMeetPods(kubectl, pods);
  await budgetsAndScalersMeetPods(kubectl, deployments);
  await monitorsFindServices(kubectl, services);
  const references = await podsFindTheirReferences(kubectl, pods);
  return `${services.length} services with endpoints, ${references} secrets, keys and accounts found`;
}

async function servicesHaveEndpoints(kubectl, services) {
  const slices = await kubectl.list('endpointslices');
  for (const { metadata, spec } of services) {
    const its = slices.filter(
      ({ metadata: { labels } }) => labels['kubernetes.io/service-name'] === metadata.name,
    );
    const ready = its.flatMap(({ endpoints }) => endpoints ?? []).filter((e) => e.conditions.ready);
    // A targetPort that no container names has no port here.
    const ports = its.flatMap(({ ports }) => ports ?? []).filter(({ port }) => port > 0);
    expect(ready.length > 0, `Service ${metadata.name} has no endpoint that is ready`);
    expect(ports.length >= spec.ports.length, `Service ${metadata.name} has a port to nowhere`);
  }
}

/** The public side: only /ocpi, and to a port that exists. */
async function routesLeadToServices(kubectl, services) {
  const ways = [
    ...(await kubectl.list('ingresses')).flatMap(waysOfIngress),
    ...(await kubectl.list('httproutes')).flatMap(waysOfRoute),
  ];
  expect(ways.length > 0, 'there is no way in');
  for (const { path, service, port } of ways) {
    expect(path === '/ocpi', `the path ${path} is public`);
    const found = services.find(({ metadata }) => metadata.name === service);
    const there = found?.spec.ports.some((each) => each.port === port || each.name === port);
    expect(there, `${path} leads to ${service}:${port}, which is no Service's port`);
  }
}

const waysOfIngress = ({ spec }) =>
  spec.rules
    .flatMap(({ http }) => http.paths)
    .map(({ path, backend: { service } }) => ({
      path,
      service: service.name,
      port: service.port.name ?? service.port.number,
    }));

const waysOfRoute = ({ spec }) =>
  spec.rules.flatMap(({ matches, backendRefs }) =>
    matches.flatMap(({ path }) =>
      backendRefs.map(({ name, port }) => ({ path: path.value, service: name, port })),
    ),
  );

async function policiesMeetPods(kubectl, pods) {
  const portNames = new Set(
    pods.flatMap(({ spec }) =>
      spec.containers.flatMap(({ ports = [] }) => ports.map((p) => p.name)),
    ),
  );
  for (const { metadata, spec } of await kubectl.list('networkpolicies')) {
    const met = pods.filter((pod) => hasLabels(pod, spec.podSelector.matchLabels));
    expect(met.length > 0, `NetworkPolicy ${metadata.name} meets no pod`);
    const ports = (spec.ingress ?? []).flatMap(({ ports }) => ports ?? []).map(({ port }) => port);
    const unknown = ports.filter((port) => typeof port === 'string' && !portNames.has(port));
    expect(unknown.length === 0, `NetworkPolicy ${metadata.name} opens ${unknown.join(', ')}`);
  }
}

async function budgetsAndScalersMeetPods(kubectl, deployments) {
  for (const { metadata, status } of await kubectl.list('poddisruptionbudgets')) {
    expect(status.expectedPods > 0, `PodDisruptionBudget ${metadata.name} meets no pod`);
    expect(status.disruptionsAllowed > 0, `PodDisruptionBudget ${metadata.name} allows nothing`);
  }
  for (const { metadata, spec } of await kubectl.list('horizontalpodautoscalers')) {
    const { kind, name } = spec.scaleTargetRef;
    const target = deployments.find((each) => each.metadata.name === name);
    expect(kind === 'Deployment' && target, `autoscaler ${metadata.name} scales nothing`);
    expect(
      target.spec.replicas >= spec.minReplicas,
      `autoscaler ${metadata.name} left ${name} at ${target.spec.replicas}`,
    );
  }
}

async function monitorsFindServices(kubectl, services) {
  for (const { metadata, spec } of await kubectl.list('servicemonitors')) {
    const found = services.filter((service) => hasLabels(service, spec.selector.matchLabels));
    expect(found.length > 0, `ServiceMonitor ${metadata.name} finds no Service`);
    for (const { port } of spec.endpoints) {
      const without = found.filter(({ spec }) => !spec.ports.some(({ name }) => name === port));
      const names = without.map((service) => service.metadata.name).join(', ');
      expect(without.length === 0, `ServiceMonitor ${metadata.name}: ${names} has no port ${port}`);
    }
  }
}

/** Resolves with how many references there are; a kubelet would wait for each of them. */
async function podsFindTheirReferences(kubectl, pods) {
  const found = new Set();
  for (const kind of ['Secret', 'ConfigMap', 'ServiceAccount']) {
    for (const { metadata, data = {} } of await kubectl.list(kind.toLowerCase())) {
      found.add(`${kind} ${metadata.name}`);
      for (const key of Object.keys(data)) found.add(`${kind} ${metadata.name} key ${key}`);
    }
  }
  const wanted = new Set(pods.flatMap(({ spec }) => [...referencesOf(spec)]));
  const missing = [...wanted].filter((reference) => !found.has(reference));
  if (missing.length > 0)
    throw new CheckFailed(`pods refer to what is not there: ${missing.join(', ')}`);
  return wanted.size;
}

function* referencesOf(spec) {
  if (spec.serviceAccountName) yield `ServiceAccount ${spec.serviceAccountName}`;
  for (const volume of spec.volumes ?? []) {
    for (const source of volume.projected?.sources ?? [volume]) {
      yield* keysOf('Secret', source.secret);
      yield* keysOf('ConfigMap', source.configMap);
    }
  }
  for (const { env = [], envFrom = [] } of spec.containers) {
    for (const { valueFrom } of env) {
      yield* keysOf('Secret', valueFrom?.secretKeyRef);
      yield* keysOf('ConfigMap', valueFrom?.configMapKeyRef);
    }
    for (const { secretRef, configMapRef } of envFrom) {
      yield* keysOf('Secret', secretRef);
      yield* keysOf('ConfigMap', configMapRef);
    }
  }
}

function* keysOf(kind, reference) {
  if (!reference || reference.optional) return;
  const name = `${kind} ${reference.name ?? reference.secretName}`;
  yield name;
  for (const key of [reference.key, ...(reference.items ?? []).map((item) => item.key)]) {
    if (key) yield `${name} key ${key}`;
  }
}

const hasLabels = ({ metadata }, wanted = {}) =>
  Object.entries(wanted).every(([name, value]) => metadata.labels?.[name] === value);
