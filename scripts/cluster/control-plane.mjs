import crypto from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { freePort } from '../free-port.mjs';
import { commandLineOf, signal, waitForExit } from '../process-state.mjs';
import { registerService } from '../running-services.mjs';
import { Kubectl } from './kubectl.mjs';
import { nodes } from './nodes.mjs';
import { startServer } from './server-process.mjs';

const STAGES = path.join(import.meta.dirname, 'stages.yaml');
const READY_TIMEOUT_MS = 120_000;

/**
 * Starts a Kubernetes on this machine's loopback whose nodes are played by kwok: objects, controllers, scheduling, admission
 * and disruption budgets are real; no container runs, so images, probes and network policies do nothing. It begins empty.
 *
 * @param {Record<string, string>} programs see `clusterPrograms`, and `kubectl`
 * @param {string} folder for its data and logs; emptied first
 * @returns {Promise<{kubeconfig: string, kubectl: Kubectl, stop(): Promise<void>}>}
 */
export async function startControlPlane(programs, folder) {
  await endLeftovers(folder);
  fs.rmSync(folder, { recursive: true, force: true });
  fs.mkdirSync(folder, { recursive: true });
  const [etcdPort, peerPort, apiPort] = [await freePort(), await freePort(), await freePort()];
  const access = writeAccess(folder, `https://127.0.0.1:${apiPort}`);
  const kubectl = new Kubectl(programs.kubectl, access.kubeconfig);

  const servers = [];
  const start = (name, args) => {
    const server = startServer(name, programs[name], args, path.join(folder, `${name}.log`));
    servers.push(server);
    fs.appendFileSync(path.join(folder, 'pids'), `${server.pid}\n`);
    return server;
  };
  // In the order of dependence: an API server that loses its etcd first hangs, and holds its port.
  const stopAll = async () => {
    for (const server of servers.toReversed()) await server.stop();
    unregister();
  };
  let stopping;
  const stop = () => (stopping ??= stopAll());
  const unregister = registerService({ stop, signalNow: () => servers.forEach((s) => s.kill()) });

  try {
    const etcd = start('etcd', etcdFlags(folder, etcdPort, peerPort));
    await etcd.untilReady(() => answers(`http://127.0.0.1:${etcdPort}/health`), READY_TIMEOUT_MS);
    const api = start('kube-apiserver', apiServerFlags(folder, access, etcdPort, apiPort));
    await api.untilReady(() => kubectl.succeeds('get', '--raw', '/readyz'), READY_TIMEOUT_MS);
    start('kube-controller-manager', controllerManagerFlags(access));
    start('kube-scheduler', schedulerFlags(access));
    await kubectl.apply(nodes);
    const kwok = start('kwok', kwokFlags(access));
    await kwok.untilReady(() => isUsable(kubectl), READY_TIMEOUT_MS);
  } catch (error) {
    await stop();
    throw error;
  }
  return { kubeconfig: access.kubeconfig, kubectl, stop };
}

/** A run that was killed leaves its servers behind. */
async function endLeftovers(folder) {
  const file = path.join(folder, 'pids');
  if (!fs.existsSync(file)) return;
  const pids = fs.readFileSync(file, 'utf8').trim().split('\n').map(Number);
  for (const pid of pids.reverse()) {
    if (!commandLineOf(pid).includes(folder)) continue;
    signal(pid, 'SIGKILL');
    await waitForExit(pid, 10_000);
  }
}

/** The keys of service accounts, and the token by which everybody here signs in. */
function writeAccess(folder, server) {
  const at = (name) => path.join(folder, name);
  const token = crypto.randomBytes(24).toString('hex');
  const options = { mode: 0o600 };
  fs.writeFileSync(at('tokens.csv'), `${token},admin,admin,system:masters\n`, options);
  const { privateKey, publicKey } = crypto.generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  fs.writeFileSync(at('service-accounts.key'), privateKey, options);
  fs.writeFileSync(at('service-accounts.pub'), publicKey);
  const name = 'check';
  fs.writeFileSync(
    at('kubeconfig'),
    JSON.stringify({
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [
        // The API server signs a certificate for itself at its first start.
        { name, cluster: { server, 'certificate-authority': at('certificates/apiserver.crt') } },
      ],
      users: [{ name, user: { token } }],
      contexts: [{ name, context: { cluster: name, user: name } }],
      'current-context': name,
    }),
    options,
  );
  return {
    kubeconfig: at('kubeconfig'),
    tokens: at('tokens.csv'),
    privateKey: at('service-accounts.key'),
    publicKey: at('service-accounts.pub'),
  };
}

const etcdFlags = (folder, port, peerPort) => [
  `--data-dir=${path.join(folder, 'etcd')}`,
  `--listen-client-urls=http://127.0.0.1:${port}`,
  `--advertise-client-urls=http://127.0.0.1:${port}`,
  `--listen-peer-urls=http://127.0.0.1:${peerPort}`,
  `--initial-advertise-peer-urls=http://127.0.0.1:${peerPort}`,
  `--initial-cluster=default=http://127.0.0.1:${peerPort}`,
  '--unsafe-no-fsync',
];

const apiServerFlags = (folder, access, etcdPort, port) => [
  `--etcd-servers=http://127.0.0.1:${etcdPort}`,
  '--bind-address=127.0.0.1',
  '--advertise-address=127.0.0.1',
  '--endpoint-reconciler-type=none',
  `--secure-port=${port}`,
  `--cert-dir=${path.join(folder, 'certificates')}`,
  `--token-auth-file=${access.tokens}`,
  '--authorization-mode=RBAC',
  '--service-cluster-ip-range=10.96.0.0/16',
  '--service-account-issuer=https://kubernetes.default.svc',
  `--service-account-key-file=${access.publicKey}`,
  `--service-account-signing-key-file=${access.privateKey}`,
  '--allow-privileged=true', // so that it is Pod Security that refuses a privileged pod
];

const controllerManagerFlags = (access) => [
  `--kubeconfig=${access.kubeconfig}`,
  `--service-account-private-key-file=${access.privateKey}`,
  '--horizontal-pod-autoscaler-sync-period=1s',
  '--leader-elect=false',
  '--secure-port=0',
];

const schedulerFlags = (access) => [
  `--kubeconfig=${access.kubeconfig}`,
  '--leader-elect=false',
  '--secure-port=0',
];

const kwokFlags = (access) => [
  `--kubeconfig=${access.kubeconfig}`,
  `--config=${STAGES}`,
  '--manage-all-nodes=true',
  '--cidr=10.244.0.1/16',
  '--node-ip=127.0.0.1',
  '--node-lease-duration-seconds=40',
];

async function answers(url) {
  const answer = await fetch(url).catch(() => undefined);
  return answer?.ok === true;
}

/** Pods need a node that is ready, and the namespace's own service account. */
async function isUsable(kubectl) {
  if (!(await kubectl.succeeds('get', 'serviceaccount', 'default'))) return false;
  const found = await kubectl.list('nodes');
  return found.every(({ spec, status }) => {
    const ready = status.conditions?.some(
      ({ type, status }) => type === 'Ready' && status === 'True',
    );
    return ready && !spec.taints?.length;
  });
}
