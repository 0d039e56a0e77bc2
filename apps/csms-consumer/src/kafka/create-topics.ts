import {
  deadLetterName,
  type Topic,
  topicConfiguration,
  type TopicId,
  topicName,
  TOPICS,
} from '#csms-contract';
import { type ITopicConfig, type Kafka } from 'kafkajs';

/** For all topics together. kafkajs alone gives up after 5 s, which a broker that is busy or new may need for itself. */
export const TOPICS_PATIENCE_MS = 60_000;

/**
 * Makes the topics of the contract that are missing, dead letters included; what exists is left alone. Returns their names.
 * The client's requests should last TOPICS_PATIENCE_MS.
 */
export async function createTopics(kafka: Kafka, prefix: string): Promise<string[]> {
  const admin = kafka.admin();
  await admin.connect();
  try {
    const known = new Set(await admin.listTopics());
    const missing = wantedTopics(prefix).filter(({ topic }) => !known.has(topic));
    if (missing.length > 0) {
      await admin.createTopics({
        topics: missing,
        waitForLeaders: true,
        timeout: TOPICS_PATIENCE_MS,
      });
    }
    return missing.map(({ topic }) => topic);
  } finally {
    await admin.disconnect();
  }
}

function wantedTopics(prefix: string): ITopicConfig[] {
  return (Object.keys(TOPICS) as TopicId[]).flatMap((id) => {
    const topic: Topic = TOPICS[id];
    const name = topicName(id, prefix);
    const own = config(name, topic);
    const deadLetters: Topic = { ...topic, partitions: 1, cleanup: 'delete' };
    return topic.direction === 'in' ? [own, config(deadLetterName(name), deadLetters)] : [own];
  });
}

const config = (name: string, topic: Topic): ITopicConfig => ({
  topic: name,
  numPartitions: topic.partitions,
  configEntries: Object.entries(topicConfiguration(topic)).map(([entry, value]) => ({
    name: entry,
    value: String(value),
  })),
});
