import { deadLetterName } from '#csms-contract';
import { createLogger, type Metrics } from '#platform';
import kafkajs, { type Kafka, type Producer } from 'kafkajs';
import { type KafkaEvent } from './kafka-event.js';

interface ParkedRecord {
  event: KafkaEvent;
  reason: string;
}

/**
 * Copies records that were parked to `<topic>.dlq`, for those who watch topics. The table `parked_event` is what counts:
 * a copy that cannot be written is logged and counted, and holds nothing up. Plain producer, keyed, acks −1; a fresh one after a rejected send.
 */
export class DeadLetters {
  private readonly log = createLogger('dead-letters');
  private producer: Producer | undefined;
  private last: Promise<void> = Promise.resolve();

  constructor(
    private readonly kafka: Kafka,
    private readonly metrics: Metrics,
  ) {}

  /** One after the other: partitions are taken side by side, and a producer that fails takes along what others send by it. */
  send(topic: string, parked: readonly ParkedRecord[]): Promise<void> {
    if (parked.length === 0) return Promise.resolve();
    this.last = this.last.then(() => this.copy(topic, parked));
    return this.last;
  }

  close(): Promise<void> {
    this.last = this.last.then(() => this.disconnect());
    return this.last;
  }

  private async copy(topic: string, parked: readonly ParkedRecord[]): Promise<void> {
    try {
      const producer = await this.connected();
      await producer.send({
        topic: deadLetterName(topic),
        acks: -1,
        messages: parked.map(({ event, reason }) => ({
          key: event.message.key,
          value: event.message.value,
          headers: {
            ...event.message.headers,
            ocpi_reason: reason.slice(0, 2000),
            ocpi_topic: topic,
            ocpi_partition: String(event.partition),
            ocpi_offset: event.message.offset,
          },
        })),
      });
    } catch (error) {
      this.metrics.csmsDeadLettersMissedTotal.inc(parked.length);
      this.log.error({ err: error, topic, count: parked.length }, 'parked records were not copied');
      await this.disconnect();
    }
  }

  private async disconnect(): Promise<void> {
    const { producer } = this;
    this.producer = undefined;
    await producer?.disconnect().catch(() => undefined);
  }

  private async connected(): Promise<Producer> {
    if (!this.producer) {
      this.producer = this.kafka.producer({
        allowAutoTopicCreation: false,
        idempotent: false,
        createPartitioner: kafkajs.Partitioners.DefaultPartitioner,
        retry: { retries: 2, initialRetryTime: 100 },
      });
      await this.producer.connect();
    }
    return this.producer;
  }
}
