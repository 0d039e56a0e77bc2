import { createLogger, gatewayEnvironment, readKafkaSettings, reportFailedStart } from '#platform';
import { createTopics, TOPICS_PATIENCE_MS } from './kafka/create-topics.js';
import { kafkaClient } from './kafka/kafka-client.js';

// Makes the topics of the CSMS contract: `npm run topics`. Needs the Kafka settings alone.
const log = createLogger('topics');

try {
  const settings = readKafkaSettings(gatewayEnvironment());
  const kafka = kafkaClient(settings, { requestTimeoutMs: TOPICS_PATIENCE_MS });
  if (kafka) {
    const made = await createTopics(kafka, settings.kafkaTopicPrefix);
    log.info({ made }, made.length > 0 ? 'topics made' : 'all topics are there');
  }
} catch (error) {
  reportFailedStart(log, 'topics', error);
}
