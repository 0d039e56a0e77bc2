import { spawn } from 'node:child_process';
import path from 'node:path';

/**
 * Runs a program to its end and resolves with what it said. One that does not exit with 0 throws with its last words, unless
 * `mayFail`; one that takes longer than `timeoutMs` is killed with everything it started.
 *
 * @param {string} program
 * @param {string[]} args
 * @param {{cwd?: string, env?: object, input?: string, timeoutMs?: number, mayFail?: boolean}} [options] `env` is added to ours
 * @returns {Promise<{status: number | null, stdout: string, stderr: string}>} `status` is null for one that was killed
 */
export function runProgram(program, args, options = {}) {
  const { cwd, env, input, timeoutMs = 300_000, mayFail = false } = options;
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd,
      env: { ...process.env, ...env },
      stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
      detached: true, // a group of its own, which a timeout or the end of this script kills as a whole
    });
    const killGroup = () => {
      try {
        process.kill(-child.pid, 'SIGKILL');
      } catch {
        // gone already
      }
    };
    process.once('exit', killGroup);
    const timer = setTimeout(killGroup, timeoutMs);
    const said = { stdout: '', stderr: '' };
    for (const stream of ['stdout', 'stderr']) {
      child[stream].setEncoding('utf8');
      child[stream].on('data', (chunk) => (said[stream] += chunk));
    }
    child.stdin?.on('error', () => {}); // a program that ends before it has read everything says why itself
    child.stdin?.end(input);
    child.once('error', (error) => {
      clearTimeout(timer);
      process.off('exit', killGroup);
      reject(new Error(`${program} could not be run: ${error.message}`, { cause: error }));
    });
    child.once('close', (status, signal) => {
      clearTimeout(timer);
      process.off('exit', killGroup);
      if (status === 0 || mayFail) return resolve({ status, ...said });
      const words = `${said.stdout}\n${said.stderr}`.trim().slice(-3000);
      const name = [path.basename(program), ...args.slice(0, 3)].join(' ');
      reject(new Error(`${name} failed (${signal ?? status}): ${words}`));
    });
  });
}
