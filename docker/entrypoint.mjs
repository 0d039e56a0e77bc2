#!/usr/bin/env node
import path from 'node:path';
import { pathToFileURL } from 'node:url';

/** What the image can run. The program runs in this very process, so that it is the one that gets the signals. */
const PROGRAMS = {
  'ocpi-api': 'dist/apps/ocpi-api/src/main.js',
  'csms-consumer': 'dist/apps/csms-consumer/src/main.js',
  migrate: 'dist/libs/database/src/migrate.js',
  topics: 'dist/apps/csms-consumer/src/topics.js',
  ocpi: 'dist/apps/cli/src/main.js',
  sandbox: 'dist/apps/sandbox/src/main.js',
  'smoke-test': 'docker/smoke-test.mjs',
};

const [name = '', ...args] = process.argv.slice(2);
if (Object.hasOwn(PROGRAMS, name)) {
  const program = path.join(import.meta.dirname, '..', PROGRAMS[name]);
  process.argv = [process.argv[0], program, ...args];
  await import(pathToFileURL(program).href);
} else {
  console.error(`usage: gateway ${Object.keys(PROGRAMS).join(' | ')}`);
  process.exitCode = 2;
}
