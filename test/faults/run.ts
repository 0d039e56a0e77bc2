import { runMigrations } from '#database';
import crypto from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import pg from 'pg';
import { startOwnKafka, startOwnPostgres } from '../harness/local-services.js';
import { projectRoot } from '../harness/project-root.js';
import { p1 } from './p1-committed-events.js';
import { p10 } from './p10-server-away.js';
import { p11 } from './p11-rolling-restart.js';
import { p12 } from './p12-crawl-during-writes.js';
import { p2 } from './p2-newest-state.js';
import { p3 } from './p3-one-in-flight.js';
import { p4 } from './p4-bounded-backlog.js';
import { p5 } from './p5-bad-partner.js';
import { p6 } from './p6-soon-told.js';
import { p7 } from './p7-cdr-once.js';
import { p8 } from './p8-one-outcome.js';
import { p9 } from './p9-poisoned-message.js';
import { type FaultServers, type FaultTest, type PromiseResult } from './promise-result.js';
import { writeResults } from './write-results.js';

/** `npm run faults [-- P1 P7]`: tries the promises on real processes and writes `var/faults.json`; others keep their rows there. */
const TESTS: FaultTest[] = [p1, p2, p3, p4, p5, p6, p7, p8, p9, p10, p11, p12];
const folder = path.join(projectRoot, 'var', `faults-${process.pid}`);
const say = (line: string): void => console.log(line);

const wanted = process.argv.slice(2).map((name) => name.toUpperCase());
const unknown = wanted.filter((name) => TESTS.every(({ id }) => id !== name));
if (unknown.length > 0) {
  console.error(
    `no such promise: ${unknown.join(', ')}; there are ${TESTS.map(({ id }) => id).join(', ')}`,
  );
  process.exit(2);
}

const results: PromiseResult[] = [];
const { servers, stop } = await startOwnServers();
let isStopping = false;
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    if (isStopping) return;
    isStopping = true;
    void stop().finally(() => process.exit(130));
  });
}
try {
  for (const test of TESTS.filter(({ id }) => wanted.length === 0 || wanted.includes(id))) {
    say(`${test.id}: ${test.title} …`);
    const startedAt = Date.now();
    const result = await test.run(servers).catch((error: unknown) => broken(test.id, error));
    results.push(result);
    writeResults(results);
    const seconds = ((Date.now() - startedAt) / 1000).toFixed(0);
    say(`${test.id}: ${result.held ? 'held' : 'BROKEN'} after ${seconds} s. ${result.note}\n`);
  }
} finally {
  await stop();
}
console.table(
  Object.fromEntries(
    results.map(({ promise, tries, lost, repeated, held }) => [
      promise,
      { tries, lost, repeated, held },
    ]),
  ),
);
process.exit(results.every(({ held }) => held) ? 0 : 1);

function broken(promise: string, error: unknown): PromiseResult {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { promise, tries: 0, lost: 0, repeated: 0, held: false, note: `did not run: ${text}` };
}

/** As production runs them, with fsync, but of our own, so that they may be killed. */
async function startOwnServers(): Promise<{ servers: FaultServers; stop: () => Promise<void> }> {
  const postgresFolder = path.join(folder, 'postgres');
  const [first, kafka] = await Promise.all([
    startOwnPostgres(postgresFolder),
    startOwnKafka(path.join(folder, 'kafka')),
  ]);
  let postgres = first;
  const servers: FaultServers = {
    get postgres() {
      return postgres;
    },
    async restartPostgres() {
      postgres = await startOwnPostgres(postgresFolder);
    },
    kafka,
    async fresh() {
      const name = `faults_${crypto.randomBytes(6).toString('hex')}`;
      const admin = new pg.Client({ connectionString: postgres.url });
      await admin.connect();
      await admin.query(`CREATE DATABASE ${name}`);
      await admin.end();
      const url = new URL(postgres.url);
      url.pathname = `/${name}`;
      await runMigrations(url.href);
      return {
        databaseUrl: url.href,
        brokers: kafka.brokers.split(','),
        topicPrefix: `${name.replace('_', '-')}.`,
      };
    },
    say,
  };
  const stop = async (): Promise<void> => {
    await Promise.allSettled([postgres.stop(), kafka.stop()]);
    fs.rmSync(folder, { recursive: true, force: true });
  };
  return { servers, stop };
}
