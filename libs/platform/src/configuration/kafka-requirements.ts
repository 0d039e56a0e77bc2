import { type GatewaySettings } from './gateway-settings.js';
import { pairProblem } from './tls-settings.js';

type Unchecked = {
  [
    K in
      | 'kafkaBrokers'
      | 'kafkaSaslMechanism'
      | 'kafkaSaslUsername'
      | 'kafkaSaslPassword'
      | 'kafkaSsl'
      | 'kafkaSslCaFile'
      | 'kafkaSslCertificateFile'
      | 'kafkaSslKeyFile'
  ]?: GatewaySettings[K] | undefined;
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
    ...pairProblem('KAFKA_SSL', settings.kafkaSslCertificateFile, settings.kafkaSslKeyFile),
    ...(settings.kafkaSsl === false && (settings.kafkaSslCaFile ?? settings.kafkaSslKeyFile)
      ? ['KAFKA_SSL_CA_FILE, KAFKA_SSL_CERTIFICATE_FILE and KAFKA_SSL_KEY_FILE need KAFKA_SSL=true']
      : []),
    ...(kafkaBrokers ?? [])
      .filter((broker) => !/^[^\s:/]+:\d{1,5}$|^\[[0-9a-f:]+\]:\d{1,5}$/i.test(broker))
      .map((broker) => `KAFKA_BROKERS: ${broker} is not host:port`),
  ];
}
