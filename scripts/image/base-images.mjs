import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { projectRoot } from '../project-root.mjs';
import { runProgram } from '../run-program.mjs';
import { imageDir } from './container-engine.mjs';

const PULL_TIMEOUT_MS = 180_000;
const DEBIAN = 'bookworm';
const LOCAL = { RUNTIME_IMAGE: 'localhost/debian:bookworm-slim', NODE_IMAGE: 'localhost/node:24' };
const NOT_IN_A_SLIM_IMAGE = ['man', 'doc', 'locale', 'info'].map((each) => `/usr/share/${each}/*`);

/**
 * The bases that the Dockerfile names, pulled; where their registry cannot be reached, equals made of Debian's packages and of
 * the Node that the project installs.
 *
 * @returns {Promise<{buildArgs: Record<string, string>, origin: string}>}
 */
export async function baseImages(engine, say) {
  const named = basesOf(fs.readFileSync(path.join(projectRoot, 'docker', 'Dockerfile'), 'utf8'));
  const why = await pull(engine, Object.values(named));
  if (why === undefined) return { buildArgs: {}, origin: Object.values(named).join(', ') };
  if (!engine.isPodman) throw new Error(`the base images cannot be pulled: ${why}`);
  const reason = why.trim().split(': ').slice(-2).join(': ');
  say(`Docker Hub's base images cannot be pulled (${reason}): making equals of them`);
  await makeLocally(engine, say);
  return { buildArgs: LOCAL, origin: `Debian's packages and Node ${process.version} of npm` };
}

/** The ARGs that FROM lines use, with their defaults. */
function basesOf(dockerfile) {
  const found = [...dockerfile.matchAll(/^ARG (\w+_IMAGE)=(\S+)$/gm)];
  return Object.fromEntries(found.map(([, name, image]) => [name, image]));
}

/** Undefined when all of them are here, else what the registry or its absence said. */
async function pull(engine, images) {
  for (const image of images) {
    if ((await engine.attempt('image', 'inspect', image)).status === 0) continue;
    try {
      await engine.work(['pull', '--quiet', image], PULL_TIMEOUT_MS);
    } catch (error) {
      return error.message;
    }
  }
  return undefined;
}

async function makeLocally(engine, say) {
  if ((await engine.attempt('image', 'inspect', LOCAL.RUNTIME_IMAGE)).status !== 0) {
    say(`a Debian ${DEBIAN} by mmdebstrap …`);
    const archive = path.join(imageDir, 'debian.tar');
    await runProgram('mmdebstrap', [
      '--quiet',
      '--variant=essential',
      '--include=ca-certificates,libstdc++6',
      ...NOT_IN_A_SLIM_IMAGE.map((each) => `--dpkgopt=path-exclude=${each}`),
      DEBIAN,
      archive,
    ]);
    await engine.say('import', archive, LOCAL.RUNTIME_IMAGE);
    fs.rmSync(archive);
  }
  await addNode(engine);
}

/** Node as the `node` package brought it, and the npm of this machine. */
async function addNode(engine) {
  const context = path.join(imageDir, 'node');
  fs.rmSync(context, { recursive: true, force: true });
  fs.mkdirSync(context, { recursive: true });
  const node = fs.realpathSync(path.join(projectRoot, 'node_modules', 'node', 'bin', 'node'));
  const npmRoot = execFileSync('npm', ['root', '--global'], { encoding: 'utf8' }).trim();
  fs.copyFileSync(node, path.join(context, 'node'));
  fs.cpSync(path.join(npmRoot, 'npm'), path.join(context, 'npm'), { recursive: true });
  fs.writeFileSync(
    path.join(context, 'Dockerfile'),
    `FROM ${LOCAL.RUNTIME_IMAGE}
COPY node /usr/local/bin/node
COPY npm /usr/local/lib/node_modules/npm
RUN ln -s ../lib/node_modules/npm/bin/npm-cli.js /usr/local/bin/npm
`,
  );
  await engine.work(
    ['build', '--network=none', '--tag', LOCAL.NODE_IMAGE, context],
    PULL_TIMEOUT_MS,
  );
}
