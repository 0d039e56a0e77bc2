import { fileURLToPath } from 'node:url';
import path from 'node:path';

/** Absolute path of the checkout. */
export const projectRoot = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');

/** What this run leaves behind; ignored by git. */
export const varDir = path.join(projectRoot, 'var');

/** Node 24 from the `node` package; everything but the scripts themselves runs on it. */
export const projectNode = path.join(
  projectRoot,
  'node_modules',
  '.bin',
  process.platform === 'win32' ? 'node.cmd' : 'node',
);

/** True when the module at `moduleUrl` is the one that was started from the command line. */
export function isMain(moduleUrl) {
  return (
    process.argv[1] !== undefined && path.resolve(process.argv[1]) === fileURLToPath(moduleUrl)
  );
}
