import fs from 'node:fs';
import path from 'node:path';
import { KafkaUnavailable, startKafka, stopKafka } from './kafka.mjs';
import { startPostgres, stopPostgres } from './postgres.mjs';
import { isAlive } from './process-state.mjs';
import { varDir } from './project-root.mjs';

const PREFIX = 'test-run-';
const runFolder = path.join(varDir, `${PREFIX}${process.pid}`);

/**
 * A throw-away PostgreSQL and Kafka for one run of the tests, with what the tests find in their environment.
 * Where no Kafka can be had `whyNoKafka` says why; any other failure is thrown.
 *
 * @returns {Promise<{env: Record<string, string>, whyNoKafka: string | undefined, stop(): Promise<void>}>}
 */
export async function startTestServices() {
  await sweep();
  fs.mkdirSync(runFolder, { recursive: true });
  const [postgres, kafka] = await Promise.allSettled([
    startPostgres({
      dataDir: path.join(runFolder, 'postgres'),
      persistent: false,
      database: 'tests',
    }),
    startKafka({ dir: path.join(runFolder, 'kafka'), persistent: false }),
  ]);
  const stop = async () => {
    const running = [postgres, kafka].flatMap(({ value }) => (value ? [value] : []));
    await Promise.allSettled(running.map((service) => service.stop()));
    fs.rmSync(runFolder, { recursive: true, force: true });
  };
  const whyNoKafka = kafka.reason instanceof KafkaUnavailable ? kafka.reason.message : undefined;
  const failure = postgres.reason ?? (whyNoKafka ? undefined : kafka.reason);
  if (failure) {
    await stop();
    throw failure;
  }
  return {
    env: {
      DATABASE_URL: postgres.value.url,
      ...(whyNoKafka ? { KAFKA_UNAVAILABLE: whyNoKafka } : { KAFKA_BROKERS: kafka.value.brokers }),
    },
    whyNoKafka,
    stop,
  };
}

/** Ends what a killed run left behind. */
async function sweep() {
  if (!fs.existsSync(varDir)) return;
  for (const name of fs.readdirSync(varDir)) {
    if (!name.startsWith(PREFIX) || isAlive(Number(name.slice(PREFIX.length)))) continue;
    const folder = path.join(varDir, name);
    await stopPostgres(path.join(folder, 'postgres'), { remove: true });
    await stopKafka(path.join(folder, 'kafka')).catch(() => {});
    fs.rmSync(folder, { recursive: true, force: true });
  }
}
