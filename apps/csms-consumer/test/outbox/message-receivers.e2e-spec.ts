import { HttpMessageReceiver, KafkaMessageReceiver, type MessageReceiver } from '#csms-client';
import { outgoingTopic, tokenRemoved, toTombstone } from '#csms-contract';
import { Kafka, logLevel } from 'kafkajs';
import { createTestDatabase, type TestDatabase } from '../../../../test/harness/database.js';
import {
  describeKafka,
  kafkaBrokers,
  makeTopic,
  uniqueTopicPrefix,
} from '../../../../test/harness/kafka.js';
import { eventually } from '../../../../test/harness/wait-for.js';
import { createClient, type RunningOutbox, say, startOutbox } from './outbox-app.js';

/** A group forms in the time a busy machine leaves it. */
const PATIENCE = { timeoutMs: 90_000 };

describe('the message receivers of the client library', () => {
  let database: TestDatabase;
  let outbox: RunningOutbox;
  let receiver: MessageReceiver | undefined;
  let heard: string[];

  beforeEach(async () => {
    database = await createTestDatabase();
    heard = [];
  });
  afterEach(async () => {
    await receiver?.close();
    await outbox.close();
    await database.drop();
    receiver = undefined;
  });

  const uidOf = (data: unknown): string => (data as { uid: string }).uid;

  describe('over HTTP', () => {
    let key: string;
    beforeEach(async () => {
      outbox = await startOutbox(database.url);
      key = await createClient(outbox, { name: 'csms' });
    });
    const started = async (take: (uid: string) => void, urls = [outbox.url]) => {
      receiver = new HttpMessageReceiver(urls, key, { waitSeconds: 5 });
      await receiver.start(({ data }) => take(uidOf(data)));
    };

    it('hands over what is said once it has started, in order', async () => {
      await started((uid) => heard.push(uid));
      await say(outbox.source, 'A', 'B');
      await eventually(() => expect(heard).toEqual(['A', 'B']));
      await say(outbox.source, 'C');
      await eventually(() => expect(heard).toEqual(['A', 'B', 'C']));
    });

    it('gets a message again that its handler could not take, and loses none', async () => {
      let broken = true;
      await started((uid) => {
        if (uid === 'B' && broken) {
          broken = false;
          throw new Error('no room');
        }
        heard.push(uid);
      });
      await say(outbox.source, 'A', 'B', 'C');
      await eventually(() => expect(heard.at(-1)).toBe('C'));
      expect([...new Set(heard)]).toEqual(['A', 'B', 'C']);
    });

    it('goes on behind what it took when it starts again', async () => {
      await started((uid) => heard.push(uid));
      await say(outbox.source, 'A');
      await eventually(() => expect(heard).toEqual(['A']));
      await receiver!.close();
      await say(outbox.source, 'B');
      heard = [];
      await started((uid) => heard.push(uid));
      await eventually(() => expect(heard.at(-1)).toBe('B'));
    });

    it('asks another replica when one is gone', async () => {
      await expect(
        started((uid) => heard.push(uid), ['http://127.0.0.1:1', outbox.url]),
      ).resolves.toBeUndefined();
      await say(outbox.source, 'A');
      await eventually(() => expect(heard).toEqual(['A']));
    });
  });

  describeKafka('over Kafka', () => {
    it('hands over what is said, again where the handler could not take it', async () => {
      const prefix = uniqueTopicPrefix();
      const brokers = kafkaBrokers();
      await makeTopic(brokers, outgoingTopic('ocpi.token.removed.v1', prefix), 3);
      outbox = await startOutbox(database.url, {
        OCPI_CSMS_OUT: 'kafka',
        KAFKA_BROKERS: brokers.join(','),
        OCPI_KAFKA_TOPIC_PREFIX: prefix,
      });
      receiver = new KafkaMessageReceiver(brokers, {
        topicPrefix: prefix,
        groupId: `${prefix}csms`,
        topics: ['tokens'],
      });
      let broken = true;
      await say(outbox.source, 'A');
      await receiver.start(({ data }) => {
        const uid = uidOf(data);
        if (uid === 'B' && broken) {
          broken = false;
          throw new Error('no room');
        }
        heard.push(uid);
      });
      await say(outbox.source, 'B');
      await eventually(() => expect(new Set(heard)).toEqual(new Set(['A', 'B'])), PATIENCE);
    }, 120_000);

    it('hands over a removal of which compaction left the tombstone alone, and is not held up by one without attributes', async () => {
      const prefix = uniqueTopicPrefix();
      const brokers = kafkaBrokers();
      const topic = outgoingTopic('ocpi.token.removed.v1', prefix);
      await makeTopic(brokers, topic);
      outbox = await startOutbox(database.url, { OCPI_CSMS_OUT: 'none' });
      const producer = new Kafka({ brokers, logLevel: logLevel.NOTHING }).producer();
      await producer.connect();
      const removal = (uid: string) =>
        toTombstone({
          ...{ id: uid, source: 'http://gateway.test', time: new Date(), sequence: 7 },
          ...tokenRemoved({ country_code: 'DE', party_id: 'EMP', uid, type: 'RFID' }),
          data: '{}',
        });
      await producer.send({
        topic,
        messages: [{ key: 'DE*EMP*RFID*X', value: null }, removal('A*1')],
      });
      await producer.disconnect();
      const messages: unknown[] = [];
      receiver = new KafkaMessageReceiver(brokers, {
        topicPrefix: prefix,
        groupId: `${prefix}csms`,
        topics: ['tokens'],
      });

      await receiver.start(({ type, id, sequence, data }) => {
        messages.push({ type, id, sequence, data });
      });

      await eventually(() => expect(messages).not.toEqual([]), PATIENCE);
      expect(messages).toEqual([
        {
          type: 'ocpi.token.removed.v1',
          id: 'A*1',
          sequence: 7,
          data: { country_code: 'DE', party_id: 'EMP', uid: 'A*1', type: 'RFID' },
        },
      ]);
    }, 120_000);
  });
});
