import { scriptUrl } from './project-root.js';

export interface LocalPostgres {
  url: string;
  stop(): Promise<void>;
  /** SIGKILL; start it again on the same `dataDir`. */
  kill(): Promise<void>;
}

export interface LocalKafka {
  brokers: string;
  /** The broker's process, to freeze it with SIGSTOP and SIGCONT. */
  pid(): number | undefined;
  kill(): Promise<void>;
  stop(): Promise<void>;
  restart(): Promise<void>;
}

interface PostgresScript {
  startPostgres: (options: object) => Promise<LocalPostgres>;
}
interface KafkaScript {
  startKafka: (options: object) => Promise<LocalKafka>;
}

const quiet = (): void => undefined;

/**
 * A PostgreSQL of the caller's own, whatever DATABASE_URL says: for tests that break it. `dataDir` is kept by `stop`. With `binDir`
 * it is that of the machine.
 */
export async function startOwnPostgres(dataDir: string, binDir?: string): Promise<LocalPostgres> {
  const { startPostgres } = (await import(scriptUrl('postgres.mjs'))) as PostgresScript;
  return startPostgres({ dataDir, own: true, say: quiet, ...(binDir !== undefined && { binDir }) });
}

/** A Kafka of the caller's own, whatever KAFKA_BROKERS says: for tests that break it. `stop` removes its data. */
export async function startOwnKafka(dir: string): Promise<LocalKafka> {
  const { startKafka } = (await import(scriptUrl('kafka.mjs'))) as KafkaScript;
  return startKafka({ dir, own: true, persistent: false, say: quiet });
}
