import { incomingTopic, toKafkaMessage } from '#csms-contract';
import { Kafka, logLevel, type Producer } from 'kafkajs';
import { type CsmsEvent } from './csms-event.js';
import { type EventSender } from './event-sender.js';

/** A request stays below what a broker takes by default (1 MB), headers included. */
const MAX_BATCH = { events: 200, bytes: 500_000 };

export interface KafkaEventSenderOptions {
  topicPrefix?: string | undefined;
  /**
   * Before a call gives up; at most a second passes between two. Without it a broker that is away is waited for, and
   * told of on standard error meanwhile.
   */
  retries?: number;
}

/** The Kafka binding: keyed records in binary mode, by a plain producer that waits for all replicas. */
export class KafkaEventSender implements EventSender {
  private producer: Producer | undefined;
  private readonly kafka: Kafka;
  private readonly topicPrefix: string;

  constructor(
    brokers: readonly string[],
    { topicPrefix = 'ocpi.', retries }: KafkaEventSenderOptions = {},
  ) {
    this.topicPrefix = topicPrefix;
    this.kafka = new Kafka({
      clientId: 'csms',
      brokers: [...brokers],
      logLevel: retries === undefined ? logLevel.ERROR : logLevel.NOTHING,
      connectionTimeout: 1000,
      requestTimeout: 5000,
      retry: { initialRetryTime: 100, maxRetryTime: 1000, factor: 0.2, retries: retries ?? 1000 },
    });
  }

  async send(events: readonly CsmsEvent[]): Promise<void> {
    for (let start = 0; start < events.length;) {
      const batch = batchFrom(events, start);
      await this.sendBatch(batch);
      start += batch.length;
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

/** One event at least. */
function batchFrom(events: readonly CsmsEvent[], start: number): CsmsEvent[] {
  const batch: CsmsEvent[] = [];
  let bytes = 0;
  for (const event of events.slice(start, start + MAX_BATCH.events)) {
    bytes += Buffer.byteLength(event.data);
    if (batch.length > 0 && bytes > MAX_BATCH.bytes) break;
    batch.push(event);
  }
  return batch;
}
