import fs from 'node:fs';
import path from 'node:path';
import { startOwnKafka, startOwnPostgres } from '../harness/local-services.js';
import { projectRoot, scriptUrl } from '../harness/project-root.js';

export interface BenchServices {
  /** Started when first asked for. */
  brokers(): Promise<string>;
  stop(): Promise<void>;
}

/** A PostgreSQL of this run with its durability untouched (fsync on), behind DATABASE_URL; and a Kafka on demand. */
export async function startServices(): Promise<BenchServices> {
  const folder = path.join(projectRoot, 'var', 'bench', String(process.pid)); // runs may overlap
  const dataDir = path.join(folder, 'postgres');
  const postgres = await startOwnPostgres(dataDir);
  process.env['DATABASE_URL'] = postgres.url;
  let kafka: ReturnType<typeof startOwnKafka> | undefined;
  return {
    brokers: async () => (await (kafka ??= startOwnKafka(path.join(folder, 'kafka')))).brokers,
    stop: async () => {
      await kafka?.then((started) => started.stop()).catch(() => undefined);
      await postgres.stop();
      await removePostgres(dataDir);
      fs.rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function removePostgres(dataDir: string): Promise<void> {
  const { stopPostgres } = (await import(scriptUrl('postgres.mjs'))) as {
    stopPostgres: (dataDir: string, options: { remove: boolean }) => Promise<boolean>;
  };
  await stopPostgres(dataDir, { remove: true });
}
