import fs from 'node:fs';
import path from 'node:path';
import { runProgram } from '../run-program.mjs';
import { goModule, goPrograms } from './go-programs.mjs';

const KUBERNETES_VERSION = 'v1.36.3';
const [major, minor] = KUBERNETES_VERSION.slice(1).split('.');
const STAMP = 'k8s.io/component-base/version';

const KUBERNETES = {
  module: 'k8s.io/kubernetes',
  version: KUBERNETES_VERSION,
  programs: {
    'kube-apiserver': 'k8s.io/kubernetes/cmd/kube-apiserver',
    'kube-controller-manager': 'k8s.io/kubernetes/cmd/kube-controller-manager',
    'kube-scheduler': 'k8s.io/kubernetes/cmd/kube-scheduler',
  },
  localReplaces: KUBERNETES_VERSION.replace('v1.', 'v0.'),
  // Without these the server calls itself v0.0.0, and no chart's kubeVersion would take it.
  ldflags: [
    `-X ${STAMP}.gitVersion=${KUBERNETES_VERSION}`,
    `-X ${STAMP}.gitMajor=${major}`,
    `-X ${STAMP}.gitMinor=${minor}`,
  ],
};

const ETCD = {
  module: 'go.etcd.io/etcd/server/v3',
  version: 'v3.6.16',
  programs: { etcd: 'go.etcd.io/etcd/server/v3' },
};

const KWOK = {
  module: 'sigs.k8s.io/kwok',
  version: 'v0.8.0',
  programs: { kwok: 'sigs.k8s.io/kwok/cmd/kwok' },
};

const PROMETHEUS_OPERATOR =
  'github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring';
const GATEWAY_API = 'sigs.k8s.io/gateway-api';

/** The types of other people's kinds that the chart can make, and the program that makes definitions of them. */
const DEFINITIONS = {
  module: 'sigs.k8s.io/controller-tools',
  version: 'v0.21.0',
  programs: { 'controller-gen': 'sigs.k8s.io/controller-tools/cmd/controller-gen' },
  requires: { [PROMETHEUS_OPERATOR]: 'v0.92.1', [GATEWAY_API]: 'v1.5.1' },
  code: `package tools

import (
	_ "${PROMETHEUS_OPERATOR}/v1"
	_ "${GATEWAY_API}/apis/v1"
)
`,
};

/**
 * The servers of a Kubernetes without machines: etcd, API server, controller manager, scheduler, and kwok, which plays the nodes.
 * They are in no package registry, so they are built: a quarter of an hour on two cores, once.
 */
export async function clusterPrograms(say) {
  const built = {};
  for (const source of [ETCD, KUBERNETES, KWOK]) {
    Object.assign(built, await goPrograms(source, say));
  }
  return built;
}

/** A folder with CustomResourceDefinitions of the Prometheus operator and the Gateway API, made of their Go types. */
export async function customResourceDefinitions(say) {
  const { 'controller-gen': controllerGen } = await goPrograms(DEFINITIONS, say);
  const module = await goModule(DEFINITIONS);
  const folder = path.join(module, 'definitions');
  if (fs.existsSync(folder)) return folder;
  const unfinished = `${folder}.${process.pid}`;
  const packages = [`${PROMETHEUS_OPERATOR}/v1`, `${GATEWAY_API}/apis/v1`];
  await runProgram(
    controllerGen,
    [
      'crd:crdVersions=v1',
      ...packages.map((each) => `paths=${each}`),
      `output:crd:dir=${unfinished}`,
    ],
    { cwd: module, env: { CGO_ENABLED: '0' } },
  );
  fs.readdirSync(unfinished).forEach((name) => approve(path.join(unfinished, name)));
  fs.renameSync(unfinished, folder);
  return folder;
}

/** Kubernetes takes definitions of its own groups only with a word about their approval. */
function approve(file) {
  const text = fs.readFileSync(file, 'utf8');
  const word = 'api-approved.kubernetes.io: unapproved, made for a check';
  fs.writeFileSync(
    file,
    text.replace(/^ {2}annotations:\n/m, (line) => `${line}    ${word}\n`),
  );
}
