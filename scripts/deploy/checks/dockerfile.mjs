import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { tool } from '../tools.mjs';

/** hadolint has nothing to say about the Dockerfile, and what must hold of it holds. */
export const name = 'Dockerfile';
export const tools = ['hadolint'];

export async function check(root) {
  const file = path.join(root, 'docker', 'Dockerfile');
  const { error, stdout } = spawnSync(
    await tool('hadolint'),
    ['--no-color', '--format', 'tty', file],
    {
      encoding: 'utf8',
      timeout: 60_000,
    },
  );
  if (error) throw error;
  return [...stdout.split('\n').filter(Boolean), ...ownRules(root, fs.readFileSync(file, 'utf8'))];
}

function ownRules(root, text) {
  const problems = [];
  const final = text.slice(text.lastIndexOf('\nFROM '));
  const { dependencies, devDependencies } = JSON.parse(
    fs.readFileSync(path.join(root, 'package.json'), 'utf8'),
  );
  const wanted = { ...devDependencies, ...dependencies }.node;
  if (!text.includes(`node:${wanted}-`))
    problems.push(`the base is not Node ${wanted}, which everything is tested on`);
  if (!/^USER [1-9]\d*:[1-9]\d*$/m.test(final)) problems.push('the user is no number other than 0');
  if (!/^HEALTHCHECK /m.test(final)) problems.push('no HEALTHCHECK');
  if (!/^ENTRYPOINT \[/m.test(final))
    problems.push('the entry point is no list, so that signals end in a shell');
  if (/\b(npm|apt-get|apk)\b/.test(final)) problems.push('the last stage installs something');
  if (/<</.test(text)) problems.push('older builders know no heredoc');
  for (const [, label] of [['title'], ['version'], ['revision'], ['created']].entries())
    if (!final.includes(`org.opencontainers.image.${label}=`)) problems.push(`no label ${label}`);
  return problems;
}

export const mistakes = [
  ['a base without a version', 'node:24.21.0-bookworm-slim', 'node', /not Node|DL3006/],
  ['another Node', 'node:24.21.0-', 'node:22.1.0-', /the base is not Node/],
  ['root', 'USER 10001:10001', 'USER root', /user is no number/],
  [
    'an entry point by a shell',
    'ENTRYPOINT ["node", "/app/docker/entrypoint.mjs"]',
    'ENTRYPOINT node /app/docker/entrypoint.mjs',
    /DL3025/,
  ],
  ['sudo', 'RUN ln -s', 'RUN sudo ln -s', /DL3004/],
].map(([title, before, after, expect]) => ({
  title,
  file: 'docker/Dockerfile',
  replace: [before, after],
  expect,
}));
