// Licences and known vulnerabilities of what runs in production. Without the registry's answer the second part is skipped
// with the reason.
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import {
  acceptanceProblems,
  advisoryProblems,
  licenceProblems,
} from './dependencies/dependency-rules.mjs';
import { projectRoot } from './project-root.mjs';

const TIMEOUT_MS = 60_000;
const read = (file) => JSON.parse(readFileSync(path.join(projectRoot, file), 'utf8'));

const accepted = read('scripts/dependencies/accepted-advisories.json');
const today = new Date().toISOString().slice(0, 10);
const problems = licenceProblems(read('package-lock.json'));
const { audit, whyNot } = await auditOfRegistry();
if (audit) problems.push(...advisoryProblems(audit, accepted, today));
else problems.push(...acceptanceProblems(accepted, today));

for (const problem of problems) console.log(problem);
console.log(
  audit
    ? `dependencies: ${audit.metadata?.dependencies?.prod ?? '?'} in production asked about`
    : `skip  known vulnerabilities are not looked up: ${whyNot}`,
);
process.exitCode = problems.length > 0 ? 1 : 0;

/** npm answers in JSON whether it found something, nothing, or no registry. */
async function auditOfRegistry() {
  try {
    const { stdout } = await promisify(execFile)(
      'npm',
      ['audit', '--omit=dev', '--json', '--audit=true'],
      { cwd: projectRoot, timeout: TIMEOUT_MS, maxBuffer: 64 * 1024 * 1024 },
    ).catch((error) => (error.stdout ? error : Promise.reject(error)));
    const answer = JSON.parse(stdout);
    if (answer.vulnerabilities) return { audit: answer };
    return { whyNot: answer.error?.summary || answer.message || 'the registry has no answer' };
  } catch (error) {
    return { whyNot: String(error.message).split('\n')[0] };
  }
}
