import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { prepare } from './prepare.mjs';
import { projectNode, projectRoot, varDir } from './project-root.mjs';

/**
 * `npm run check:upgrade [-- REF]`: the release at REF (the newest tag by default) runs under load while this checkout migrates its schema
 * and replaces its processes one by one. Exits non-zero when something is lost, repeated or refused, 2 when it cannot be tried.
 */
const git = (...args) => execFileSync('git', args, { cwd: projectRoot, encoding: 'utf8' }).trim();

try {
  const ref = process.argv[2] ?? newestTag();
  const commit = git('rev-parse', '--short', `${ref}^{commit}`);
  const old = path.join(varDir, `release-${commit}`);
  prepare();
  try {
    console.log(`building ${ref} (${commit}) …`);
    checkOut(old, commit);
    const { status } = run(old, [path.join(old, 'scripts', 'build.mjs')]);
    if (status !== 0) throw new Error(`${ref} cannot be built`);
    process.exitCode =
      run(projectRoot, [path.join(projectRoot, 'dist', 'test', 'recovery', 'upgrade.js'), old])
        .status ?? 1;
  } finally {
    git('worktree', 'remove', '--force', old);
  }
} catch (error) {
  console.error(error.message);
  process.exitCode = 2;
}

function newestTag() {
  try {
    return git('describe', '--tags', '--abbrev=0');
  } catch {
    throw new Error('there is no tag of a release: name a commit, `npm run check:upgrade -- REF`');
  }
}

/** With the packages of then; those of now do where every one of then is among them. */
function checkOut(folder, commit) {
  if (fs.existsSync(folder)) git('worktree', 'remove', '--force', folder);
  git('worktree', 'add', '--detach', '--force', folder, commit);
  const wanted = dependenciesOf(folder);
  const have = dependenciesOf(projectRoot);
  if (Object.entries(wanted).every(([name, version]) => have[name] === version)) {
    fs.symlinkSync(
      fs.realpathSync(path.join(projectRoot, 'node_modules')),
      path.join(folder, 'node_modules'),
    );
    return;
  }
  console.log('installing its packages …');
  execFileSync('npm', ['install', '--no-save', '--no-audit', '--no-fund'], {
    cwd: folder,
    stdio: 'inherit',
  });
}

function dependenciesOf(folder) {
  const text = fs.readFileSync(path.join(folder, 'package.json'), 'utf8');
  const { dependencies, devDependencies } = JSON.parse(text);
  return { ...dependencies, ...devDependencies };
}

function run(folder, args) {
  return spawnSync(projectNode, args, { cwd: folder, stdio: 'inherit' });
}
