import { type GatewaySettings } from './gateway-settings.js';

type Unchecked = {
  [K in 'kafkaBrokers' | 'kafkaSaslMechanism' | 'kafkaSaslUsername' | 'kafkaSaslPassword']?:
    GatewaySettings[K] | undefined;
};

/** What no single value of the Kafka settings shows. `problems` were found while reading: what could not be read is not missing too. */
export function kafkaRequirements(settings: Unchecked, problems: readonly string[]): string[] {
  const { kafkaBrokers, kafkaSaslMechanism, kafkaSaslUsername, kafkaSaslPassword } = settings;
  const lacksPassword =
    kafkaSaslPassword === undefined &&
    !problems.some((problem) => problem.startsWith('KAFKA_SASL_PASSWORD'));
  return [
    ...(kafkaSaslMechanism !== undefined && (kafkaSaslUsername === undefined || lacksPassword)
      ? ['KAFKA_SASL_MECHANISM needs KAFKA_SASL_USERNAME and KAFKA_SASL_PASSWORD']
      : []),
    ...(kafkaBrokers ?? [])
      .filter((broker) => !/^[^\s:/]+:\d{1,5}$|^\[[0-9a-f:]+\]:\d{1,5}$/i.test(broker))
      .map((broker) => `KAFKA_BROKERS: ${broker} is not host:port`),
  ];
}
