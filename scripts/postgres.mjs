import { spawn } from 'node:child_process';
import crypto from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort, isPortFree } from './free-port.mjs';
import {
  installedBinaries,
  isOpenToAll,
  ownTempFolder,
  postgresBinaries,
  serverAccount,
} from './postgres-binaries.mjs';
import { commandLineOf, isAlive, signal, terminate, waitForExit } from './process-state.mjs';
import { isMain, projectRoot, varDir } from './project-root.mjs';
import { registerService } from './running-services.mjs';

const USER = 'ocpi';
/** Only for clusters that are thrown away: a crash of the machine would ruin the data, a crash of the server does not. */
const THROW_AWAY_FLAGS = [
  '-c',
  'fsync=off',
  '-c',
  'synchronous_commit=off',
  '-c',
  'full_page_writes=off',
];
const START_TIMEOUT_MS = 60_000;

/**
 * Starts (or joins) the embedded PostgreSQL that keeps its data under `dataDir`, and makes the database there is to use.
 *
 * With DATABASE_URL in the environment nothing is started and that URL is returned; throws when it cannot be reached. A server that already runs on
 * `dataDir` and belongs to a living process is shared: `stop()` then leaves it alone; one whose owner died is taken over.
 * The port is chosen once and remembered, and chosen anew only when something else has taken it meanwhile.
 *
 * @param {object} [options]
 * @param {string} [options.dataDir] default `var/postgres`
 * @param {number} [options.port] default: the remembered one, else a free one
 * @param {boolean} [options.persistent] false: tuned for speed instead of safety, and removed by `stop()`
 * @param {string} [options.database] default `ocpi_gateway`
 * @param {boolean} [options.detached] leave it running when this process ends (`stopPostgres` ends it)
 * @param {string} [options.binDir] server programs installed on this machine, to use instead of the embedded ones
 * @param {boolean} [options.own] start one of our own whatever DATABASE_URL says
 * @param {(line: string) => void} [options.say]
 * @returns {Promise<{url: string, started: boolean, stop(): Promise<void>, kill(): Promise<void>}>}
 */
export async function startPostgres(options = {}) {
  if (process.env.DATABASE_URL && !options.own) {
    await assertReachable(process.env.DATABASE_URL);
    return { url: process.env.DATABASE_URL, started: false, stop: nothing, kill: nothing };
  }
  const {
    persistent = true,
    database = 'ocpi_gateway',
    detached = false,
    say = console.log,
  } = options;
  const account = serverAccount();
  const folder = prepareFolder(path.resolve(options.dataDir ?? defaultDir()), account, say);
  const binaries = options.binDir
    ? installedBinaries(options.binDir)
    : await postgresBinaries(account, say);
  const cluster = { folder, data: path.join(folder, 'data'), account, binaries, persistent };

  await initialise(cluster);
  const shared = await runningServer(cluster);
  const instance = readInstance(folder);
  if (
    shared &&
    (instance.detached || (instance.owner !== process.pid && isAlive(instance.owner)))
  ) {
    await makeDatabase(instance, database);
    return { url: urlOf(instance, database), started: false, stop: nothing, kill: nothing };
  }

  let pid = shared;
  if (pid === undefined) {
    instance.port = await choosePort(options.port, instance.port);
    pid = await launch(cluster, instance.port);
  }
  writeInstance(folder, { ...instance, owner: process.pid, detached });
  await makeDatabase(instance, database);

  const unregister = detached
    ? nothing
    : registerService({ stop: () => stop(), signalNow: () => signal(pid, 'SIGINT') });
  let stopping;
  const stop = () => (stopping ??= stopCluster(folder, pid, persistent).finally(unregister));
  const kill = async () => {
    signal(pid, 'SIGKILL');
    await waitForExit(pid, 10_000);
    unregister();
  };
  return { url: urlOf(instance, database), started: true, stop, kill };
}

/** Stops the server on `dataDir`, whoever started it, and with `remove` deletes its data; false when none runs there. */
export async function stopPostgres(dataDir = defaultDir(), { remove = false } = {}) {
  const folder = placeOf(path.resolve(dataDir), serverAccount());
  const pid = await runningServer({ data: path.join(folder, 'data') });
  if (pid !== undefined) await stopCluster(folder, pid, true);
  if (remove) fs.rmSync(folder, { recursive: true, force: true });
  return pid !== undefined;
}

