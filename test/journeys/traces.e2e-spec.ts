import { jest } from '@jest/globals';
import { csmsEvent, KafkaMessageReceiver } from '#csms-client';
import { type CloudEvent } from '#csms-contract';
import { randomBytes } from 'node:crypto';
import { buildNetwork } from '../../apps/sandbox/src/csms/charging-network.js';
import { wireToken } from '../harness/api-harness.js';
import { describeKafka, kafkaBrokers } from '../harness/kafka.js';
import { TraceCollector } from '../harness/trace-collector.js';
import { eventually } from '../harness/wait-for.js';
import { Journey } from './journey.js';

/** Against hanging only. */
jest.setTimeout(120000);

const OPERATOR = { country_code: 'NL', party_id: 'EVC' };

describeKafka('traces over Kafka and both processes', () => {
  let collector: TraceCollector;
  let journey: Journey;
  let receiver: KafkaMessageReceiver;
  const heard: CloudEvent[] = [];

  beforeAll(async () => {
    collector = await TraceCollector.start();
    journey = await Journey.start('Kafka', OPERATOR, {
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      OTEL_EXPORTER_OTLP_HEADERS: 'x-collector-key=of%20the%20collector',
    });
    receiver = new KafkaMessageReceiver(kafkaBrokers(), {
      topicPrefix: journey.topicPrefix,
      groupId: `${journey.topicPrefix}csms`,
      topics: ['tokens'],
    });
    await receiver.start((message) => void heard.push(message));
  });
  afterAll(async () => {
    await (receiver as KafkaMessageReceiver | undefined)?.close();
    await (journey as Journey | undefined)?.stop();
    await collector.stop();
  });

  it('are one from the record of the CSMS to each partner, and one from a token to the record of the gateway', async () => {
    const traceId = randomBytes(16).toString('hex');
    const spanId = randomBytes(8).toString('hex');
    const [location] = buildNetwork(OPERATOR, new Date()).locations;
    const event = csmsEvent('ocpi.location.upserted.v1', location, { source: 'urn:test' });
    const emsp = journey.emsp('2.2.1');

    await journey.sender.send([{ ...event, traceparent: `00-${traceId}-${spanId}-01` }]);
    await eventually(() => {
      for (const { store } of journey.emsps.values()) expect(store.locations.size).toBe(1);
    });
    await emsp.pushToken(wireToken('2.2.1', 'TRACED', emsp.options.party));
    await eventually(() => expect(heard.map(({ traceparent }) => traceparent)).toHaveLength(1), {
      timeoutMs: 90_000,
    });
    await journey.servers.stop();

    const spans = collector.trace(traceId);
    const [taken, ...others] = spans.filter(({ parentId }) => parentId === spanId);
    expect(others).toEqual([]);
    expect(taken).toMatchObject({
      name: 'process ocpi.location.upserted.v1',
      service: 'csms-consumer',
      attributes: {
        'messaging.system': 'kafka',
        'messaging.destination.name': `${journey.topicPrefix}csms.locations.v1`,
      },
    });
    const pushes = spans.filter(({ parentId }) => parentId === taken!.spanId);
    expect(pushes.map(({ name }) => name)).toEqual(Array(3).fill('push location'));
    for (const push of pushes) {
      const requests = spans.filter(({ parentId }) => parentId === push.spanId);
      expect(requests.map(({ name }) => name)).toEqual(['PUT locations']);
    }

    const told = /^00-([0-9a-f]{32})-([0-9a-f]{16})-01$/.exec(heard[0]!.traceparent!)!;
    const sent = collector.spans.find((span) => span.spanId === told[2]);
    expect(sent).toMatchObject({
      name: 'send ocpi.token.upserted.v1',
      kind: 'producer',
      service: 'csms-consumer',
      traceId: told[1],
    });
    expect(collector.spans.find((span) => span.spanId === sent!.parentId)).toMatchObject({
      kind: 'server',
      service: 'ocpi-api',
      parentId: '',
    });
    for (const headers of collector.headers) {
      expect(headers['x-collector-key']).toBe('of the collector');
    }
  });
});
