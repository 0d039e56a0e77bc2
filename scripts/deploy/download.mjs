import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const ATTEMPTS = 3;
const TIMEOUT_MS = 90_000;

/** A wheel by pip, which knows the machine's index, proxy and certificates; rejects when it is another file than `sha256` says. */
export async function wheel(name, version, sha256) {
  const bytes = await downloaded((folder) => {
    const args = [
      ...['download', '--quiet', '--disable-pip-version-check', '--no-deps'],
      ...['--only-binary=:all:', '--dest', folder, `${name}==${version}`],
    ];
    try {
      run('python3', ['-m', 'pip', ...args], folder);
    } catch {
      run('pip3', args, folder); // where pip belongs to another Python
    }
  });
  const digest = createHash('sha256').update(bytes).digest('hex');
  if (digest !== sha256) throw new Error(`${name} ${version} is another file: sha256 ${digest}`);
  return bytes;
}

/** A package by apt, which knows the machine's mirror and checks the archive's signature, in the release's own version. */
export const debianPackage = (name) =>
  downloaded((folder) => {
    try {
      run('apt-get', ['download', name], folder);
    } catch {
      run('apt-get', ['update', '-qq'], folder); // a fresh machine has no lists, an old one old lists
      run('apt-get', ['download', name], folder);
    }
  });

/** The one file that `fetchInto(folder)` puts there, tried several times. */
async function downloaded(fetchInto) {
  for (let attempt = 1; ; attempt += 1) {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'ocpi-download-'));
    try {
      fetchInto(folder);
      const [file] = fs.readdirSync(folder);
      if (file === undefined) throw new Error('nothing was downloaded');
      return fs.readFileSync(path.join(folder, file));
    } catch (error) {
      if (attempt === ATTEMPTS || error.code === 'ENOENT') throw error;
      await sleep(attempt * 2000);
    } finally {
      fs.rmSync(folder, { recursive: true, force: true });
    }
  }
}

function run(program, args, cwd) {
  const { status, error, stderr } = spawnSync(program, args, {
    cwd,
    encoding: 'utf8',
    stdio: ['ignore', 'ignore', 'pipe'],
    timeout: TIMEOUT_MS,
  });
  if (error) throw error;
  if (status !== 0) throw new Error(`${program}: ${stderr.trim().split('\n').at(-1)}`);
}
