import { deadLetterName } from '#csms-contract';
import { createLogger, type Metrics } from '#platform';
import kafkajs, { type Kafka, type Producer } from 'kafkajs';
import { type KafkaEvent } from './kafka-event.js';

interface ParkedRecord {
  event: KafkaEvent;
  reason: string;
}

interface Copy extends ParkedRecord {
  topic: string;
}

/** Below what a broker takes in one request by default (1 MB), headers included. */
const RUN = { records: 500, bytes: 500_000 };
/** Whoever parks more than this at once waits until it is copied. */
const MOST_WAITING = 1000;

/**
 * Copies records that were parked to `<topic>.dlq`, for those who watch topics. The table `parked_event` is what counts:
 * a copy that cannot be written is logged and counted, and holds nothing up (P9). Plain producer, keyed, acks −1; a fresh one
 * after a rejected send.
 */
export class DeadLetters {
  private readonly log = createLogger('dead-letters');
  private producer: Producer | undefined;
  private waiting: Copy[] = [];
  private copying: Promise<void> | undefined;

  constructor(
    private readonly kafka: Kafka,
    private readonly metrics: Metrics,
  ) {}

  /** Takes records over; resolves at once, unless too many wait. Never rejects. */
  async send(topic: string, parked: readonly ParkedRecord[]): Promise<void> {
    for (const record of parked) this.waiting.push({ topic, ...record });
    if (this.waiting.length === 0) return;
    this.copying ??= this.copyAll();
    if (this.waiting.length > MOST_WAITING) await this.copying;
  }

  /** Resolves when all that was taken over is copied. */
  async close(): Promise<void> {
    await this.copying;
    await this.disconnect();
  }

  /** One after the other: a producer that fails takes along what else is sent by it. */
  private async copyAll(): Promise<void> {
    while (this.waiting.length > 0) await this.copy(this.takeRun());
    this.copying = undefined;
  }

  /** What waits first, of one topic. */
  private takeRun(): Copy[] {
    let bytes = 0;
    const end = this.waiting.findIndex(({ topic, event }, index) => {
      bytes += event.message.value?.length ?? 0;
      return index > 0 && (topic !== this.waiting[0]?.topic || bytes > RUN.bytes);
    });
    const count = Math.min(end === -1 ? this.waiting.length : end, RUN.records);
    return this.waiting.splice(0, count);
  }

  private async copy(parked: readonly Copy[]): Promise<void> {
    const topic = parked[0]?.topic ?? '';
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
