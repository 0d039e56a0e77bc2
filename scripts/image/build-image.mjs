import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { projectRoot } from '../project-root.mjs';
import { imageDir } from './container-engine.mjs';

const BUILD_TIMEOUT_MS = 20 * 60_000;

/** Builds docker/Dockerfile as it is, with no layer of an earlier build. */
export async function buildImage(engine, tag, buildArgs) {
  const revision = execFileSync('git', ['rev-parse', 'HEAD'], {
    cwd: projectRoot,
    encoding: 'utf8',
  });
  const args = { ...buildArgs, VERSION: version(), REVISION: revision.trim() };
  await engine.work(
    [
      'build',
      ...['--no-cache', '--file', path.join(projectRoot, 'docker', 'Dockerfile'), '--tag', tag],
      ...Object.entries(args).flatMap(([name, value]) => ['--build-arg', `${name}=${value}`]),
      ...(engine.isPodman ? podmanFlags() : []),
      projectRoot,
    ],
    BUILD_TIMEOUT_MS,
  );
  // Stages and earlier images, half a gigabyte each time.
  if (engine.isOurs) await engine.say('image', 'prune', '--force');
}

export function version() {
  const file = path.join(projectRoot, 'package.json');
  return JSON.parse(fs.readFileSync(file, 'utf8')).version;
}

/** `docker`, for OCI's own format has no HEALTHCHECK; and where this machine trusts a certificate authority of its own, so must npm. */
function podmanFlags() {
  const flags = ['--format', 'docker', '--network=host', '--pull-never'];
  const authorities = process.env.NODE_EXTRA_CA_CERTS;
  if (!authorities) return flags;
  const npmrc = path.join(imageDir, 'npmrc');
  fs.writeFileSync(npmrc, 'cafile=/etc/npm-authorities.pem\n');
  const certificates = fs.realpathSync(authorities);
  const mounts = [
    `${certificates}:/etc/npm-authorities.pem:ro`,
    `${npmrc}:/usr/local/etc/npmrc:ro`,
  ];
  return [...flags, ...mounts.flatMap((mount) => ['--volume', mount])];
}
