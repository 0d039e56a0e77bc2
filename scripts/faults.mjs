import { spawn } from 'node:child_process';
import path from 'node:path';
import { prepare } from './prepare.mjs';
import { projectNode, projectRoot } from './project-root.mjs';

/** `npm run faults [-- P1 P7]`: see test/faults/run.ts. Exits non-zero when a promise breaks. */
try {
  prepare();
} catch (error) {
  console.error(error.message);
  process.exit(2);
}
const child = spawn(
  projectNode,
  [path.join(projectRoot, 'dist', 'test', 'faults', 'run.js'), ...process.argv.slice(2)],
  { cwd: projectRoot, stdio: 'inherit' },
);
// The terminal sends Ctrl-C to the child as well; we wait for it to clean up.
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
child.once('exit', (code) => process.exit(code ?? 1));