const nothing = async () => {};
const defaultDir = () => path.join(varDir, 'postgres');
const urlOf = ({ port, password }, database) =>
  `postgres://${USER}:${password}@127.0.0.1:${port}/${database}`;

async function stopCluster(folder, pid, persistent) {
  // SIGINT is a "fast" shutdown with a checkpoint, SIGQUIT skips that (the next start recovers from the log).
  await terminate(pid, ['SIGINT', 'SIGQUIT', 'SIGKILL'], 20_000);
  if (!persistent) fs.rmSync(folder, { recursive: true, force: true });
}

/** Where the cluster really goes: a server user other than us cannot enter a private home directory. */
function placeOf(wanted, account) {
  let existing = wanted;
  while (!fs.existsSync(existing)) existing = path.dirname(existing);
  if (account === undefined || isOpenToAll(existing)) return wanted;
  const name = crypto.createHash('sha256').update(wanted).digest('hex').slice(0, 12);
  return path.join(ownTempFolder(`ocpi-gateway-${name}`), 'postgres');
}

function prepareFolder(wanted, account, say) {
  const folder = placeOf(wanted, account);
  if (folder !== wanted) {
    say(`${wanted} cannot be reached by the PostgreSQL user; its data is kept in ${folder}`);
  }
  fs.mkdirSync(folder, { recursive: true });
  if (account) fs.chownSync(folder, account.uid, account.gid);
  return folder;
}

async function initialise({ folder, data, account, binaries, persistent }) {
  if (fs.existsSync(path.join(data, 'PG_VERSION'))) return;
  const unfinished = `${data}.unfinished`;
  fs.rmSync(unfinished, { recursive: true, force: true });
  const password = crypto.randomBytes(12).toString('hex');
  const passwordFile = path.join(folder, 'password');
  fs.writeFileSync(passwordFile, password, { mode: 0o600 });
  if (account) fs.chownSync(passwordFile, account.uid, account.gid);
  try {
    await run(
      binaries.initdb,
      [
        `--pgdata=${unfinished}`,
        `--username=${USER}`,
        `--pwfile=${passwordFile}`,
        '--auth=scram-sha-256',
        '--encoding=UTF8',
        ...(binaries.hasBuiltinLocales === false
          ? []
          : ['--locale-provider=builtin', '--builtin-locale=C.UTF-8']),
        '--locale=C',
        ...(persistent ? [] : ['--no-sync']),
      ],
      account,
    );
  } finally {
    fs.rmSync(passwordFile, { force: true });
  }
  writeInstance(folder, { password });
  fs.renameSync(unfinished, data); // last: what is called `data` is complete
}

/** The process id of a server that runs on this cluster and is ready; waits for one that is starting or stopping. */
async function runningServer({ data }) {
  const deadline = Date.now() + START_TIMEOUT_MS;
  for (;;) {
    const state = readPidFile(data);
    if (state === undefined) return undefined;
    if (!isAlive(state.pid) || !commandLineOf(state.pid).includes('postgres')) {
      // Left behind by a killed server; its id may belong to somebody else now, which PostgreSQL would take for itself.
      fs.rmSync(path.join(data, 'postmaster.pid'), { force: true });
      return undefined;
    }
    if (state.status === 'ready') return state.pid;
    if (Date.now() > deadline)
      throw new Error(`the PostgreSQL server on ${data} hangs (${state.status})`);
    await sleep(50);
  }
}

function readPidFile(data) {
  try {
    const lines = fs.readFileSync(path.join(data, 'postmaster.pid'), 'utf8').split('\n');
    return { pid: Number(lines[0]), status: (lines[7] ?? '').trim() };
  } catch {
    return undefined;
  }
}

async function choosePort(wanted, remembered) {
  if (wanted !== undefined) return wanted;
  return remembered !== undefined && (await isPortFree(remembered)) ? remembered : freePort();
}

