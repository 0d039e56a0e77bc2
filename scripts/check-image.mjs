import path from 'node:path';
import { parseArgs } from 'node:util';
import { runSteps } from './check-steps.mjs';
import { ensureInstalled } from './ensure-installed.mjs';
import { baseImages } from './image/base-images.mjs';
import { buildImage } from './image/build-image.mjs';
import { containerEngine, imageDir } from './image/container-engine.mjs';
import { GatewayContainers } from './image/gateway-containers.mjs';
import * as steps from './image/image-steps.mjs';
import { startPostgres } from './postgres.mjs';
import { varDir } from './project-root.mjs';
import { takeRunLock } from './run-lock.mjs';

const HELP = `npm run check:image [-- --image NAME]

Builds docker/Dockerfile, runs it without root, capabilities or a writable file system against a PostgreSQL of its own, and
plays the sandbox's journeys through it. --image checks one that is there already. For Linux, before a release; three minutes.

Needs   Docker, or podman with buildah and runc (CONTAINER_ENGINE=docker|podman chooses). The ports 4200 to 4230 are the sandbox's.
Fetches the base images from Docker Hub; where that cannot be reached and podman is used, makes equals of them by mmdebstrap from
        Debian's packages. The build fetches the dependencies from the npm registry.
Leaves  images and logs in var/image (podman as root without systemd) or in the engine's own store.`;

const { values: options } = parseArgs({
  options: { image: { type: 'string' }, help: { type: 'boolean', default: false } },
});
if (options.help) {
  console.log(HELP);
  process.exit(0);
}

const say = (line) => console.log(`· ${line}`);
const cleanUps = [];
let ending;
const end = (code) =>
  (ending ??= (async () => {
    for (const cleanUp of cleanUps.reverse()) {
      await cleanUp().catch((error) => console.error(error));
    }
    process.exit(code);
  })());
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => void end(130));

try {
  takeRunLock(path.join(varDir, 'image.lock'));
  ensureInstalled(say);
  const engine = await containerEngine();
  say(await engine.say('--version'));
  const passed = await runSteps(stepsOf(engine), () => ending !== undefined);
  await end(passed ? 0 : 1);
} catch (error) {
  console.error(`check:image failed: ${error.message}`);
  await end(1);
}

function stepsOf(engine) {
  const image = options.image ?? 'localhost/ocpi-gateway:check';
  let bases;
  let containers;
  const build = [
    {
      title: 'base images',
      run: async () => {
        bases = await baseImages(engine, say);
        return bases.origin;
      },
    },
    { title: 'docker/Dockerfile builds', run: () => buildImage(engine, image, bases.buildArgs) },
  ];
  return [
    ...(options.image ? [] : build),
    { title: 'holds what it needs', run: () => steps.contents(engine, image) },
    { title: 'refuses to start unset', run: () => steps.refusesToStart(engine, image) },
    {
      title: 'PostgreSQL',
      run: async () => {
        const dataDir = path.join(imageDir, 'postgres');
        const postgres = await startPostgres({ dataDir, persistent: false, own: true, say });
        cleanUps.push(() => postgres.stop());
        containers = await GatewayContainers.prepare(engine, image, postgres.url);
        cleanUps.push(() => containers.removeAll());
      },
    },
    { title: 'migrations', run: () => steps.migrate(containers) },
    { title: 'healthy', run: () => steps.healthy(containers) },
    {
      title: 'unhealthy without migration',
      run: () => steps.unhealthyWithoutMigration(containers),
    },
    { title: 'confined', run: () => steps.confined(containers) },
    { title: 'smoke test', run: () => steps.smokeTest(containers) },
    { title: 'journeys', run: () => steps.journeys(containers) },
    { title: 'SIGTERM', run: () => steps.cleanStop(containers) },
    { title: 'no secret in the logs', run: () => steps.noSecretInLogs(containers) },
  ];
}
