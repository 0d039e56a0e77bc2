import { execFileSync, spawn } from 'node:child_process';
import crypto from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { kafkaProperties } from './kafka-properties.mjs';
import { commandLineOf, isAlive, signal, terminate } from './process-state.mjs';

// Twice as light as the JVM's own choices for a broker that lives for minutes.
const JVM = [
  '-XX:TieredStopAtLevel=1',
  '-XX:+UseSerialGC',
  '-Dorg.slf4j.simpleLogger.defaultLogLevel=warn',
];

/** Why the broker cannot be run on this machine's Java, or undefined when it can. */
export function whyNotOnJava() {
  for (const command of ['java', 'mvn']) {
    try {
      execFileSync(command, ['-version'], { stdio: 'ignore', timeout: 30_000 });
    } catch (error) {
      return error.code === 'ENOENT' ? `no ${command} on the PATH` : `${command} does not run`;
    }
  }
  return undefined;
}

/** The broker as a JVM of its own on `folder`; the data outlives the process. */
export function kafkaProcess({ folder, jars, port, controllerPort }) {
  const propertiesFile = path.join(folder, 'server.properties');
  const data = path.join(folder, 'data');
  const logFile = path.join(folder, 'kafka.log');
  const pidFile = path.join(folder, 'kafka.pid');
  const classPath = ['-cp', path.join(jars, '*')];
  const pid = () => {
    const recorded = fs.existsSync(pidFile) ? Number(fs.readFileSync(pidFile, 'utf8')) : undefined;
    return recorded && isAlive(recorded) && commandLineOf(recorded).includes(propertiesFile)
      ? recorded
      : undefined;
  };

  function format() {
    if (fs.existsSync(path.join(data, 'meta.properties'))) return;
    const clusterId = crypto.randomBytes(16).toString('base64url').replace(/^-/, 'A');
    const tool = ['kafka.tools.StorageTool', 'format', '-t', clusterId, '-c', propertiesFile];
    execFileSync('java', ['-Xmx128m', ...JVM, ...classPath, ...tool], { stdio: 'pipe' });
  }

  return {
    start() {
      fs.mkdirSync(folder, { recursive: true });
      fs.writeFileSync(propertiesFile, kafkaProperties({ port, controllerPort, logDir: data }));
      format();
      const log = fs.openSync(logFile, 'a');
      const child = spawn(
        'java',
        ['-Xmx256m', '-Xms64m', ...JVM, ...classPath, 'kafka.Kafka', propertiesFile],
        { cwd: folder, detached: true, stdio: ['ignore', log, log] },
      );
      fs.closeSync(log);
      child.unref();
      fs.writeFileSync(pidFile, String(child.pid));
    },
    isRunning: () => pid() !== undefined,
    /** The process id of the broker, for tests that freeze it. */
    pid,
    async stop() {
      const running = pid();
      if (running === undefined) return;
      signal(running, 'SIGCONT'); // a test may have frozen it
      await terminate(running, ['SIGTERM', 'SIGKILL'], 15_000);
    },
    async kill() {
      const running = pid();
      if (running !== undefined) await terminate(running, ['SIGKILL'], 15_000);
    },
    signalNow() {
      const running = pid();
      if (running !== undefined) signal(running, 'SIGTERM');
    },
    remove: () => fs.rmSync(folder, { recursive: true, force: true }),
    log: () => (fs.existsSync(logFile) ? fs.readFileSync(logFile, 'utf8').slice(-4000) : ''),
  };
}
