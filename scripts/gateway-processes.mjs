import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isPortFree, freePort } from './free-port.mjs';
import { projectNode, projectRoot } from './project-root.mjs';

const APPS = [
  { name: 'ocpi-api', healthPort: 'OCPI_INTERNAL_PORT' },
  { name: 'csms-consumer', healthPort: 'OCPI_CONSUMER_INTERNAL_PORT' },
];
const START_TIMEOUT_MS = 60_000;

/** The three ports of a gateway on this machine: the usual ones where they are free. */
export async function gatewayPorts() {
  const ports = {};
  for (const [name, usual] of [
    ['OCPI_PUBLIC_PORT', 3000],
    ['OCPI_INTERNAL_PORT', 3001],
    ['OCPI_CONSUMER_INTERNAL_PORT', 3002],
  ]) {
    const wanted = Number(process.env[name] ?? usual);
    ports[name] = String((await isPortFree(wanted)) ? wanted : await freePort());
  }
  return ports;
}

/**
 * Starts both applications from `dist` with the environment given and waits until both are ready. Their output goes to
 * `<logDir>/<app>.log`, or to this terminal without one.
 *
 * @returns {Promise<{stop(): Promise<void>, exited: Promise<string>}>} `stop` asks by SIGTERM and insists after 30 s;
 *   `exited` resolves with a line when one of them ends by itself
 */
export async function startGateway(env, { logDir } = {}) {
  const children = APPS.map(({ name }) => launch(name, env, logDir));
  const exited = Promise.race(
    children.map(
      ({ child, name }) =>
        new Promise((resolve) =>
          child.once('exit', (code, signal) => resolve(`${name} ended (${signal ?? code})`)),
        ),
    ),
  );
  const stop = async () => {
    await Promise.all(children.map(({ child }) => end(child)));
  };
  try {
    await Promise.race([
      Promise.all(APPS.map((app) => ready(app, env))),
      exited.then((line) => {
        throw new Error(`${line}${logDir ? `: see ${path.relative(projectRoot, logDir)}` : ''}`);
      }),
    ]);
  } catch (error) {
    await stop();
    throw error;
  }
  return { stop, exited };
}

function launch(name, env, logDir) {
  const out = logDir ? fs.openSync(path.join(logDir, `${name}.log`), 'a') : 'inherit';
  const child = spawn(projectNode, [`dist/apps/${name}/src/main.js`], {
    cwd: projectRoot,
    env: { ...process.env, ...env },
    stdio: ['ignore', out, out],
    detached: true, // Ctrl-C reaches us alone, and we stop them in order
  });
  process.once('exit', () => child.exitCode ?? child.kill('SIGKILL'));
  return { name, child };
}

async function ready({ name, healthPort }, env) {
  const url = `http://127.0.0.1:${env[healthPort]}/health/ready`;
  for (const deadline = Date.now() + START_TIMEOUT_MS; Date.now() < deadline; await sleep(100)) {
    const answer = await fetch(url).catch(() => undefined);
    if (answer?.ok) return;
  }
  throw new Error(`${name} was not ready within ${START_TIMEOUT_MS / 1000} s (${url})`);
}

async function end(child) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), 30_000);
  await gone;
  clearTimeout(timer);
}
