import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { projectRoot } from './project-root.js';
import { eventually } from './wait-for.js';

/** A script that takes the lock, says so, and stays until its input ends. */
const HOLDER = `
import { takeRunLock } from '${path.join(projectRoot, 'scripts', 'run-lock.mjs')}';
try {
  takeRunLock(process.argv[2]).note('admin http://127.0.0.1:1');
  console.log('mine');
  process.stdin.resume().on('end', () => process.exit(0));
} catch (error) {
  console.log(error.message);
  process.exit(1);
}`;

describe('the lock of a script that only one may run', () => {
  let folder: string;
  let holder: string;
  let lock: string;
  beforeAll(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'run-lock-'));
    holder = path.join(folder, 'holder.mjs');
    lock = path.join(folder, 'run.lock');
    writeFileSync(holder, HOLDER);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const second = (): string =>
    spawnSync(process.execPath, [holder, lock], { encoding: 'utf8', input: '' }).stdout.trim();

  it('names the one who holds it, is left to the next by one that ended, and taken from one that was killed', async () => {
    const first = spawn(process.execPath, [holder, lock], { stdio: ['pipe', 'pipe', 'inherit'] });
    let said = '';
    first.stdout.on('data', (text: Buffer) => (said += text.toString()));
    await eventually(() => expect(said.trim()).toBe('mine'));

    const refused = second();
    first.kill('SIGKILL');
    await new Promise((resolve) => first.once('exit', resolve));
    const afterKill = second();

    expect(refused).toContain(`already running (pid ${first.pid}, admin http://127.0.0.1:1;`);
    expect(afterKill).toBe('mine');
    expect(existsSync(lock)).toBe(false);
    expect(second()).toBe('mine');
  });
});
