import { spawn } from 'node:child_process';
import fs from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { signal, terminate } from '../process-state.mjs';

/**
 * Starts a server in the background; what it says goes to `logFile`.
 *
 * @returns {{name: string, pid: number, stop(): Promise<void>, kill(): void, untilReady(isReady: () => Promise<boolean>, timeoutMs: number): Promise<void>}}
 *   `stop` asks by SIGTERM first; `untilReady` throws with its last words when it ends or takes too long
 */
export function startServer(name, program, args, logFile) {
  const log = fs.openSync(logFile, 'w');
  const child = spawn(program, args, { stdio: ['ignore', log, log], detached: true });
  fs.closeSync(log);
  let ended;
  child.once('error', (error) => (ended = error.message));
  child.once('exit', (code, by) => (ended = `it ended (${by ?? code})`));
  const lastWords = () => fs.readFileSync(logFile, 'utf8').trim().slice(-1500);

  return {
    name,
    pid: child.pid,
    kill: () => child.pid && signal(child.pid, 'SIGKILL'),
    async stop() {
      if (ended === undefined) await terminate(child.pid, ['SIGTERM', 'SIGKILL'], 15_000);
    },
    async untilReady(isReady, timeoutMs) {
      for (const deadline = Date.now() + timeoutMs; !(await isReady()); await sleep(100)) {
        const why =
          ended ?? (Date.now() > deadline ? `not ready after ${timeoutMs} ms` : undefined);
        if (why) throw new Error(`${name}: ${why}\n${lastWords()}`);
      }
    },
  };
}
