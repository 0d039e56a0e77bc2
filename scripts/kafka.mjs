import fs from 'node:fs';
import path from 'node:path';
import { freePort, isPortFree } from './free-port.mjs';
import { dockerWorks, kafkaContainer } from './kafka-in-docker.mjs';
import { kafkaJars } from './kafka-jars.mjs';
import { kafkaProcess, whyNotOnJava } from './kafka-on-jdk.mjs';
import { waitForKafka } from './kafka-ready.mjs';
import { isAlive } from './process-state.mjs';
import { isMain, projectRoot, varDir } from './project-root.mjs';
import { registerService } from './running-services.mjs';

/** No Kafka can be had on this machine; the message says why and what would help. */
export class KafkaUnavailable extends Error {
  name = 'KafkaUnavailable';
}

/**
 * Starts a real one-node Apache Kafka whose data is kept under `dir`; the ports are chosen once and kept over restarts.
 *
 * With KAFKA_BROKERS in the environment nothing is started and those are returned (`kill` and `restart` then throw).
 * A broker that already runs on `dir` and belongs to a living process is shared and left alone by `stop()`.
 * Runs the jars of Maven Central on the installed Java, else the `apache/kafka` image, else throws KafkaUnavailable.
 *
 * @param {object} [options]
 * @param {string} [options.dir] default `var/kafka/broker`
 * @param {number} [options.port] default: the remembered one, else a free one
 * @param {boolean} [options.persistent] false: `stop()` removes the data
 * @param {boolean} [options.detached] leave it running when this process ends (`stopKafka` ends it)
 * @param {boolean} [options.own] start one of our own whatever KAFKA_BROKERS says
 * @param {(line: string) => void} [options.say]
 * @returns {Promise<{brokers: string, started: boolean, pid(): number | undefined, kill(): Promise<void>,
 *   stop(): Promise<void>, restart(): Promise<void>}>} `kill` is SIGKILL; `restart` starts it again, stopping it first
 *   where it still runs; both keep data and port
 */
export async function startKafka(options = {}) {
  if (process.env.KAFKA_BROKERS && !options.own) return notOurs(process.env.KAFKA_BROKERS);
  const { persistent = true, detached = false, say = console.log } = options;
  const folder = path.resolve(options.dir ?? defaultDir());
  const { broker, instance } = await brokerOn(folder, options.port, say);
  const brokers = `127.0.0.1:${instance.port}`;

  const wasRunning = broker.isRunning();
  if (wasRunning && (instance.detached || isAlive(instance.owner))) return notOurs(brokers);
  writeInstance(folder, { ...instance, owner: process.pid, detached });

  const launch = async () => {
    for (let attempt = 1; ; attempt++) {
      if (!broker.isRunning()) await broker.start();
      try {
        await waitForKafka(brokers, { timeoutMs: 60_000, stillRuns: () => broker.isRunning() });
        return;
      } catch (error) {
        const log = broker.log();
        // On a slow machine a broker may give up while it is refused as a duplicate of its killed predecessor.
        if (attempt < 3 && !broker.isRunning()) continue;
        await broker.kill();
        throw new Error(`Kafka did not start: ${error.message}\n${log}`, { cause: error });
      }
    }
  };

  const unregister = detached
    ? () => {}
    : registerService({ stop: () => stop(), signalNow: () => broker.signalNow?.() });
  const stop = async () => {
    await broker.stop();
    if (!persistent) {
      await broker.remove();
      fs.rmSync(folder, { recursive: true, force: true });
    }
    unregister();
  };
  await launch();
  return {
    brokers,
    started: true,
    pid: () => broker.pid?.(),
    kill: async () => broker.kill(),
    stop,
    restart: async () => {
      await broker.stop();
      await launch();
    },
  };
}

/** Stops the broker on `dir`, whoever started it, and with `remove` deletes its data; false when none runs there. */
export async function stopKafka(dir = defaultDir(), { remove = false } = {}) {
  const folder = path.resolve(dir);
  if (!fs.existsSync(instanceFile(folder))) return false;
  const { broker } = await brokerOn(folder, undefined, () => {});
  const running = broker.isRunning();
  if (running) await broker.stop();
  if (remove) await broker.remove();
  return running;
}

const defaultDir = () => path.join(varDir, 'kafka', 'broker');
const instanceFile = (folder) => path.join(folder, 'instance.json');

function notOurs(brokers) {
  const refuse = async () => {
    throw new Error(`the Kafka at ${brokers} was not started here`);
  };
  return {
    brokers,
    started: false,
    pid: () => undefined,
    kill: refuse,
    restart: refuse,
    stop: async () => {},
  };
}

async function brokerOn(folder, wantedPort, say) {
  const instance = fs.existsSync(instanceFile(folder))
    ? JSON.parse(fs.readFileSync(instanceFile(folder), 'utf8'))
    : {};
  const noJava = whyNotOnJava();
  if (noJava && !dockerWorks()) {
    throw new KafkaUnavailable(
      `${noJava}, and no Docker daemon answers; install a JDK with Maven, or Docker, or set KAFKA_BROKERS`,
    );
  }
  let jars;
  if (!noJava) {
    try {
      jars = await kafkaJars(say);
    } catch (error) {
      throw new KafkaUnavailable(`Maven could not fetch Kafka: ${error.message}`, { cause: error });
    }
  }
  const make = (ports) =>
    noJava ? kafkaContainer(ports) : kafkaProcess({ folder, jars, ...ports });

  let ports = { port: wantedPort ?? instance.port, controllerPort: instance.controllerPort };
  if (ports.port && ports.controllerPort && make(ports).isRunning()) {
    return { broker: make(ports), instance: { ...instance, ...ports } };
  }
  const keepOrChoose = async (port) => (port && (await isPortFree(port)) ? port : freePort());
  ports = {
    port: wantedPort ?? (await keepOrChoose(ports.port)),
    controllerPort: await keepOrChoose(ports.controllerPort),
  };
  return { broker: make(ports), instance: { ...instance, ...ports } };
}

function writeInstance(folder, instance) {
  fs.mkdirSync(folder, { recursive: true });
  fs.writeFileSync(instanceFile(folder), JSON.stringify(instance));
}

if (isMain(import.meta.url)) {
  const [command, dir] = process.argv.slice(2);
  if (command === 'up') {
    const { brokers } = await startKafka({ detached: true, ...(dir ? { dir } : {}) });
    console.log(`KAFKA_BROKERS=${brokers}`);
  } else if (command === 'down') {
    console.log((await stopKafka(dir)) ? 'stopped' : 'was not running');
  } else {
    console.error(`usage: node ${path.relative(projectRoot, process.argv[1])} up|down [DIR]`);
    process.exitCode = 2;
  }
}