async function launch({ folder, data, account, binaries, persistent }, port) {
  const logFile = path.join(folder, 'postgres.log');
  const deadline = Date.now() + START_TIMEOUT_MS;
  for (;;) {
    const log = fs.openSync(logFile, 'w');
    const child = spawn(
      binaries.postgres,
      [
        ...['-D', data, '-p', String(port), '-c', 'listen_addresses=127.0.0.1'],
        ...['-c', 'unix_socket_directories=', '-c', 'max_connections=200'],
        ...['-c', 'timezone=UTC', '-c', 'log_timezone=UTC'],
        ...(persistent ? [] : THROW_AWAY_FLAGS),
      ],
      // Detached, so that Ctrl-C reaches the applications first and the database last.
      {
        ...account,
        cwd: '/',
        env: serverEnvironment(),
        detached: true,
        stdio: ['ignore', log, log],
      },
    );
    fs.closeSync(log);
    const ended = new Promise((resolve) => {
      child.once('error', resolve);
      child.once('exit', resolve);
    });
    child.unref();
    if ((await isReady(data, child.pid, ended, deadline)) && child.pid) return child.pid;
    const said = fs.readFileSync(logFile, 'utf8');
    // The backends of a killed server need a moment to notice that it is gone.
    const retry = /still in use|still running|lock file .* already exists/.test(said);
    if (!retry || Date.now() > deadline) throw new Error(`PostgreSQL did not start:\n${said}`);
    await sleep(250);
  }
}

async function isReady(data, pid, ended, deadline) {
  let over = false;
  void ended.then(() => (over = true));
  while (!over && Date.now() < deadline) {
    const state = readPidFile(data);
    if (state?.pid === pid && state.status === 'ready') return true;
    await Promise.race([ended, sleep(25)]);
  }
  return false;
}

async function assertReachable(url) {
  const { default: pg } = await import('pg');
  let client;
  try {
    client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
    await client.connect();
  } catch (error) {
    // The URL itself may hold a password.
    const place = client ? `${client.host}:${client.port}/${client.database}` : 'not a URL';
    throw new Error(
      `the database that DATABASE_URL names (${place}) cannot be reached: ${error.message || error.code}`,
      { cause: error },
    );
  } finally {
    await client?.end().catch(nothing);
  }
}

async function makeDatabase({ port, password }, database) {
  const { default: pg } = await import('pg');
  const client = new pg.Client(urlOf({ port, password }, 'postgres'));
  await client.connect();
  try {
    await client.query(`CREATE DATABASE ${client.escapeIdentifier(database)}`);
  } catch (error) {
    if (!['42P04', '23505'].includes(error.code)) throw error; // it exists, or is being made beside us
  } finally {
    await client.end();
  }
}

function run(command, args, account) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      ...account,
      cwd: '/',
      env: serverEnvironment(),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let said = '';
    child.stdout.on('data', (chunk) => (said += chunk));
    child.stderr.on('data', (chunk) => (said += chunk));
    child.once('error', reject);
    child.once('close', (code) =>
      code === 0
        ? resolve()
        : reject(new Error(`${path.basename(command)} failed (${code}):\n${said}`)),
    );
  });
}

/** PGDATA, PGPORT and the like of the developer's shell must not steer this server. */
function serverEnvironment() {
  return { PATH: process.env.PATH, LC_ALL: 'C', LC_MESSAGES: 'C', TZ: 'UTC' };
}

function readInstance(folder) {
  return JSON.parse(fs.readFileSync(path.join(folder, 'instance.json'), 'utf8'));
}

function writeInstance(folder, instance) {
  fs.writeFileSync(path.join(folder, 'instance.json'), JSON.stringify(instance), { mode: 0o600 });
}

if (isMain(import.meta.url)) {
  const [command, dataDir] = process.argv.slice(2);
  if (command === 'up') {
    const { url } = await startPostgres({ detached: true, ...(dataDir ? { dataDir } : {}) });
    console.log(`DATABASE_URL=${url}`);
  } else if (command === 'down') {
    console.log((await stopPostgres(dataDir)) ? 'stopped' : 'was not running');
  } else {
    console.error(`usage: node ${path.relative(projectRoot, process.argv[1])} up|down [DATA_DIR]`);
    process.exitCode = 2;
  }
}
