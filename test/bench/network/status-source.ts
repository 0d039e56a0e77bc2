import { type CsmsEvent, csmsEvent } from '#csms-client';
import { deadLetterName, TOPICS, toKafkaMessage, topicName } from '#csms-contract';
import { type Status } from '#ocpi';
import { Kafka, logLevel, type Producer } from 'kafkajs';
import { BENCH_PARTY, evseUid, locationId } from './template-location.js';

const BATCH = 500;

export interface StatusChange {
  /** Counted from 1. */
  location: number;
  /** Counted from 1 within the Location. */
  evse: number;
  status: Status;
  time?: Date;
}

const statusEvent = ({ location, evse, status, time }: StatusChange): CsmsEvent =>
  csmsEvent(
    'ocpi.evse.status-changed.v1',
    {
      ...BENCH_PARTY,
      location_id: locationId(location),
      evse_uid: evseUid(location, evse),
      status,
    },
    { source: 'urn:bench:csms', ...(time && { time }) },
  );

export const benchKafka = (brokers: string): Kafka =>
  new Kafka({ clientId: 'bench', brokers: brokers.split(','), logLevel: logLevel.NOTHING });

/** The topics of the contract under a prefix of their own. */
export async function makeTopics(brokers: string, prefix: string): Promise<void> {
  const admin = benchKafka(brokers).admin();
  await admin.connect();
  await admin.createTopics({
    waitForLeaders: true,
    topics: Object.entries(TOPICS).flatMap(([id, { partitions }]) => {
      const topic = topicName(id as keyof typeof TOPICS, prefix);
      return [
        { topic, numPartitions: partitions },
        { topic: deadLetterName(topic), numPartitions: 1 },
      ];
    }),
  });
  await admin.disconnect();
}

/** States status changes over Kafka the way a CSMS does: keyed, in binary mode, acknowledged by all replicas. */
export class StatusSource {
  private readonly topic: string;

  private constructor(
    private readonly producer: Producer,
    prefix: string,
  ) {
    this.topic = topicName('evseStatus', prefix);
  }

  static async open(brokers: string, prefix: string): Promise<StatusSource> {
    const producer = benchKafka(brokers).producer({ allowAutoTopicCreation: false });
    await producer.connect();
    return new StatusSource(producer, prefix);
  }

  async send(changes: Iterable<StatusChange>): Promise<void> {
    let messages: ReturnType<typeof toKafkaMessage>[] = [];
    const flush = async () => {
      if (messages.length > 0) await this.producer.send({ topic: this.topic, acks: -1, messages });
      messages = [];
    };
    for (const change of changes) {
      messages.push(toKafkaMessage(statusEvent(change)));
      if (messages.length === BATCH) await flush();
    }
    await flush();
  }

  close(): Promise<void> {
    return this.producer.disconnect();
  }
}
