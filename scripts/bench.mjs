import { spawn } from 'node:child_process';
import { prepare } from './prepare.mjs';
import { projectNode, projectRoot } from './project-root.mjs';

/**
 * `npm run bench [-- NAME…]`: our figures beside bare references of the same run; prints a table of ratios and writes
 * var/bench.json. Ends with 0 when all benchmarks could be run, whether or not goals are met: the table says that.
 */
const args = process.argv.slice(2);
if (args.includes('--help') || args.includes('-h')) {
  console.log(`npm run bench [-- NAME…] [--memory-seconds=90] [--commands-seconds=60] [--soak-minutes=30] [--cpu-prof=DIR]

NAME                  page, fanout, ingest, tokens, authorize, commands, memory: all when none is named; soak by name only
--memory-seconds=N    how long memory is watched
--commands-seconds=N  how long partners send commands
--soak-minutes=N      how long the soak lasts
--cpu-prof=DIR        leaves CPU profiles of our processes in DIR (an absolute path)`);
  process.exit(0);
}

try {
  prepare((line) => console.log(`· ${line}`));
} catch (error) {
  console.error(error.message);
  process.exit(1);
}
// kafkajs waits for negative times, which Node 24 remarks.
const quiet = '--disable-warning=TimeoutNegativeWarning';
const child = spawn(projectNode, [quiet, 'dist/test/bench/main.js', ...args], {
  cwd: projectRoot,
  stdio: 'inherit',
  env: { ...process.env, KAFKA_BROKERS: '', DATABASE_URL: '' },
});
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
child.once('exit', (code, signal) => process.exit(signal ? 1 : (code ?? 1)));
