import {
  type CloudEvent,
  isTombstone,
  parseKafkaMessage,
  tokenOfRecordKey,
  type TopicId,
  topicName,
} from '#csms-contract';
import { type Consumer, Kafka, type KafkaMessage, logLevel } from 'kafkajs';
import { type MessageHandler, type MessageReceiver } from './message-receiver.js';

export interface KafkaMessageReceiverOptions {
  topicPrefix?: string | undefined;
  /** The readers of one group share the messages. */
  groupId?: string;
  topics?: readonly TopicId[];
  /** Told of a message that could not be taken; it comes again. */
  onTrouble?: (error: unknown) => void;
}

const RETRY = { initialRetryTime: 100, maxRetryTime: 1000, factor: 0.2, retries: 1000 };

/**
 * The topics that the gateway writes, by a plain consumer. A new group begins with the oldest record: of tokens it gets the
 * whole state, and a request of before its time is over by its deadline. A removal without a value (a tombstone) is handed
 * over with the token that its key names, for it may be all that compaction left; one without attributes says nothing.
 */
export class KafkaMessageReceiver implements MessageReceiver {
  private readonly consumer: Consumer;
  private readonly topics: string[];

  constructor(
    brokers: readonly string[],
    private readonly options: KafkaMessageReceiverOptions = {},
  ) {
    const { topicPrefix = 'ocpi.', groupId = 'csms' } = options;
    const wanted = options.topics ?? ['requests', 'authorizations', 'tokens', 'partnerEvents'];
    this.topics = wanted.map((id) => topicName(id, topicPrefix));
    const kafka = new Kafka({
      clientId: 'csms',
      brokers: [...brokers],
      logLevel: logLevel.NOTHING,
      connectionTimeout: 1000,
      requestTimeout: 30_000,
      retry: RETRY,
    });
    this.consumer = kafka.consumer({
      groupId,
      maxWaitTimeInMs: 500,
      retry: { ...RETRY, restartOnFailure: () => Promise.resolve(true) },
    });
  }

  async start(handler: MessageHandler): Promise<void> {
    const joined = new Promise<void>((resolve) => {
      this.consumer.on('consumer.group_join', () => resolve());
    });
    await this.consumer.connect();
    await this.consumer.subscribe({ topics: this.topics, fromBeginning: true });
    await this.consumer.run({
      partitionsConsumedConcurrently: 4,
      eachMessage: ({ message }) => this.hand(message, handler),
    });
    await joined;
  }

  async close(): Promise<void> {
    await this.consumer.disconnect();
  }

  private async hand(record: KafkaMessage, handler: MessageHandler): Promise<void> {
    try {
      if (!isTombstone(record)) await handler(readMessage(record));
    } catch (error) {
      this.options.onTrouble?.(error);
      throw error;
    }
  }
}

function readMessage(record: KafkaMessage): CloudEvent {
  const parsed = parseKafkaMessage(record);
  if (!parsed.ok) throw new Error(parsed.reason);
  if (record.value !== null) return parsed.event;
  return { ...parsed.event, data: tokenOfRecordKey(String(record.key)) };
}
