import { readKafkaSettings } from './read-kafka-settings.js';
import { SettingsError } from './settings.error.js';

const BROKERS = { OCPI_ENVIRONMENT: 'production', KAFKA_BROKERS: 'broker-1:9092, broker-2:9092' };

describe('the settings of the job that makes topics', () => {
  it('are those of Kafka and nothing else', () => {
    expect(readKafkaSettings({ ...BROKERS, OCPI_KAFKA_TOPIC_PREFIX: 'x.' })).toMatchObject({
      kafkaBrokers: ['broker-1:9092', 'broker-2:9092'],
      kafkaTopicPrefix: 'x.',
      kafkaSsl: false,
    });
  });

  it.each([
    [{}, ['KAFKA_BROKERS is required']],
    [{ KAFKA_BROKERS: '' }, ['KAFKA_BROKERS is required']],
    [{ KAFKA_BROKERS: 'broker-1' }, ['KAFKA_BROKERS: broker-1 is not host:port']],
    [
      { ...BROKERS, KAFKA_SSL: 'maybe', KAFKA_SASL_MECHANISM: 'plain', KAFKA_SASL_USERNAME: 'u' },
      [
        'KAFKA_SSL must be true or false',
        'KAFKA_SASL_MECHANISM needs KAFKA_SASL_USERNAME and KAFKA_SASL_PASSWORD',
      ],
    ],
  ])('%j is refused with all that is wrong', (environment, problems) => {
    expect(() => readKafkaSettings(environment)).toThrow(new SettingsError(problems));
  });
});
