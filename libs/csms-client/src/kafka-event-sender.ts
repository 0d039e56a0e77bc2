import { incomingTopic, toKafkaMessage } from '#csms-contract';
import { Kafka, logLevel, type Producer } from 'kafkajs';
import { type CsmsEvent } from './csms-event.js';
import { type EventSender } from './event-sender.js';

/** Events per request: far below what a broker takes by default, for Locations of ordinary size. */
const BATCH = 200;

/** The Kafka binding: keyed records in binary mode, by a plain producer that waits for all replicas. */
export class KafkaEventSender implements EventSender {
  private producer: Producer | undefined;
  private readonly kafka: Kafka;

  constructor(
    brokers: readonly string[],
    private readonly topicPrefix = 'ocpi.',
  ) {
    this.kafka = new Kafka({
      clientId: 'csms',
      brokers: [...brokers],
      logLevel: logLevel.ERROR,
      connectionTimeout: 1000,
      requestTimeout: 5000,
      retry: { initialRetryTime: 100, maxRetryTime: 1000, factor: 0.2, retries: 1000 },
    });
  }

  async send(events: readonly CsmsEvent[]): Promise<void> {
    for (let start = 0; start < events.length; start += BATCH) {
      await this.sendBatch(events.slice(start, start + BATCH));
    }
  }

  private async sendBatch(events: readonly CsmsEvent[]): Promise<void> {
    const producer = await this.connected();
    const byTopic = new Map<string, ReturnType<typeof toKafkaMessage>[]>();
    for (const event of events) {
      const topic = incomingTopic(event.type, event.content, this.topicPrefix);
      const messages = byTopic.get(topic) ?? [];
      messages.push(toKafkaMessage(event));
      byTopic.set(topic, messages);
    }
    await producer.sendBatch({
      acks: -1,
      topicMessages: [...byTopic].map(([topic, messages]) => ({ topic, messages })),
    });
  }

  async close(): Promise<void> {
    await this.producer?.disconnect();
  }

  private async connected(): Promise<Producer> {
    if (!this.producer) {
      const producer = this.kafka.producer({ allowAutoTopicCreation: false });
      await producer.connect();
      this.producer = producer;
    }
    return this.producer;
  }
}
