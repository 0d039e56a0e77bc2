import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { ensureInstalled } from './ensure-installed.mjs';
import { projectNode, projectRoot, varDir } from './project-root.mjs';
import { runBuild, runChecks } from './test-checks.mjs';
import { startTestServices } from './test-services.mjs';

const TIMEOUT_MS = 22 * 60_000;
const jestArgs = process.argv.slice(2);
const everything = jestArgs.length === 0;
const resultsFile = path.join(
  varDir,
  everything ? 'test-results.json' : 'test-results-partial.json',
);

const counts = { passed: 0, failed: 0, skipped: 0 };
let jest;
let services; // a promise, so that an interruption while they start still ends them
let interrupted = false;

for (const [signal, code] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
]) {
  process.on(signal, () => {
    if (interrupted) return;
    interrupted = true;
    endJest();
    void stopServices().finally(() => process.exit(code));
  });
}

try {
  ensureInstalled();
  fs.mkdirSync(varDir, { recursive: true });
  fs.rmSync(resultsFile, { force: true });
  const failedChecks = everything ? await runChecks() : await runBuild();
  counts.failed += failedChecks.length;
  services = startTestServices();
  const { env, whyNoKafka } = await services;
  if (whyNoKafka) {
    console.log(`Kafka suites are skipped: ${whyNoKafka}`);
    if (['true', '1'].includes(process.env.CI ?? '')) {
      console.log('FAIL  CI=true demands Kafka');
      counts.failed += 1;
    }
  }
  if (!interrupted) countResults(await runJest(env));
} catch (error) {
  console.log(error.stack ?? error);
  counts.failed += 1;
} finally {
  await stopServices();
}

if (!interrupted) {
  process.exitCode = counts.failed > 0 ? 1 : 0;
  console.log(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
}

async function stopServices() {
  const started = await services?.catch(() => undefined); // its failure is reported where it is awaited
  await started?.stop();
}

/** Jest in a process group of its own, so that whatever its tests left running ends with it. */
function runJest(env) {
  return new Promise((resolve, reject) => {
    jest = spawn(
      projectNode,
      [
        '--experimental-vm-modules',
        '--disable-warning=ExperimentalWarning',
        path.join(projectRoot, 'node_modules', 'jest', 'bin', 'jest.js'),
        ...['--json', `--outputFile=${resultsFile}`, '--maxWorkers=2', '--forceExit'],
        ...jestArgs,
      ],
      {
        cwd: projectRoot,
        env: { ...process.env, NODE_ENV: 'test', ...env },
        stdio: ['ignore', 'ignore', 'inherit'], // the report goes to stderr, the JSON to the file
        detached: true,
      },
    );
    const timer = setTimeout(() => {
      console.log(`FAIL  the tests take longer than ${TIMEOUT_MS / 60_000} minutes`);
      endJest();
    }, TIMEOUT_MS);
    jest.once('error', reject);
    jest.once('exit', (code) => {
      clearTimeout(timer);
      endJest();
      resolve(code ?? 1);
    });
  });
}

function endJest() {
  if (!jest?.pid) return;
  try {
    process.kill(-jest.pid, 'SIGKILL');
  } catch {
    // the whole group has left already
  }
}

function countResults(exitCode) {
  if (!fs.existsSync(resultsFile)) {
    if (exitCode !== 0) counts.failed += 1;
    return;
  }
  const results = JSON.parse(fs.readFileSync(resultsFile, 'utf8'));
  counts.passed += results.numPassedTests;
  counts.skipped += results.numPendingTests + results.numTodoTests;
  const failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
  counts.failed += failed === 0 && exitCode !== 0 ? 1 : failed;
}
