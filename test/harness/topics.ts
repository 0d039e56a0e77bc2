import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { projectRoot } from './project-root.js';

/** Makes the contract's topics by the product's own command, with the environment of the processes. */
export async function makeTopics(env: Record<string, string>): Promise<void> {
  const script = path.join(projectRoot, 'dist', 'apps', 'csms-consumer', 'src', 'topics.js');
  const child = spawn(process.execPath, [script], {
    cwd: projectRoot,
    env: { PATH: process.env['PATH'] ?? '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (said += text));
  }
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code !== 0) throw new Error(`the topics could not be made:\n${said}`);
}
