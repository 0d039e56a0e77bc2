import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { isMain, projectRoot } from './project-root.mjs';

const stamp = path.join(projectRoot, 'node_modules', '.installed-by-ocpi-gateway');
const lockFile = path.join(projectRoot, 'package-lock.json');

/**
 * Installs the dependencies exactly as the lock file names them, when they are missing or older than it.
 * `npm ci` is no choice: it refuses a lock from which a registry without foreign platforms' binaries left those out.
 * Prints one line; throws when npm fails.
 *
 * @returns {boolean} whether anything was installed
 */
export function ensureInstalled(say = console.log) {
  if (isInstalled()) return false;
  say('installing dependencies (npm install, a minute or two) …');
  const startedAt = Date.now();
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  const { status, error, stdout, stderr } = spawnSync(
    npm,
    ['install', '--no-save', '--no-audit', '--no-fund', '--loglevel=error', '--include=dev'],
    {
      cwd: projectRoot,
      encoding: 'utf8',
      shell: process.platform === 'win32',
      stdio: ['ignore', 'pipe', 'pipe'],
      maxBuffer: 64 * 1024 * 1024,
      env: { ...process.env, NODE_ENV: '' }, // "production" would leave out what builds and tests
    },
  );
  if (error) throw new Error(`npm could not be run: ${error.message}`);
  if (status !== 0) throw new Error(`npm install failed (${status}):\n${stdout}${stderr}`);
  fs.writeFileSync(stamp, '');
  say(`installed in ${Math.round((Date.now() - startedAt) / 1000)} s`);
  return true;
}

/** A tree that npm itself finished after the last change of the lock counts too. */
function isInstalled() {
  const wanted = modifiedAt(lockFile);
  const finished = Math.max(
    modifiedAt(stamp),
    modifiedAt(path.join(projectRoot, 'node_modules', '.package-lock.json')),
  );
  return finished >= wanted && modifiedAt(path.join(projectRoot, 'node_modules', 'node')) > 0;
}

function modifiedAt(file) {
  return fs.statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

if (isMain(import.meta.url)) {
  try {
    if (!ensureInstalled()) console.log('dependencies are installed');
  } catch (error) {
    console.error(error.message);
    process.exitCode = 1;
  }
}
