import { spawn } from 'node:child_process';
import path from 'node:path';
import { projectNode, projectRoot } from './project-root.mjs';

const bin = (...parts) => path.join(projectRoot, 'node_modules', ...parts);

/** The checks beside the tests, in two lanes for two cores; the build comes first because tests run what it makes. */
const LANES = [
  [
    ['build', [path.join(projectRoot, 'scripts', 'build.mjs')]],
    ['typecheck', [bin('typescript', 'bin', 'tsc'), '--noEmit', '-p', 'tsconfig.json']],
    ['check:deploy', [path.join(projectRoot, 'scripts', 'check-deploy.mjs')]],
  ],
  [
    ['check:dependencies', [path.join(projectRoot, 'scripts', 'check-dependencies.mjs')]],
    ['lint', [bin('eslint', 'bin', 'eslint.js'), '.', '--max-warnings', '0']],
    [
      'format:check',
      [bin('prettier', 'bin', 'prettier.cjs'), '--check', '--log-level', 'warn', '.'],
    ],
  ],
];
const TIMEOUT_MS = 6 * 60_000;

/** Runs build, types, lint, format and the checks of deployments; resolves with the names of those that failed, their words already printed. */
export async function runChecks() {
  const failed = await Promise.all(LANES.map((lane) => runInTurn(lane)));
  return failed.flat();
}

/** Only what the tests themselves need. */
export const runBuild = () => runInTurn([LANES[0][0]]);

async function runInTurn(checks) {
  const failed = [];
  for (const [name, args] of checks) {
    const startedAt = Date.now();
    const { ok, output } = await run(args);
    const seconds = ((Date.now() - startedAt) / 1000).toFixed(1);
    console.log(`${ok ? 'pass' : 'FAIL'}  ${name} (${seconds} s)`);
    if (!ok) {
      console.log(output.trimEnd());
      failed.push(name);
    } else {
      for (const line of output.split('\n').filter((one) => one.startsWith('skip')))
        console.log(line);
    }
  }
  return failed;
}

function run(args) {
  return new Promise((resolve) => {
    const child = spawn(projectNode, args, {
      cwd: projectRoot,
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: TIMEOUT_MS,
    });
    let output = '';
    child.stdout.on('data', (chunk) => (output += chunk));
    child.stderr.on('data', (chunk) => (output += chunk));
    child.once('error', (error) => resolve({ ok: false, output: error.message }));
    child.once('close', (code, signal) => {
      if (signal) output += `\nended by ${signal}`;
      resolve({ ok: code === 0, output });
    });
  });
}
