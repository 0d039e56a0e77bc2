import { createLogger, gatewayEnvironment, readSettings } from '#platform';
import { createTopics, TOPICS_PATIENCE_MS } from './kafka/create-topics.js';
import { kafkaClient } from './kafka/kafka-client.js';

// Makes the topics of the CSMS contract: `npm run topics`.
const log = createLogger('topics');
const settings = readSettings(gatewayEnvironment());
const kafka = kafkaClient(settings, { requestTimeoutMs: TOPICS_PATIENCE_MS });
if (kafka) {
  const made = await createTopics(kafka, settings.kafkaTopicPrefix);
  log.info({ made }, made.length > 0 ? 'topics made' : 'all topics are there');
} else {
  log.error('KAFKA_BROKERS is not set');
  process.exitCode = 1;
}
