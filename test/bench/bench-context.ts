import { createTestDatabase, type TestDatabase } from '../harness/database.js';
import { type AppProcess, startServers, type Servers } from '../harness/servers.js';
import { type BenchRow } from './report.js';

/** What a benchmark may use; everything it opens through it is closed after it, last opened first. */
export interface BenchContext {
  options: BenchOptions;
  /** `host:port,…` of a Kafka of this run. */
  brokers(): Promise<string>;
  /** A migrated database on a cluster with production durability. */
  database(): Promise<TestDatabase>;
  servers(options: Parameters<typeof startServers>[0]): Promise<Servers>;
  closeLater(close: () => Promise<unknown>): void;
  say(line: string): void;
}

export interface BenchOptions {
  /** How long `memory` runs. */
  memorySeconds: number;
  /** How long `commands` goes on. */
  commandsSeconds: number;
  /** How long `soak` goes on. */
  soakMinutes: number;
  /** Folder for CPU profiles of our processes. */
  cpuProfiles?: string;
}

export type Benchmark = (context: BenchContext) => Promise<BenchRow[]>;

/**
 * What a process may use of a machine is for the operator to say; without a limit V8 lets garbage lie for as long as the
 * machine has memory, and glibc keeps what each thread once had. With these, resident memory shows what is needed.
 */
const HEAP_LIMITS = '--max-old-space-size=160 --max-semi-space-size=16';

export const BENCH_ENCRYPTION_KEY = Buffer.alloc(32, 5).toString('base64');

/** A context and the way to close it. */
export function benchContext(
  options: BenchOptions,
  brokers: () => Promise<string>,
): { context: BenchContext; close: () => Promise<void> } {
  const closers: (() => Promise<unknown>)[] = [];
  const context: BenchContext = {
    options,
    brokers,
    async database() {
      const database = await createTestDatabase();
      closers.push(() => database.drop());
      return database;
    },
    async servers(given) {
      const profiling = options.cpuProfiles
        ? ` --cpu-prof --cpu-prof-dir=${options.cpuProfiles}`
        : '';
      const servers = await startServers({
        ...given,
        env: {
          NODE_ENV: 'production',
          OCPI_ENVIRONMENT: 'production',
          OCPI_ENCRYPTION_KEY: BENCH_ENCRYPTION_KEY,
          OCPI_CSMS_OUT: 'http',
          DATABASE_POOL_SIZE: '20',
          NODE_OPTIONS: HEAP_LIMITS + profiling,
          MALLOC_ARENA_MAX: '2',
          ...given.env,
        },
      });
      closers.push(() => stopWithin(servers));
      return servers;
    },
    closeLater: (close) => void closers.push(close),
    say: (line) => console.log(`  ${line}`),
  };
  const close = async () => {
    for (const closer of closers.reverse()) {
      await closer().catch((error: unknown) => console.error(error));
    }
  };
  return { context, close };
}

/** An application that does not end is worth a line, not a hanging benchmark. */
async function stopWithin(servers: Servers): Promise<void> {
  const apps: AppProcess[] = [servers.api, ...servers.consumers];
  const timer = setTimeout(() => {
    console.error('an application did not end within 30 s and is killed');
    for (const app of apps) app.signal('SIGKILL');
  }, 30_000);
  await servers.stop();
  clearTimeout(timer);
}
