import { execFileSync } from 'node:child_process';
import { KAFKA_VERSION } from './kafka-jars.mjs';
import { kafkaProperties } from './kafka-properties.mjs';

/** Whether a Docker daemon answers. */
export function dockerWorks() {
  try {
    execFileSync('docker', ['info'], { stdio: 'ignore', timeout: 10_000 });
    return true;
  } catch {
    return false;
  }
}

/**
 * The broker as a container, for machines with Docker and no JDK. Its network is the host's, so that the advertised
 * address is the one clients use; on Docker Desktop that needs "host networking" switched on.
 */
export function kafkaContainer({ port, controllerPort }) {
  const name = `ocpi-gateway-kafka-${port}`;
  const docker = (...args) => execFileSync('docker', args, { encoding: 'utf8', stdio: 'pipe' });
  const settings = kafkaProperties({ port, controllerPort, logDir: '/tmp/kafka-data' })
    .trim()
    .split('\n')
    .map((line) => {
      const [key, ...value] = line.split('=');
      return `KAFKA_${key.toUpperCase().replaceAll('.', '_')}=${value.join('=')}`;
    });
  const quietly = (...args) => {
    try {
      return docker(...args);
    } catch {
      return '';
    }
  };
  return {
    start() {
      if (quietly('container', 'inspect', name) !== '') {
        docker('start', name);
        return;
      }
      const environment = settings.flatMap((setting) => ['--env', setting]);
      docker(
        'run',
        '--detach',
        '--name',
        name,
        '--network',
        'host',
        ...environment,
        `apache/kafka:${KAFKA_VERSION}`,
      );
    },
    isRunning: () => quietly('inspect', '--format', '{{.State.Running}}', name).trim() === 'true',
    stop: () => quietly('stop', '--time', '15', name),
    kill: () => quietly('kill', name),
    remove: () => quietly('rm', '--force', name),
    log: () => quietly('logs', '--tail', '50', name),
  };
}
