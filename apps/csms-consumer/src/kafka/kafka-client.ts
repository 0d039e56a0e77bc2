import { createLogger, type KafkaSettings } from '#platform';
import { Kafka, type logCreator, logLevel, type SASLOptions } from 'kafkajs';
import { readFileSync } from 'node:fs';
import { type ConnectionOptions } from 'node:tls';
import { patchHeaderDecoding } from './patch-header-decoding.js';
import { patchRequestQueue } from './patch-request-queue.js';

/** Settings that bring client and consumer back within a second of the broker's return, measured against kafkajs 2.2.4. */
const RETRY = { initialRetryTime: 100, maxRetryTime: 1000, factor: 0.2, retries: 1000 };

export const CONSUMER_RETRY = { ...RETRY, restartOnFailure: () => Promise.resolve(true) };

export interface KafkaPatience {
  /** Before a call gives up. */
  retries?: number;
  /** For the answer to one request. */
  requestTimeoutMs?: number;
}

/** The Kafka client of this process; undefined where no brokers are set. */
export function kafkaClient(
  settings: KafkaSettings,
  { retries = RETRY.retries, requestTimeoutMs = 5000 }: KafkaPatience = {},
): Kafka | undefined {
  if (settings.kafkaBrokers.length === 0) return undefined;
  patchRequestQueue();
  patchHeaderDecoding();
  const { kafkaSaslMechanism: mechanism } = settings;
  return new Kafka({
    clientId: settings.kafkaClientId,
    brokers: settings.kafkaBrokers,
    ssl: settings.kafkaSsl && brokerTls(settings),
    ...(mechanism && {
      sasl: {
        mechanism,
        username: settings.kafkaSaslUsername ?? '',
        password: settings.kafkaSaslPassword ?? '',
      } as SASLOptions,
    }),
    connectionTimeout: 1000,
    requestTimeout: requestTimeoutMs,
    retry: { ...RETRY, retries },
    logLevel: logLevel.WARN,
    logCreator: toOurLog,
  });
}

/** Its files are read for every connection, so that replaced ones count from the next on. */
function brokerTls(settings: KafkaSettings): ConnectionOptions {
  const read = (file: string | undefined) =>
    file === undefined ? undefined : readFileSync(file, 'utf8');
  return {
    get ca() {
      return read(settings.kafkaSslCaFile);
    },
    get cert() {
      return read(settings.kafkaSslCertificateFile);
    },
    get key() {
      return read(settings.kafkaSslKeyFile);
    },
  };
}

const toOurLog: logCreator = () => {
  const log = createLogger('kafka');
  return ({ level, log: { message, timestamp: _at, ...rest } }) => {
    const fields = { detail: JSON.stringify(rest).slice(0, 1000) };
    if (level <= logLevel.ERROR) log.error(fields, message);
    else if (level === logLevel.WARN) log.warn(fields, message);
    else log.debug(fields, message);
  };
};
