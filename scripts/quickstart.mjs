import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { prepare } from './prepare.mjs';
import { gatewayPorts, startGateway } from './gateway-processes.mjs';
import { startKafka, stopKafka } from './kafka.mjs';
import { startPostgres, stopPostgres } from './postgres.mjs';
import { projectNode, projectRoot, varDir } from './project-root.mjs';
import { AlreadyRunning, takeRunLock } from './run-lock.mjs';

/**
 * `npm run quickstart`: the gateway with a virtual CSMS and three virtual partners, from nothing. Data are kept under
 * var/quickstart and survive a restart, `--fresh` starts over. `--once` runs sessions and what partners ask for, verifies it and ends;
 * `--kafka` starts a broker and runs everything over it; KAFKA_BROKERS and DATABASE_URL name servers to use instead.
 */
const { values: options } = parseArgs({
  options: {
    once: { type: 'boolean', default: false },
    kafka: { type: 'boolean', default: false },
    fresh: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
if (options.help) {
  console.log(`npm run quickstart [-- --once] [-- --kafka] [-- --fresh]

--once   sessions, commands, an authorization and a charging profile, verified; then exit. The data stay, as without it
--kafka  over a Kafka broker of its own
--fresh  throws away what earlier runs left, and starts over`);
  process.exit(0);
}

const folder = path.join(varDir, 'quickstart');
const shownFolder = path.relative(projectRoot, folder);
const START_OVER = 'start over: npm run quickstart -- --fresh';
const cleanUps = [];
let ending;
const end = (code) =>
  (ending ??= (async () => {
    for (const cleanUp of cleanUps.reverse())
      await cleanUp().catch((error) => console.error(error));
    console.log(`stopped; data in ${shownFolder}, logs in ${shownFolder}/*.log; ${START_OVER}`);
    process.exit(code);
  })());
// SIGHUP: the terminal was closed.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => void end(130));

const lock = lockOrExit();
try {
  prepare((line) => console.log(`· ${line}`));
  if (options.fresh) await startOver();
  await end(await run());
} catch (error) {
  console.error(`quickstart failed: ${error.message}`);
  await end(1);
}

function lockOrExit() {
  try {
    return takeRunLock(path.join(varDir, 'quickstart.lock'));
  } catch (error) {
    if (!(error instanceof AlreadyRunning)) throw error;
    console.error(`the quickstart is ${error.message}`);
    process.exit(1);
  }
}

async function startOver() {
  if (process.env.DATABASE_URL)
    throw new Error('--fresh does not empty the database that DATABASE_URL names');
  await stopPostgres(path.join(folder, 'postgres'), { remove: true });
  await stopKafka(path.join(folder, 'kafka'), { remove: true });
  fs.rmSync(folder, { recursive: true, force: true });
}

async function run() {
  const say = (line) => console.log(`· ${line}`);
  fs.mkdirSync(folder, { recursive: true });
  const postgres = await startPostgres({ dataDir: path.join(folder, 'postgres'), say });
  cleanUps.push(() => postgres.stop());
  say('PostgreSQL is up');
  const brokers = await kafkaBrokers(say);
  const ports = await gatewayPorts();
  lock.note(`admin http://127.0.0.1:${ports.OCPI_INTERNAL_PORT}`);
  const env = {
    OCPI_ENVIRONMENT: 'development',
    DATABASE_URL: postgres.url,
    OCPI_PARTNER_URL_ALLOWLIST: '127.0.0.1',
    OCPI_BIND_ADDRESS: '127.0.0.1',
    OCPI_PUBLIC_URL: `http://127.0.0.1:${ports.OCPI_PUBLIC_PORT}`,
    ...ports,
    ...(brokers && { KAFKA_BROKERS: brokers, OCPI_CSMS_OUT: 'kafka' }),
  };
  if (brokers) await makeTopics(env);
  const gateway = await startGateway(env, { logDir: folder });
  cleanUps.push(() => gateway.stop());
  say(`both applications are ready; they log to ${shownFolder}/*.log`);
  return runSandbox(env, gateway);
}

async function kafkaBrokers(say) {
  if (!options.kafka && !process.env.KAFKA_BROKERS) return undefined;
  const kafka = await startKafka({ dir: path.join(folder, 'kafka'), say });
  cleanUps.push(() => kafka.stop());
  say(`Kafka is up on ${kafka.brokers}`);
  return kafka.brokers;
}

function makeTopics(env) {
  return finished(spawnNode('dist/apps/csms-consumer/src/topics.js', [], env)).then((code) => {
    if (code !== 0) throw new Error('the topics could not be made');
  });
}

async function runSandbox(env, gateway) {
  const child = spawnNode('dist/apps/sandbox/src/main.js', options.once ? ['--once'] : [], {
    ...env,
    SANDBOX_STATE_DIR: path.join(folder, 'sandbox'),
  });
  cleanUps.push(async () => {
    if (child.exitCode === null) child.kill('SIGTERM');
    await finished(child);
  });
  const died = gateway.exited.then((line) => {
    if (!ending) console.error(`${line}: see ${path.relative(projectRoot, folder)}/*.log`);
    return 1;
  });
  return Promise.race([finished(child), died]);
}

function spawnNode(script, args, env) {
  const child = spawn(projectNode, [script, ...args], {
    cwd: projectRoot,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'inherit', 'inherit'],
    detached: true,
  });
  process.once('exit', () => child.exitCode ?? child.kill('SIGKILL'));
  return child;
}

function finished(child) {
  if (child.exitCode !== null || child.signalCode !== null)
    return Promise.resolve(child.exitCode ?? 1);
  return new Promise((resolve) => child.once('exit', (code) => resolve(code ?? 1)));
}
