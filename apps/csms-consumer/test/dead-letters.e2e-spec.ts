import { Metrics } from '#platform';
import { Kafka, type KafkaMessage, logLevel } from 'kafkajs';
import { type AddressInfo, createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { DeadLetters } from '../src/kafka/dead-letters.js';
import { KafkaEvent } from '../src/kafka/kafka-event.js';

const record = { key: null, value: Buffer.from('{'), offset: '7', headers: {} } as KafkaMessage;

describe('copies of parked records', () => {
  it('P9 (partial: copies): one that cannot be written is counted and holds nothing up', async () => {
    const server = createServer((socket) => socket.destroy());
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const brokers = [`127.0.0.1:${(server.address() as AddressInfo).port}`];
    const metrics = new Metrics();
    const letters = new DeadLetters(new Kafka({ brokers, logLevel: logLevel.NOTHING }), metrics);
    const parked = [1, 2].map((partition) => ({
      event: new KafkaEvent('csms.sessions.v1', partition, record),
      reason: 'no JSON',
    }));

    await letters.send('csms.sessions.v1', parked);

    const missed = await metrics.csmsDeadLettersMissedTotal.get();
    expect(missed.values).toEqual([expect.objectContaining({ value: 2 })]);
    await letters.close();
    await new Promise((resolve) => server.close(resolve));
  });

  it('P9 (partial: copies): those of partitions that are taken side by side are all written', async () => {
    const written: string[] = [];
    const connecting = () => {
      let isConnected = false;
      return {
        connect: () => sleep(20).then(() => (isConnected = true)),
        disconnect: () => Promise.resolve((isConnected = false)),
        send: ({ topic }: { topic: string }) => {
          if (!isConnected) return Promise.reject(new Error('The producer is disconnected'));
          written.push(topic);
          return Promise.resolve([]);
        },
      };
    };
    const metrics = new Metrics();
    const letters = new DeadLetters({ producer: connecting } as unknown as Kafka, metrics);
    const topics = ['csms.sessions.v1', 'csms.cdrs.v1', 'csms.tariffs.v1'];

    await Promise.all(
      topics.map((topic) =>
        letters.send(topic, [{ event: new KafkaEvent(topic, 0, record), reason: 'no JSON' }]),
      ),
    );

    expect(written).toEqual(topics.map((topic) => `${topic}.dlq`));
    const missed = await metrics.csmsDeadLettersMissedTotal.get();
    expect(missed.values).toEqual([expect.objectContaining({ value: 0 })]);
    await letters.close();
  });
});
