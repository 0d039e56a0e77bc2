import fs from 'node:fs';
import path from 'node:path';
import { projectRoot } from './project-root.mjs';
import { unnoticedMistakes } from './deploy/self-test.mjs';
import { tool, ToolMissing } from './deploy/tools.mjs';

/**
 * `npm run check:deploy`: image, compose file, chart, alerts and dashboards, without a cluster. Every check is also seen to
 * refuse mistakes. Fetches its tools once into var/tools; a check whose tool cannot be had is skipped with
 * the reason, which CI=true makes a failure. Needs a build. `npm run check:deploy -- chart` runs the checks whose name contains it.
 */
const pattern = process.argv[2] ?? '';
const ci = ['true', '1'].includes(process.env.CI ?? '');
let failed = 0;

if (!fs.existsSync(path.join(projectRoot, 'dist', 'libs'))) {
  console.error('This checkout is not built yet: run `npm run build` first.');
  process.exit(1);
}
for (const subject of await checks()) {
  if (!subject.name.includes(pattern)) continue;
  const startedAt = Date.now();
  const { verdict, lines } = await outcome(subject);
  const seconds = ((Date.now() - startedAt) / 1000).toFixed(1);
  console.log(
    verdict === 'skip'
      ? `skip  check:deploy, ${subject.name}: ${lines.splice(0).join(' ')}`
      : `${verdict}  ${subject.name} (${subject.mistakes.length} mistakes refused, ${seconds} s)`,
  );
  for (const line of lines) console.log(`      ${line.replaceAll('\n', '\n      ')}`);
  if (verdict === 'FAIL' || (verdict === 'skip' && ci)) failed += 1;
}
process.exitCode = failed > 0 ? 1 : 0;

async function checks() {
  const folder = path.join(import.meta.dirname, 'deploy', 'checks');
  return Promise.all(fs.readdirSync(folder).map((file) => import(path.join(folder, file))));
}

async function outcome(subject) {
  try {
    for (const name of subject.tools) await tool(name);
    const problems = await subject.check(projectRoot);
    if (problems.length > 0) return { verdict: 'FAIL', lines: problems };
    const unnoticed = await unnoticedMistakes(projectRoot, subject);
    if (unnoticed.length > 0)
      return { verdict: 'FAIL', lines: ['mistakes go unnoticed:', ...unnoticed] };
    return { verdict: 'pass', lines: [] };
  } catch (error) {
    if (error instanceof ToolMissing) return { verdict: 'skip', lines: [error.message] };
    return { verdict: 'FAIL', lines: [error.stack] };
  }
}
