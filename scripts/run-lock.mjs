import fs from 'node:fs';
import path from 'node:path';
import { commandLineOf, isAlive } from './process-state.mjs';
import { projectRoot } from './project-root.mjs';

/** Another process of the same script works on the same data. */
export class AlreadyRunning extends Error {}

/**
 * Makes this process the only one that works on what `file` stands for; a lock whose process is gone is taken over. It is
 * released when the process ends. `note` adds what the next one should be told, such as an address.
 *
 * @param {string} file
 * @param {string} [script] the file name of the script that holds such locks
 * @returns {{note(text: string): void}}
 * @throws {AlreadyRunning} before anything was touched
 */
export function takeRunLock(file, script = path.basename(process.argv[1])) {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  const mine = `${file}.${process.pid}`;
  const write = (text) =>
    fs.writeFileSync(mine, JSON.stringify({ pid: process.pid, script, text }));
  write('');
  try {
    place(mine, file);
  } finally {
    fs.rmSync(mine, { force: true });
  }
  process.once('exit', () => {
    if (read(file)?.pid === process.pid) fs.rmSync(file, { force: true });
  });
  return {
    note(text) {
      write(text);
      fs.renameSync(mine, file);
    },
  };
}

/** A link appears at once and with its content, so nobody reads half a lock. */
function place(mine, file) {
  for (;;) {
    try {
      fs.linkSync(mine, file);
      return;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    const held = read(file);
    // Process ids are reused: only one that runs the same script holds it.
    if (held && isAlive(held.pid) && commandLineOf(held.pid).includes(held.script)) {
      const more = held.text ? `, ${held.text}` : '';
      const where = path.relative(projectRoot, file);
      throw new AlreadyRunning(`already running (pid ${held.pid}${more}; lock ${where})`);
    }
    fs.rmSync(file, { force: true });
  }
}

function read(file) {
  try {
    return JSON.parse(fs.readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}
