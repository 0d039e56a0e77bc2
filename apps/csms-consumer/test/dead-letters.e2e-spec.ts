import { Metrics } from '#platform';
import { Kafka, type KafkaMessage, logLevel } from 'kafkajs';
import { type AddressInfo, createServer } from 'node:net';
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
});
