import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** A file of admin keys that is put in place whole, as Kubernetes does with secrets. */
export async function keyFile(lines: readonly string[]) {
  const directory = await mkdtemp(path.join(tmpdir(), 'admin-keys-'));
  const file = path.join(directory, 'keys');
  const write = async (changed: readonly string[]) => {
    await writeFile(`${file}.new`, changed.join('\n'));
    await rename(`${file}.new`, file);
  };
  await write(lines);
  return { path: file, write, remove: () => rm(directory, { recursive: true }) };
}
