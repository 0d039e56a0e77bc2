import 'reflect-metadata';
import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import { type EnvironmentVariables, variableValues } from './environment-variables.js';
import { GatewaySettings } from './gateway-settings.js';
import { kafkaRequirements } from './kafka-requirements.js';
import { settingsOf } from './setting.js';
import { SettingsError } from './settings.error.js';

/** What it takes to reach the brokers and to name the contract's topics. */
export type KafkaSettings = Pick<
  GatewaySettings,
  | 'kafkaBrokers'
  | 'kafkaClientId'
  | 'kafkaSsl'
  | 'kafkaSslCaFile'
  | 'kafkaSslCertificateFile'
  | 'kafkaSslKeyFile'
  | 'kafkaSaslMechanism'
  | 'kafkaSaslUsername'
  | 'kafkaSaslPassword'
  | 'kafkaTopicPrefix'
>;

/**
 * The Kafka settings alone: the job that makes the topics gets no other secret. Throws one {@link SettingsError} with
 * all problems; brokers are required.
 */
export function readKafkaSettings(environment: EnvironmentVariables = process.env): KafkaSettings {
  const definitions = settingsOf(GatewaySettings).filter(({ property }) =>
    property.startsWith('kafka'),
  );
  const { values, problems } = variableValues(environment, definitions);
  const settings = plainToInstance(GatewaySettings, values, { excludeExtraneousValues: true });
  const refused = validateSync(settings, { stopAtFirstError: true }).flatMap(({ constraints }) =>
    Object.values(constraints ?? {}),
  );
  const all = [
    ...problems,
    ...new Set(refused),
    ...(settings.kafkaBrokers.length === 0 ? ['KAFKA_BROKERS is required'] : []),
    ...kafkaRequirements(settings, problems),
  ];
  if (all.length > 0) throw new SettingsError(all);
  return settings;
}
