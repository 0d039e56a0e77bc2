import { Kafka, logLevel } from 'kafkajs';
import crypto from 'node:crypto';

/** Why there is no Kafka in this run, or undefined when there is one. */
export const whyNoKafka: string | undefined = process.env['KAFKA_BROKERS']
  ? undefined
  : (process.env['KAFKA_UNAVAILABLE'] ?? 'KAFKA_BROKERS is not set');

/** `describe` for suites that need a real Kafka; without one they are skipped and say why. */
export function describeKafka(title: string, suite: () => void): void {
  if (whyNoKafka === undefined) describe(title, suite);
  else describe.skip(`${title} [skipped, no Kafka: ${whyNoKafka}]`, suite);
}

/** `host:port` of each broker; throws where there is none, so call it inside the suite. */
export function kafkaBrokers(): string[] {
  if (whyNoKafka !== undefined) throw new Error(`no Kafka: ${whyNoKafka}`);
  return (process.env['KAFKA_BROKERS'] ?? '').split(',');
}

/** A prefix for topics and consumer groups that no other suite uses. */
export const uniqueTopicPrefix = (): string => `t${crypto.randomBytes(6).toString('hex')}.`;

/** The longest that a busy broker takes for a topic; kafkajs alone gives up after 5 s and does not try again. */
const TOPIC_PATIENCE_MS = 60_000;

/** Makes a topic and waits until its partitions have leaders. */
export async function makeTopic(
  brokers: string[],
  topic: string,
  numPartitions = 1,
): Promise<void> {
  const admin = new Kafka({
    brokers,
    logLevel: logLevel.NOTHING,
    requestTimeout: TOPIC_PATIENCE_MS,
  }).admin();
  await admin.connect();
  try {
    const topics = [{ topic, numPartitions }];
    await admin.createTopics({ topics, waitForLeaders: true, timeout: TOPIC_PATIENCE_MS });
  } finally {
    await admin.disconnect();
  }
}
