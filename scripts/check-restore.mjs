import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { prepare } from './prepare.mjs';
import { projectNode, projectRoot } from './project-root.mjs';

/**
 * `npm run check:restore`: dumps a database under load, restores it into another cluster, and goes on there. POSTGRES_BIN names the folder of
 * a PostgreSQL with pg_dump. Exits non-zero when something is lost, 2 when it cannot be tried.
 */
const NEEDED = ['initdb', 'postgres', 'pg_dump', 'pg_restore'];

try {
  const bin = candidates().find((folder) =>
    NEEDED.every((program) => fs.existsSync(path.join(folder, program))),
  );
  if (!bin) throw new Error(`no folder has ${NEEDED.join(', ')}: name one by POSTGRES_BIN`);
  prepare();
  const program = path.join(projectRoot, 'dist', 'test', 'recovery', 'restore.js');
  const { status } = spawnSync(projectNode, [program, bin], { cwd: projectRoot, stdio: 'inherit' });
  process.exitCode = status ?? 1;
} catch (error) {
  console.error(error.message);
  process.exitCode = 2;
}

function candidates() {
  if (process.env.POSTGRES_BIN) return [process.env.POSTGRES_BIN];
  const debian = '/usr/lib/postgresql';
  const installed = fs.existsSync(debian)
    ? fs
        .readdirSync(debian)
        .sort((a, b) => Number(b) - Number(a))
        .map((version) => path.join(debian, version, 'bin'))
    : [];
  try {
    return [execFileSync('pg_config', ['--bindir'], { encoding: 'utf8' }).trim(), ...installed];
  } catch {
    return installed;
  }
}
