import fs from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { projectRoot } from './project-root.mjs';

// `node scripts/run-built.mjs FILE ARGS…`: runs a compiled program, or says how to compile it.
const [file, ...args] = process.argv.slice(2);
const program = path.join(projectRoot, 'dist', file);
if (fs.existsSync(program)) {
  process.argv = [process.argv[0], program, ...args];
  await import(pathToFileURL(program).href);
} else {
  console.error('This checkout is not built yet: run `npm run build` first.');
  process.exitCode = 1;
}
