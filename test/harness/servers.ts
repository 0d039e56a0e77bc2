import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import net from 'node:net';
import path from 'node:path';
import { projectRoot } from './project-root.js';
import { eventually } from './wait-for.js';

export const TEST_ADMIN_KEY = 'test-admin-key-0123456789';
const TEST_ENCRYPTION_KEY = Buffer.alloc(32, 7).toString('base64');

/** Many starts at once on a machine with few cores take their time. */
const START_PATIENCE = { timeoutMs: 90_000 };

export interface ServersOptions {
  databaseUrl: string;
  /** Settings on top of the tests' own, for both processes. */
  env?: Record<string, string>;
  /** Which processes to start; default both. */
  apps?: ('ocpi-api' | 'csms-consumer')[];
  /** How many processes of `csms-consumer` share the work; default 1. */
  consumers?: number;
}

/** One of our applications as a real process that can be stopped, killed, frozen and started again on the same port. */
export class AppProcess {
  /** The checkout whose build runs from the next start on. */
  root = projectRoot;
  private child: ChildProcess | undefined;
  private output = '';

  constructor(
    readonly name: string,
    private readonly env: Record<string, string>,
    readonly internalUrl: string,
  ) {}

  get pid(): number | undefined {
    return this.child?.pid;
  }

  /** What it wrote to stdout and stderr so far, over all starts. */
  logs(): string {
    return this.output;
  }

  /** Resolves when `/health/ready` says so; throws with the process's own words when it ends before. */
  async start(): Promise<void> {
    const main = path.join(this.root, 'dist', 'apps', this.name, 'src', 'main.js');
    const child = spawn(process.execPath, [main], {
      cwd: this.root,
      env: this.env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.child = child;
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => (this.output += text));
    }
    const killWithUs = (): void => void child.kill('SIGKILL');
    process.once('exit', killWithUs);
    child.once('exit', () => process.removeListener('exit', killWithUs));
    try {
      await eventually(async () => {
        if (hasEnded(child)) return true;
        const answer = await fetch(`${this.internalUrl}/health/ready`);
        return answer.ok || Promise.reject(new Error(await answer.text()));
      }, START_PATIENCE);
    } catch (error) {
      await this.kill();
      throw new Error(`${this.name} does not get ready:\n${this.output.slice(-4000)}`, {
        cause: error,
      });
    }
    if (hasEnded(child))
      throw new Error(`${this.name} ended at start:\n${this.output.slice(-4000)}`);
  }

  /** SIGTERM; resolves with the exit code, null when it was ended by a signal. */
  async stop(): Promise<number | null> {
    return this.end('SIGTERM');
  }

  async kill(): Promise<void> {
    await this.end('SIGKILL');
  }

  async restart(): Promise<void> {
    await this.stop();
    await this.start();
  }

  signal(name: NodeJS.Signals): void {
    this.child?.kill(name);
  }

  private async end(signal: NodeJS.Signals): Promise<number | null> {
    const child = this.child;
    if (child === undefined) return null;
    if (!hasEnded(child)) {
      const exit = once(child, 'exit');
      child.kill(signal);
      await exit;
    }
    return child.exitCode;
  }
}

export interface Servers {
  /** Base of the partners' side, without a path. */
  publicUrl: string;
  /** Base of `ocpi-api`'s internal side: admin API, health, metrics. */
  adminUrl: string;
  /** Base of `csms-consumer`'s internal side: the CSMS's HTTP binding, health, metrics. */
  csmsUrl: string;
  adminKey: string;
  api: AppProcess;
  /** The first of `consumers`. */
  consumer: AppProcess;
  consumers: AppProcess[];
  stop(): Promise<void>;
}

/** Starts both applications from `dist` on free ports of 127.0.0.1 and waits until they are ready. */
export async function startServers(options: ServersOptions): Promise<Servers> {
  const { apps = ['ocpi-api', 'csms-consumer'], consumers: count = 1, ...rest } = options;
  const replicas = await startReplicas({
    ...rest,
    apis: apps.includes('ocpi-api') ? 1 : 0,
    consumers: apps.includes('csms-consumer') ? count : 0,
  });
  const { publicUrl, apis, consumers, spare } = replicas;
  const api = apis[0] ?? spare('ocpi-api');
  const consumer = consumers[0] ?? spare('csms-consumer');
  return {
    publicUrl,
    adminUrl: api.internalUrl,
    csmsUrl: consumer.internalUrl,
    adminKey: TEST_ADMIN_KEY,
    api,
    consumer,
    consumers,
    stop: replicas.stop,
  };
}

