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
    await letters.close();

    const missed = await metrics.csmsDeadLettersMissedTotal.get();
    expect(missed.values).toEqual([expect.objectContaining({ value: 2 })]);
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

    await letters.close();
    expect(written).toEqual(topics.map((topic) => `${topic}.dlq`));
    const missed = await metrics.csmsDeadLettersMissedTotal.get();
    expect(missed.values).toEqual([expect.objectContaining({ value: 0 })]);
  });

  it('P9 (partial: copies): nobody waits for a slow broker, until very many wait; they are copied together', async () => {
    const sizes: number[] = [];
    let release = (): void => undefined;
    const slow = new Promise<void>((resolve) => (release = resolve));
    const producer = () => ({
      connect: () => Promise.resolve(),
      disconnect: () => Promise.resolve(),
      send: async ({ messages }: { messages: unknown[] }) => {
        await slow;
        sizes.push(messages.length);
      },
    });
    const letters = new DeadLetters({ producer } as unknown as Kafka, new Metrics());
    const park = (count: number) =>
      letters.send(
        'csms.sessions.v1',
        Array.from({ length: count }, () => ({
          event: new KafkaEvent('csms.sessions.v1', 0, record),
          reason: 'no JSON',
        })),
      );

    for (let batch = 0; batch < 3; batch++) await park(1);
    const flood = park(1001);
    expect(await Promise.race([flood.then(() => 'copied'), sleep(50, 'waits')])).toBe('waits');
    release();
    await flood;
    await letters.close();
    expect(sizes).toEqual([1, 500, 500, 3]);
  });
});
