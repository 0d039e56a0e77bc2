import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { ensureInstalled } from './ensure-installed.mjs';
import { isMain, projectNode, projectRoot } from './project-root.mjs';

/** What the code reads at run time beside what tsc compiles. */
const ASSET = /\.(json|html|css|svg|sql|ya?ml)$/;

/**
 * Compiles `apps` and `libs` into `dist` (incrementally) and copies their assets there.
 *
 * @returns {{ok: boolean, output: string}} the compiler's words when it complains
 */
export function build() {
  const dist = path.join(projectRoot, 'dist');
  // Without the outputs the compiler's record of what is up to date is worth nothing.
  if (!fs.existsSync(path.join(dist, 'libs'))) fs.rmSync(dist, { recursive: true, force: true });
  const tsc = path.join(projectRoot, 'node_modules', 'typescript', 'bin', 'tsc');
  const { status, stdout, stderr } = spawnSync(
    projectNode,
    [tsc, '-p', 'tsconfig.build.json', '--pretty', 'false'],
    { cwd: projectRoot, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] },
  );
  removeOrphans(dist);
  copyAssets();
  return { ok: status === 0, output: `${stdout ?? ''}${stderr ?? ''}` };
}

function sourceFolders() {
  return ['apps', 'libs'].flatMap((kind) => {
    const parent = path.join(projectRoot, kind);
    if (!fs.existsSync(parent)) return [];
    return fs
      .readdirSync(parent)
      .map((name) => path.join(kind, name, 'src'))
      .filter((folder) => fs.existsSync(path.join(projectRoot, folder)));
  });
}

function filesUnder(folder) {
  if (!fs.existsSync(folder)) return [];
  return fs
    .readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath ?? entry.path, entry.name));
}

function copyAssets() {
  for (const folder of sourceFolders()) {
    for (const file of filesUnder(path.join(projectRoot, folder))) {
      if (!ASSET.test(file)) continue;
      const target = path.join(projectRoot, 'dist', path.relative(projectRoot, file));
      fs.mkdirSync(path.dirname(target), { recursive: true });
      fs.copyFileSync(file, target);
    }
  }
}

/** tsc leaves the output of deleted sources behind; a migration loaded by folder would still run. */
function removeOrphans(dist) {
  for (const kind of ['apps', 'libs']) {
    for (const file of filesUnder(path.join(dist, kind))) {
      if (!file.endsWith('.js')) continue;
      const source = path.join(projectRoot, path.relative(dist, file)).replace(/\.js$/, '.ts');
      if (fs.existsSync(source)) continue;
      fs.rmSync(file);
      fs.rmSync(`${file}.map`, { force: true });
    }
  }
}

if (isMain(import.meta.url)) {
  try {
    ensureInstalled();
    const startedAt = Date.now();
    const { ok, output } = build();
    process.stdout.write(output);
    console.log(ok ? `built in ${((Date.now() - startedAt) / 1000).toFixed(1)} s` : 'build failed');
    process.exitCode = ok ? 0 : 1;
  } catch (error) {
    console.error(error.message);
    process.exitCode = 1;
  }
}
