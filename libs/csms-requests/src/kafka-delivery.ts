import {
  type EventTypeName,
  isEventType,
  outgoingTopic,
  type PrintableEvent,
  toKafkaMessage,
  toTombstone,
} from '#csms-contract';
import { CompressionTypes, type Kafka, type Producer } from 'kafkajs';
import { type Delivery, DeliveryError, runsOf } from './delivery.js';

// A request stays below what a broker takes by default (1 MB), headers included.
const RUN = { maxCount: 500, maxBytes: 500_000 };

/**
 * Records to the contract's topics by a plain producer, keyed and with acks −1: kafkajs's idempotent mode loses
 * acknowledged messages when a broker freezes (D3). After a send that failed the producer is replaced. A message that is
 * larger than its topic takes is given up. A removal is followed by a tombstone: else a driver who was erased stayed in the
 * compacted topic for ever.
 */
export class KafkaDelivery implements Delivery {
  private producer: Producer | undefined;

  /** `kafka` should give up on a call after few retries: what to do then is decided by the relay. */
  constructor(
    private readonly kafka: Kafka,
    private readonly topicPrefix: string,
  ) {}

  async deliver(events: readonly PrintableEvent[], signal: AbortSignal): Promise<PrintableEvent[]> {
    const tooLarge: PrintableEvent[] = [];
    for (const run of runsOf(events, RUN)) tooLarge.push(...(await this.sendWhatFits(run, signal)));
    return tooLarge;
  }

  async close(): Promise<void> {
    const { producer } = this;
    this.producer = undefined;
    // A broker that is away hears no goodbye.
    await producer?.disconnect().catch(() => undefined);
  }

  /**
   * Resolves to what the broker finds too large on its own. It judges batches by a limit that topics may lower, so a run
   * that it refuses is halved until it goes; what was taken of it is sent again with the same ids.
   */
  private async sendWhatFits(
    run: readonly PrintableEvent[],
    signal: AbortSignal,
  ): Promise<PrintableEvent[]> {
    signal.throwIfAborted();
    try {
      await this.send(run);
      return [];
    } catch (error) {
      if (!isTooLarge(error)) throw error;
      if (run.length === 1) return [...run];
    }
    const middle = Math.ceil(run.length / 2);
    const before = await this.sendWhatFits(run.slice(0, middle), signal);
    return [...before, ...(await this.sendWhatFits(run.slice(middle), signal))];
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
          messages: events.flatMap(recordsOf),
        })),
      });
    } catch (error) {
      if (!isTooLarge(error)) void this.close();
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

/** The one message that ends an object on a compacted topic of ours. */
const REMOVAL: EventTypeName = 'ocpi.token.removed.v1';

const recordsOf = (event: PrintableEvent) =>
  event.type === REMOVAL ? [toKafkaMessage(event), toTombstone(event)] : [toKafkaMessage(event)];

const TOO_LARGE: readonly unknown[] = ['MESSAGE_TOO_LARGE', 'RECORD_LIST_TOO_LARGE'];

const isTooLarge = (error: unknown): boolean =>
  error instanceof Error && 'type' in error && TOO_LARGE.includes(error.type);

function topicOf(type: string, prefix: string): string {
  if (!isEventType(type)) throw new DeliveryError(`no topic for messages of type ${type}`);
  return outgoingTopic(type, prefix);
}
