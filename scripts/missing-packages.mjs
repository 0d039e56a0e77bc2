import fs from 'node:fs';
import path from 'node:path';

/**
 * Which packages of the lock under `root` are not in `node_modules` there, or in another version, by what npm noted when
 * it finished. Content counts, not age: a fresh clone's lock is younger than a tree it shares by a link. What is
 * optional may be absent, for a platform's binaries are on that platform alone.
 *
 * @param {string} root
 * @returns {string[]} paths as the lock has them
 */
export function missingPackages(root) {
  const wanted = packagesOf(path.join(root, 'package-lock.json'));
  const installed = packagesOf(path.join(root, 'node_modules', '.package-lock.json'));
  return Object.entries(wanted)
    .filter(([name]) => name !== '')
    .filter(([name, { version, optional }]) => {
      const found = installed[name];
      return found ? found.version !== version : !optional;
    })
    .map(([name]) => name);
}

/** Without the file nothing is installed. */
function packagesOf(file) {
  return fs.existsSync(file) ? JSON.parse(fs.readFileSync(file, 'utf8')).packages : {};
}
