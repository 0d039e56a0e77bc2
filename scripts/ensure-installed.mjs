import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { missingPackages } from './missing-packages.mjs';
import { isMain, projectRoot } from './project-root.mjs';

const stamp = path.join(projectRoot, 'node_modules', '.installed-by-ocpi-gateway');
const lockFile = path.join(projectRoot, 'package-lock.json');

/**
 * Installs the dependencies exactly as the lock file names them, when they are missing or others.
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
  fs.writeFileSync(stamp, digestOfLock());
  say(`installed in ${Math.round((Date.now() - startedAt) / 1000)} s`);
  return true;
}

/** A tree that npm itself made counts too, wherever it is and however old. */
function isInstalled() {
  if (!fs.existsSync(path.join(projectRoot, 'node_modules', 'node'))) return false;
  return textOf(stamp) === digestOfLock() || missingPackages(projectRoot).length === 0;
}

const digestOfLock = () => createHash('sha256').update(fs.readFileSync(lockFile)).digest('hex');

const textOf = (file) => (fs.existsSync(file) ? fs.readFileSync(file, 'utf8') : undefined);

if (isMain(import.meta.url)) {
  try {
    if (!ensureInstalled()) console.log('dependencies are installed');
  } catch (error) {
    console.error(error.message);
    process.exitCode = 1;
  }
}
