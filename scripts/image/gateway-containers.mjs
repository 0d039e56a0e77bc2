import crypto from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { gatewayPorts } from '../gateway-processes.mjs';
import { CheckFailed } from '../check-steps.mjs';
import { imageDir } from './container-engine.mjs';

const PREFIX = 'ocpi-gateway-check';
const HEALTHY_TIMEOUT_MS = 60_000;

/** As strict as Kubernetes' "restricted" and a read-only file system are, with the memory that the chart gives. */
const CONFINED = [
  ...['--network=host', '--read-only', '--cap-drop=ALL', '--security-opt=no-new-privileges'],
  ...['--memory=512m', '--pids-limit=200'],
];

/** Containers of one image that share a database, settings and secrets; secrets reach them as files. */
export class GatewayContainers {
  #started = [];

  constructor(engine, image, { settings, secrets, folder }) {
    this.engine = engine;
    this.image = image;
    this.settings = settings;
    this.secrets = secrets;
    this.folder = folder;
  }

  /** On the loopback of this machine, in the `production` environment, with partners allowed on that loopback. */
  static async prepare(engine, image, databaseUrl) {
    const secrets = {
      DATABASE_URL: databaseUrl,
      OCPI_ADMIN_KEY: crypto.randomBytes(24).toString('hex'),
      OCPI_ENCRYPTION_KEY: crypto.randomBytes(32).toString('base64'),
    };
    const folder = path.join(imageDir, 'secrets');
    fs.rmSync(folder, { recursive: true, force: true });
    fs.mkdirSync(folder, { recursive: true });
    for (const [name, value] of Object.entries(secrets)) {
      // Readable by the image's user, which is nobody on this machine.
      fs.writeFileSync(path.join(folder, name), `${value}\n`, { mode: 0o444 });
    }
    const ports = await gatewayPorts();
    const settings = {
      ...ports,
      OCPI_BIND_ADDRESS: '127.0.0.1',
      OCPI_PUBLIC_URL: `http://127.0.0.1:${ports.OCPI_PUBLIC_PORT}`,
      OCPI_PARTNER_URL_ALLOWLIST: '127.0.0.1',
    };
    return new GatewayContainers(engine, image, { settings, secrets, folder });
  }

  /** Starts one of the image's programs in the background. */
  async start(program) {
    await this.engine.remove(this.nameOf(program));
    this.#started.push(program);
    await this.engine.say(
      'run',
      '--detach',
      '--name',
      this.nameOf(program),
      ...this.#run([program]),
    );
  }

  /** Runs one of the image's programs to its end. */
  run(args, flags = []) {
    return this.engine.attempt('run', '--rm', ...flags, ...this.#run(args));
  }

  /** Runs JavaScript in a container that is running, as its user. */
  async evaluate(program, code) {
    const said = await this.engine.say('exec', this.nameOf(program), 'node', '-e', code);
    return JSON.parse(said);
  }

  /** What the image's own HEALTHCHECK says now. Without systemd podman has no timers, and is asked each time. */
  async isHealthy(program) {
    const name = this.nameOf(program);
    if (this.engine.isPodman) {
      return (await this.engine.attempt('healthcheck', 'run', name)).status === 0;
    }
    return (await this.engine.inspect('container', name)).State.Health.Status === 'healthy';
  }

  /** Waits for what the HEALTHCHECK should say of a program that runs. */
  async untilHealthy(program, wanted = true) {
    const deadline = Date.now() + HEALTHY_TIMEOUT_MS;
    while ((await this.isHealthy(program)) !== wanted) {
      const { State } = await this.engine.inspect('container', this.nameOf(program));
      if (!State.Running || Date.now() > deadline) {
        const state = State.Running
          ? `${wanted ? 'not' : 'still'} healthy`
          : `exited with ${State.ExitCode}`;
        throw new CheckFailed(`${program} is ${state}:\n${await this.logs(program)}`);
      }
      await sleep(250);
    }
  }

  /** Sends SIGTERM, and SIGKILL after `patienceSeconds`; resolves with the exit code. */
  async stop(program, patienceSeconds) {
    const name = this.nameOf(program);
    await this.engine.say('stop', '-t', String(patienceSeconds), name);
    return (await this.engine.inspect('container', name)).State.ExitCode;
  }

  async logs(program) {
    return (await this.engine.attempt('logs', this.nameOf(program))).said;
  }

  nameOf(program) {
    return `${PREFIX}-${program}`;
  }

  /** Removes containers and secrets. */
  async removeAll() {
    for (const program of this.#started) await this.engine.remove(this.nameOf(program));
    fs.rmSync(this.folder, { recursive: true, force: true });
  }

  #run(args) {
    const files = Object.keys(this.secrets).map((name) => [`${name}_FILE`, `/run/secrets/${name}`]);
    const environment = [...Object.entries(this.settings), ...files];
    return [
      ...CONFINED,
      ...(this.engine.isPodman ? ['--read-only-tmpfs=false'] : []),
      ...['--volume', `${this.folder}:/run/secrets:ro`],
      ...environment.flatMap((each) => ['--env', each.join('=')]),
      this.image,
      ...args,
    ];
  }
}
