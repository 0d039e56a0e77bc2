import { isEventType, outgoingTopic, type PrintableEvent, toKafkaMessage } from '#csms-contract';
import { CompressionTypes, type Kafka, type Producer } from 'kafkajs';
import { type Delivery, DeliveryError, runsOf } from './delivery.js';

// A request stays below what a broker takes by default (1 MB), headers included.
const RUN = { maxCount: 500, maxBytes: 500_000 };

/**
 * Records to the contract's topics by a plain producer, keyed and with acks −1: kafkajs's idempotent mode loses
 * acknowledged messages when a broker freezes (D3). After a send that was rejected the producer is replaced.
 */
export class KafkaDelivery implements Delivery {
  private producer: Producer | undefined;

  /** `kafka` should give up on a call after few retries: what to do then is decided by the relay. */
  constructor(
    private readonly kafka: Kafka,
    private readonly topicPrefix: string,
  ) {}

  async deliver(events: readonly PrintableEvent[], signal: AbortSignal): Promise<void> {
    for (const run of runsOf(events, RUN)) {
      signal.throwIfAborted();
      await this.send(run);
    }
  }

  async close(): Promise<void> {
    const { producer } = this;
    this.producer = undefined;
    // A broker that is away hears no goodbye.
    await producer?.disconnect().catch(() => undefined);
  }

  private async send(run: readonly PrintableEvent[]): Promise<void> {
    const byTopic = Map.groupBy(run, ({ type }) => topicOf(type, this.topicPrefix));
    try {
      const producer = await this.connected();
      await producer.sendBatch({
        acks: -1,
        compression: CompressionTypes.None,
        topicMessages: [...byTopic].map(([topic, events]) => ({
          topic,
          messages: events.map(toKafkaMessage),
        })),
      });
    } catch (error) {
      void this.close();
      throw error;
    }
  }

  private async connected(): Promise<Producer> {
    if (!this.producer) {
      const producer = this.kafka.producer({ allowAutoTopicCreation: false, idempotent: false });
      this.producer = producer;
      await producer.connect();
    }
    return this.producer;
  }
}

function topicOf(type: string, prefix: string): string {
  if (!isEventType(type)) throw new DeliveryError(`no topic for messages of type ${type}`);
  return outgoingTopic(type, prefix);
}
