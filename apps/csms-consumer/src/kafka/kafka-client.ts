import { createLogger, type KafkaSettings, readPemFiles, setFiles } from '#platform';
import { Kafka, type logCreator, logLevel, type SASLOptions } from 'kafkajs';
import { type ConnectionOptions, createSecureContext } from 'node:tls';
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

/** The Kafka client of this process; undefined where no brokers are set. @throws SettingsError or of OpenSSL for bad TLS files */
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

/** Its files are read for every connection: replaced ones count from the next on, and those before as long as they are unusable. */
function brokerTls(settings: KafkaSettings): ConnectionOptions {
  const files = setFiles({
    KAFKA_SSL_CA_FILE: settings.kafkaSslCaFile,
    KAFKA_SSL_CERTIFICATE_FILE: settings.kafkaSslCertificateFile,
    KAFKA_SSL_KEY_FILE: settings.kafkaSslKeyFile,
  });
  const read = () => {
    const texts = readPemFiles(files);
    return createSecureContext({
      ca: texts['KAFKA_SSL_CA_FILE'],
      cert: texts['KAFKA_SSL_CERTIFICATE_FILE'],
      key: texts['KAFKA_SSL_KEY_FILE'],
    });
  };
  let context = read();
  return {
    get secureContext() {
      try {
        context = read();
      } catch (error) {
        createLogger('kafka').error({ err: error }, 'replaced files cannot be used yet');
      }
      return context;
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
