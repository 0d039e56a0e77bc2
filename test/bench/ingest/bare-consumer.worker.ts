import { benchKafka } from '../network/status-source.js';
import { serveCalls } from '../processes/worker-calls.js';

interface Reading {
  brokers: string;
  topic: string;
  groupId: string;
  total: number;
}

/** Reads a topic from its start with kafkajs `eachBatch`, looking at nothing; events per second from the first batch on. */
async function read({ brokers, topic, groupId, total }: Reading): Promise<number> {
  const consumer = benchKafka(brokers).consumer({ groupId });
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  let seen = 0;
  let first = 0;
  let startedAt = 0;
  const perSecond = await new Promise<number>((resolve, reject) => {
    consumer
      .run({
        partitionsConsumedConcurrently: 12,
        eachBatch: async ({ batch }) => {
          if (startedAt === 0) {
            startedAt = performance.now();
            first = batch.messages.length;
          }
          for (const message of batch.messages) if (message.value !== null) seen += 1;
          if (seen >= total) resolve((seen - first) / ((performance.now() - startedAt) / 1000));
          await Promise.resolve();
        },
      })
      .catch(reject);
  });
  await consumer.disconnect();
  return perSecond;
}

const functions = { read };
export type BareConsumer = typeof functions;

serveCalls(functions);
