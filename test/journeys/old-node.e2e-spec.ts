import { spawnSync } from 'node:child_process';
import { projectRoot } from '../harness/project-root.js';

const PRETEND = `data:text/javascript,
  for (const [holder, name, value] of [[process.versions, 'node', '20.20.2'], [process, 'version', 'v20.20.2']])
    Object.defineProperty(holder, name, { value });`;

describe('an older Node than the applications are made for', () => {
  it.each(['ocpi-api', 'csms-consumer'])('is told to whoever starts %s on it', (app) => {
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      ['--import', PRETEND, `apps/${app}/src/main.ts`],
      { cwd: projectRoot, encoding: 'utf8', env: { ...process.env, NODE_OPTIONS: '' } },
    );

    expect({ status, stdout, stderr: stderr.trim() }).toEqual({
      status: 1,
      stdout: '',
      stderr: `${app} needs Node 24 or newer, and this is v20.20.2: node_modules/.bin/node is one`,
    });
  });
});
