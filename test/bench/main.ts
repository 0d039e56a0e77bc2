import { parseArgs } from 'node:util';
import { authorize } from './authorize/authorize.js';
import { type Benchmark, benchContext } from './bench-context.js';
import { commands } from './commands/commands.js';
import { fanout } from './fanout/fanout.js';
import { ingest } from './ingest/ingest.js';
import { memory } from './memory/memory.js';
import { page } from './page/page.js';
import { type BenchRow, loadAverage, printTable, writeReport } from './report.js';
import { startServices } from './services.js';
import { soak } from './soak/soak.js';
import { tokens } from './tokens/tokens.js';

const BENCHMARKS: Record<string, Benchmark> = {
  page,
  fanout,
  ingest,
  tokens,
  authorize,
  commands,
  memory,
  soak,
};
/** Half an hour, so only by name. */
const BY_NAME_ONLY = ['soak'];

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    'memory-seconds': { type: 'string', default: '90' },
    'commands-seconds': { type: 'string', default: '60' },
    'soak-minutes': { type: 'string', default: '30' },
    'cpu-prof': { type: 'string' },
  },
});
const names =
  positionals.length > 0
    ? positionals
    : Object.keys(BENCHMARKS).filter((name) => !BY_NAME_ONLY.includes(name));
const unknown = names.filter((name) => !Object.hasOwn(BENCHMARKS, name));
if (unknown.length > 0) {
  console.error(
    `no benchmark ${unknown.join(', ')}; there are ${Object.keys(BENCHMARKS).join(', ')}`,
  );
  process.exit(2);
}
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(130));

const services = await startServices();
const rows: BenchRow[] = [];
const ran: string[] = [];
try {
  for (const name of names) await run(name);
} finally {
  await services.stop();
}
printTable(rows);
writeReport(rows, ran);
const missed = rows.filter(({ met }) => met === false);
const failed = names.filter((name) => !ran.includes(name));
if (failed.length > 0) console.log(`could not be run: ${failed.join(', ')}`);
console.log(
  missed.length === 0
    ? `every goal of ${ran.length} benchmarks is met`
    : `${missed.length} goals missed: ${missed.map((row) => row.name).join('; ')}`,
);
process.exit(process.exitCode ?? 0);

async function run(name: string): Promise<void> {
  console.log(`${name} (load average ${loadAverage()})`);
  const startedAt = Date.now();
  const { context, close } = benchContext(
    {
      memorySeconds: Number(values['memory-seconds']),
      commandsSeconds: Number(values['commands-seconds']),
      soakMinutes: Number(values['soak-minutes']),
      ...(values['cpu-prof'] !== undefined && { cpuProfiles: values['cpu-prof'] }),
    },
    () => services.brokers(),
  );
  try {
    rows.push(...((await BENCHMARKS[name]?.(context)) ?? []));
    ran.push(name);
  } catch (error) {
    console.error(`${name} failed:`, error);
    process.exitCode = 1;
  } finally {
    await close();
  }
  const seconds = Math.round((Date.now() - startedAt) / 1000);
  context.say(`took ${seconds} s (load average ${loadAverage()})`);
}