export interface Replicas {
  /** Base of the first `ocpi-api`, under which partners reach us; those of the others are `publicUrls`. */
  publicUrl: string;
  publicUrls: string[];
  apis: AppProcess[];
  consumers: AppProcess[];
  /** The environment that all of them have in common, for commands beside them. */
  env: Record<string, string>;
  /** A process of that kind that was not started. */
  spare: (name: string) => AppProcess;
  stop: () => Promise<void>;
}

/** Starts several processes of each kind on one database, as a larger installation runs them. */
export async function startReplicas(options: {
  databaseUrl: string;
  env?: Record<string, string>;
  apis: number;
  consumers: number;
  /** The checkout whose build runs; this one by default. */
  root?: string;
}): Promise<Replicas> {
  const ports = await freePorts(2 * Math.max(options.apis, 1) + Math.max(options.consumers, 1));
  const nextPort = (): number => ports.pop() ?? 0;
  const apiPorts = Array.from({ length: Math.max(options.apis, 1) }, () => ({
    publicPort: nextPort(),
    internalPort: nextPort(),
  }));
  const publicUrls = apiPorts.map(({ publicPort }) => `http://127.0.0.1:${publicPort}`);
  const publicUrl = publicUrls[0] ?? '';
  const env: Record<string, string> = {
    PATH: process.env['PATH'] ?? '',
    NODE_ENV: 'test',
    OCPI_ENVIRONMENT: 'test',
    OCPI_LOG_LEVEL: 'warn',
    OCPI_BIND_ADDRESS: '127.0.0.1',
    OCPI_PUBLIC_URL: publicUrl,
    OCPI_ADMIN_KEY: TEST_ADMIN_KEY,
    OCPI_ENCRYPTION_KEY: TEST_ENCRYPTION_KEY,
    OCPI_PARTNER_URL_ALLOWLIST: '127.0.0.0/8,localhost',
    DATABASE_URL: options.databaseUrl,
    DATABASE_POOL_SIZE: '8',
    // Trials go faster than any partner should, and knock at the door more often than any guesser.
    OCPI_REQUESTS_PER_MINUTE: '1000000',
    OCPI_UNKNOWN_CALLS_PER_MINUTE: '1000000',
    ...options.env,
  };
  const appOn = (name: string, internal: number, own: Record<string, string>): AppProcess =>
    new AppProcess(name, { ...env, ...own }, `http://127.0.0.1:${internal}`);
  const allApis = apiPorts.map(({ publicPort, internalPort }) =>
    appOn('ocpi-api', internalPort, {
      OCPI_PUBLIC_PORT: String(publicPort),
      OCPI_INTERNAL_PORT: String(internalPort),
    }),
  );
  const allConsumers = Array.from({ length: Math.max(options.consumers, 1) }, () => {
    const port = nextPort();
    return appOn('csms-consumer', port, { OCPI_CONSUMER_INTERNAL_PORT: String(port) });
  });
  const apis = allApis.slice(0, options.apis);
  const consumers = allConsumers.slice(0, options.consumers);
  const wanted = [...apis, ...consumers];
  for (const app of [...allApis, ...allConsumers]) app.root = options.root ?? projectRoot;
  const stop = async (): Promise<void> => {
    await Promise.all(wanted.map((app) => app.stop()));
  };
  const started = await Promise.allSettled(wanted.map((app) => app.start()));
  const failed = started.find((result) => result.status === 'rejected');
  if (failed !== undefined) {
    await stop();
    throw failed.reason;
  }
  const spare = (name: string): AppProcess => {
    const found = [...allApis, ...allConsumers].find((app) => app.name === name);
    if (!found) throw new Error(`no application is called ${name}`);
    return found;
  };
  return { publicUrl, publicUrls, apis, consumers, env, spare, stop };
}

const hasEnded = (child: ChildProcess): boolean =>
  child.exitCode !== null || child.signalCode !== null;

/** Ports that differ, since all are held open until the last is known. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => net.createServer());
  for (const server of servers) {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  }
  const ports = servers.map((server) => (server.address() as net.AddressInfo).port);
  for (const server of servers) {
    server.close();
    await once(server, 'close');
  }
  return ports;
}
