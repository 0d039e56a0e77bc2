import fs from 'node:fs';
import path from 'node:path';
import { varDir } from '../project-root.mjs';
import { runProgram } from '../run-program.mjs';

/** What `check:image` works in; images and layers of a podman without a service manager are kept here too. */
export const imageDir = path.join(varDir, 'image');

/**
 * Docker where its engine answers, else podman. A podman that runs as root without systemd, as in most CI containers, gets
 * settings and a store of its own, for what Debian sets up for machines does not work there.
 */
export async function containerEngine() {
  const wanted = process.env.CONTAINER_ENGINE;
  for (const name of wanted ? [wanted] : ['docker', 'podman']) {
    const env = name === 'podman' ? podmanEnvironment() : {};
    const info = await runProgram(name, ['info'], { env, mayFail: true }).catch(() => undefined);
    if (info?.status === 0) return new ContainerEngine(name, env);
  }
  throw new Error(
    `${wanted ?? 'neither Docker nor podman'} works here. On Debian: apt-get install --no-install-recommends ` +
      'podman buildah runc netavark iptables mmdebstrap',
  );
}

/** One of the two, by the commands they have in common. */
class ContainerEngine {
  constructor(name, env) {
    this.name = name;
    this.env = env;
  }

  get isPodman() {
    return this.name === 'podman';
  }

  /** Whether nothing but ours is in its store. */
  get isOurs() {
    return Object.keys(this.env).length > 0;
  }

  /** Resolves with what a command printed; throws with its words when it fails. */
  async say(...args) {
    return (await runProgram(this.name, args, { env: this.env })).stdout.trim();
  }

  /** What a command that may fail says, and its exit code. */
  async attempt(...args) {
    const result = await runProgram(this.name, args, { env: this.env, mayFail: true });
    return { status: result.status, said: `${result.stdout}${result.stderr}`.trim() };
  }

  /** As `say`, for what takes minutes. */
  async work(args, timeoutMs) {
    return (await runProgram(this.name, args, { env: this.env, timeoutMs })).stdout.trim();
  }

  async inspect(kind, name) {
    return JSON.parse(await this.say(kind, 'inspect', name))[0];
  }

  /** Ends and removes a container that may not be there. */
  async remove(name) {
    await this.attempt('rm', '--force', '--volumes', name);
  }
}

function podmanEnvironment() {
  if (process.getuid?.() !== 0 || fs.existsSync('/run/systemd/system')) return {};
  const at = (name) => path.join(imageDir, name);
  fs.mkdirSync(imageDir, { recursive: true });
  fs.writeFileSync(
    at('containers.conf'),
    `[containers]
default_ulimits = ["nofile=1024:4096", "nproc=4096:4096"] # a sandboxed root may not raise its limits
[engine]
runtime = "runc" # crun before 1.9 refuses a hybrid cgroup tree
cgroup_manager = "cgroupfs"
events_logger = "file"
`,
  );
  fs.writeFileSync(
    at('storage.conf'),
    `[storage]
driver = "overlay"
graphroot = "${at('storage')}"
runroot = "${at('run')}"
`,
  );
  fs.writeFileSync(at('registries.conf'), 'unqualified-search-registries = ["docker.io"]\n');
  return {
    CONTAINERS_CONF: at('containers.conf'),
    CONTAINERS_STORAGE_CONF: at('storage.conf'),
    CONTAINERS_REGISTRIES_CONF: at('registries.conf'),
  };
}
