import { type TSchema } from '@sinclair/typebox';
import { EVENT_TYPES, type EventType, type EventTypeName } from './event-types.js';
import { LIMITS } from './limits.js';
import { type Topic, topicConfiguration, type TopicId, TOPICS } from './topics.js';

type Json = Record<string, unknown>;

/** Messages, channels and operations of the contract as an AsyncAPI 3 document, from the schemas that check events. */
export function asyncApiDocument(examples: Partial<Record<EventTypeName, unknown>> = {}): Json {
  const names = Object.keys(EVENT_TYPES) as EventTypeName[];
  const topics = Object.keys(TOPICS) as TopicId[];
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'OCPI gateway: CSMS contract',
      version: '1.0.0',
      description:
        'CloudEvents 1.0 between a CSMS and the gateway. Objects are OCPI 2.3.0 objects. Channel addresses follow the ' +
        "installation's topic prefix (`ocpi.` by default).",
    },
    defaultContentType: 'application/json',
    channels: Object.fromEntries(topics.map((id) => [id, channel(id, names)])),
    operations: Object.fromEntries(topics.map((id) => [operationName(id), operation(id)])),
    components: {
      messages: Object.fromEntries(names.map((name) => [name, message(name, examples[name])])),
      messageTraits: { cloudEvent: { headers: HEADERS } },
    },
  };
}

const operationName = (id: TopicId): string =>
  `${TOPICS[id].direction === 'in' ? 'receive' : 'send'}${id.charAt(0).toUpperCase()}${id.slice(1)}`;

function operation(id: TopicId): Json {
  return {
    action: TOPICS[id].direction === 'in' ? 'receive' : 'send',
    channel: { $ref: `#/channels/${id}` },
  };
}

const TOMBSTONES =
  ' Each `ocpi.token.removed.v1` comes once more without a value, so that compaction forgets its key: the same key and headers.';

function channel(id: TopicId, names: readonly EventTypeName[]): Json {
  const topic: Topic = TOPICS[id];
  const carried = names.filter((name) => (EVENT_TYPES[name] as EventType).topics.includes(id));
  return {
    address: `ocpi.${topic.name}`,
    description: `Key: \`${topic.key}\`.${id === 'tokens' ? TOMBSTONES : ''}`,
    messages: Object.fromEntries(
      carried.map((name) => [name, { $ref: `#/components/messages/${name}` }]),
    ),
    bindings: {
      kafka: {
        topic: `ocpi.${topic.name}`,
        partitions: topic.partitions,
        topicConfiguration: { ...topicConfiguration(topic), 'cleanup.policy': [topic.cleanup] },
        bindingVersion: '0.5.0',
      },
    },
  };
}

function message(name: EventTypeName, example: unknown): Json {
  const type: EventType = EVENT_TYPES[name];
  return {
    name,
    summary: type.summary,
    traits: [{ $ref: '#/components/messageTraits/cloudEvent' }],
    bindings: {
      kafka: {
        key: { type: 'string', description: TOPICS[type.topics[0] ?? 'locations'].key },
        bindingVersion: '0.5.0',
      },
    },
    payload: portable(type.schema),
    ...(example !== undefined && {
      examples: [{ payload: (example as { data: unknown }).data }],
    }),
  };
}

const text = (description: string, maxLength?: number): Json => ({
  type: 'string',
  description,
  ...(maxLength !== undefined && { maxLength }),
});

const HEADERS: Json = {
  type: 'object',
  required: ['ce_specversion', 'ce_id', 'ce_source', 'ce_type', 'ce_time'],
  properties: {
    ce_specversion: { const: '1.0' },
    ce_id: text('With the source: dropped when seen before.', LIMITS.maxIdLength),
    ce_source: text('Which system speaks.', LIMITS.maxSourceLength),
    ce_type: text('The message.'),
    ce_subject: text('The object the event is about.', LIMITS.maxSubjectLength),
    ce_time: { ...text('When it happened, UTC.'), format: 'date-time' },
    ce_sequence: { ...text('Grows with every event of one subject.'), pattern: '^\\d{1,16}$' },
    ce_snapshotid: text('The snapshot the event is part of.', LIMITS.maxSnapshotIdLength),
    ce_partitionkey: text('The record key.'),
    traceparent: text('W3C Trace Context, if the message is part of a trace.'),
    'content-type': { const: 'application/json' },
  },
};

const FORMATS: Record<string, string> = { 'ocpi-date-time': 'date-time', 'ocpi-url': 'uri' };

/** Plain JSON Schema: our formats by their common names, TypeBox's own symbols dropped. */
export function portable(schema: TSchema): unknown {
  return JSON.parse(
    JSON.stringify(schema, (key, value: unknown) =>
      key === 'format' && typeof value === 'string' ? (FORMATS[value] ?? value) : value,
    ),
  );
}
