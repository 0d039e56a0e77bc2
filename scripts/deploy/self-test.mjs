import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

/** What checks read; a copy of it is broken on purpose. */
const PARTS = ['helm', 'docker', 'docs/operations.md', 'package.json'];

/**
 * Plants each mistake of a check in a copy of the project: the check must complain of it. `only`, where a mistake has one,
 * spares the check what the mistake does not touch.
 *
 * @param {string} root the project
 * @param {{check(root: string): Promise<string[]>, mistakes: object[]}} subject
 * @returns {Promise<string[]>} mistakes that went unnoticed
 */
export async function unnoticedMistakes(root, { check, mistakes }) {
  const unnoticed = [];
  for (const { title, file, replace, edits = [[file, ...replace]], expect, only } of mistakes) {
    const copy = fs.mkdtempSync(path.join(os.tmpdir(), 'ocpi-mistake-'));
    try {
      for (const part of PARTS)
        fs.cpSync(path.join(root, part), path.join(copy, part), { recursive: true });
      for (const [name, before, after] of edits) edit(path.join(copy, name), before, after);
      const said = await check(copy, only);
      for (const wanted of [expect].flat())
        if (!said.some((problem) => wanted.test(problem)))
          unnoticed.push(
            `${title}: ${wanted} was expected, ${said.length === 0 ? 'nothing was said' : `said was:\n${said.join('\n')}`}`,
          );
    } finally {
      fs.rmSync(copy, { recursive: true, force: true });
    }
  }
  return unnoticed;
}

/** Replaces in a file; throws when there is nothing to replace, for then the mistake was not planted. */
function edit(file, before, after) {
  const text = fs.readFileSync(file, 'utf8');
  const changed = text.replace(before, after);
  if (changed === text) throw new Error(`${file} has no ${before} to be replaced`);
  fs.writeFileSync(file, changed);
}
