import { createLogger, type GatewaySettings } from '#platform';
import { Kafka, logLevel, type SASLOptions } from 'kafkajs';

/** A client for the outbox alone: short timeouts, so that it notices within seconds when a broker goes and comes. */
export function outboxKafka(settings: GatewaySettings): Kafka {
  const { kafkaSaslMechanism: mechanism, kafkaSaslUsername, kafkaSaslPassword } = settings;
  const log = createLogger('csms-outbox');
  return new Kafka({
    clientId: settings.kafkaClientId,
    brokers: settings.kafkaBrokers,
    ssl: settings.kafkaSsl,
    ...(mechanism && {
      sasl: {
        mechanism,
        username: kafkaSaslUsername ?? '',
        password: kafkaSaslPassword ?? '',
      } as SASLOptions,
    }),
    connectionTimeout: 1000,
    requestTimeout: 5000,
    // What goes wrong comes back as an error of the send; kafkajs would tell each of its retries as an error too.
    logLevel: logLevel.ERROR,
    logCreator:
      () =>
      ({ log: { message, error } }) =>
        log.debug({ reason: error as unknown }, message),
  });
}
