import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import net from 'node:net';
import path from 'node:path';
import { projectRoot } from './project-root.js';
import { eventually } from './wait-for.js';

export const TEST_ADMIN_KEY = 'test-admin-key-0123456789';
const TEST_ENCRYPTION_KEY = Buffer.alloc(32, 7).toString('base64');

export interface ServersOptions {
  databaseUrl: string;
  /** Settings on top of the tests' own, for both processes. */
  env?: Record<string, string>;
  /** Which processes to start; default both. */
  apps?: ('ocpi-api' | 'csms-consumer')[];
}

/** One of our applications as a real process that can be stopped, killed, frozen and started again on the same port. */
export class AppProcess {
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
    const main = path.join(projectRoot, 'dist', 'apps', this.name, 'src', 'main.js');
    const child = spawn(process.execPath, [main], {
      cwd: projectRoot,
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
      });
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
  consumer: AppProcess;
  stop(): Promise<void>;
}

/** Starts both applications from `dist` on free ports of 127.0.0.1 and waits until they are ready. */
export async function startServers(options: ServersOptions): Promise<Servers> {
  const [publicPort, internalPort, consumerPort] = await freePorts();
  const env: Record<string, string> = {
    PATH: process.env['PATH'] ?? '',
    NODE_ENV: 'test',
    OCPI_ENVIRONMENT: 'test',
    OCPI_LOG_LEVEL: 'warn',
    OCPI_BIND_ADDRESS: '127.0.0.1',
    OCPI_PUBLIC_PORT: String(publicPort),
    OCPI_INTERNAL_PORT: String(internalPort),
    OCPI_CONSUMER_INTERNAL_PORT: String(consumerPort),
    OCPI_PUBLIC_URL: `http://127.0.0.1:${publicPort}`,
    OCPI_ADMIN_KEY: TEST_ADMIN_KEY,
    OCPI_ENCRYPTION_KEY: TEST_ENCRYPTION_KEY,
    OCPI_PARTNER_URL_ALLOWLIST: '127.0.0.0/8,localhost',
    DATABASE_URL: options.databaseUrl,
    DATABASE_POOL_SIZE: '8',
    ...options.env,
  };
  const api = new AppProcess('ocpi-api', env, `http://127.0.0.1:${internalPort}`);
  const consumer = new AppProcess('csms-consumer', env, `http://127.0.0.1:${consumerPort}`);
  const wanted = [api, consumer].filter(
    ({ name }) => options.apps === undefined || options.apps.some((each) => each === name),
  );
  const stop = async (): Promise<void> => {
    await Promise.all(wanted.map((app) => app.stop()));
  };
  const started = await Promise.allSettled(wanted.map((app) => app.start()));
  const failed = started.find((result) => result.status === 'rejected');
  if (failed !== undefined) {
    await stop();
    throw failed.reason;
  }
  return {
    publicUrl: `http://127.0.0.1:${publicPort}`,
    adminUrl: api.internalUrl,
    csmsUrl: consumer.internalUrl,
    adminKey: TEST_ADMIN_KEY,
    api,
    consumer,
    stop,
  };
}

const hasEnded = (child: ChildProcess): boolean =>
  child.exitCode !== null || child.signalCode !== null;

/** Three ports that differ, since all are held open until the last is known. */
async function freePorts(): Promise<[number, number, number]> {
  const servers = [net.createServer(), net.createServer(), net.createServer()] as const;
  for (const server of servers) {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  }
  const port = (server: net.Server): number => (server.address() as net.AddressInfo).port;
  const ports: [number, number, number] = [port(servers[0]), port(servers[1]), port(servers[2])];
  for (const server of servers) {
    server.close();
    await once(server, 'close');
  }
  return ports;
}
