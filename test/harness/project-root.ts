import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** The checkout, found from the sources as well as from `dist`. */
export const projectRoot = findRoot(path.dirname(fileURLToPath(import.meta.url)));

/** The address by which a script of the project is imported, the same from the sources and from `dist`. */
export const scriptUrl = (name: string): string =>
  pathToFileURL(path.join(projectRoot, 'scripts', name)).href;

function findRoot(folder: string): string {
  if (fs.existsSync(path.join(folder, 'package.json'))) return folder;
  const parent = path.dirname(folder);
  if (parent === folder) throw new Error('no package.json above the test harness');
  return findRoot(parent);
}
