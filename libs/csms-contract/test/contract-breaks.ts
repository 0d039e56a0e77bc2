type Json = Record<string, unknown>;

interface Message {
  name: string;
  payload: Json;
}

/** The parts of an AsyncAPI document of ours that say who sends what. */
export interface ContractDocument {
  channels: Record<string, { messages: Record<string, unknown> }>;
  operations: Record<string, { action: string; channel: { $ref: string } }>;
  components: { messages: Record<string, Message> };
}

/**
 * What of a contract in use its successor breaks; none when every CSMS goes on as it is. What a CSMS sends may only be asked for less: a
 * message, field or value that it sent is still taken, and nothing is newly required. What it reads keeps every field, and those that were always there stay so.
 */
export function contractBreaks(before: ContractDocument, after: ContractDocument): string[] {
  return Object.entries(before.components.messages).flatMap(([name, message]) => {
    const next = after.components.messages[name];
    if (!next) return [`${name} is gone`];
    const isSentByCsms = namesSentByCsms(before).has(name);
    const differences = isSentByCsms ? narrowed : losses;
    return differences(message.payload, next.payload).map((break_) => `${name}${break_}`);
  });
}

function namesSentByCsms({ operations, channels }: ContractDocument): Set<string> {
  const received = Object.values(operations).filter(({ action }) => action === 'receive');
  const ids = received.map(({ channel }) => channel.$ref.replace('#/channels/', ''));
  return new Set(ids.flatMap((id) => Object.keys(channels[id]?.messages ?? {})));
}

const AT_MOST = ['maxLength', 'maxItems', 'maximum'];
const AT_LEAST = ['minLength', 'minItems', 'minimum'];
const SAME = ['type', 'pattern', 'format', 'const'];

/** Where the second schema may refuse what the first takes. */
function narrowed(before: Json, after: Json): string[] {
  const limit = (schema: Json, key: string, otherwise: number) =>
    typeof schema[key] === 'number' ? schema[key] : otherwise;
  return [
    ...SAME.filter((key) => after[key] !== undefined && after[key] !== before[key]).map(
      (key) => `: another ${key}`,
    ),
    ...AT_MOST.filter((key) => limit(after, key, Infinity) < limit(before, key, Infinity)).map(
      (key) => `: a smaller ${key}`,
    ),
    ...AT_LEAST.filter((key) => limit(after, key, -Infinity) > limit(before, key, -Infinity)).map(
      (key) => `: a greater ${key}`,
    ),
    ...listOf(after.required)
      .filter((field) => !listOf(before.required).includes(field))
      .map((field) => `.${field} is required`),
    ...valuesOf(before)
      .filter((value) => valuesOf(after).length > 0 && !valuesOf(after).includes(value))
      .map((value) => ` does not take ${value}`),
    ...within(before, after, narrowed),
  ];
}

/** Where a reader of the first schema misses something in the second. */
const losses = (before: Json, after: Json): string[] => [
  ...(before.type === after.type ? [] : [': another type']),
  ...listOf(before.required)
    .filter((field) => !listOf(after.required).includes(field))
    .map((field) => `.${field} may be missing`),
  ...within(before, after, losses),
];

/** The same for fields, items and alternatives; a field that is gone is always a break. */
function within(
  before: Json,
  after: Json,
  differences: (before: Json, after: Json) => string[],
): string[] {
  const fields = Object.entries((before.properties ?? {}) as Record<string, Json>);
  const later = (after.properties ?? {}) as Record<string, Json>;
  return [
    ...fields.flatMap(([field, schema]) => {
      const next = later[field];
      if (!next) return [`.${field} is gone`];
      return differences(schema, next).map((break_) => `.${field}${break_}`);
    }),
    ...(before.items && after.items
      ? differences(before.items as Json, after.items as Json).map((break_) => `[]${break_}`)
      : []),
  ];
}

const listOf = (value: unknown): string[] => (Array.isArray(value) ? (value as string[]) : []);

/** The values of an enum, which TypeBox writes as alternatives. */
const valuesOf = ({ anyOf }: Json): string[] =>
  (Array.isArray(anyOf) ? (anyOf as Json[]) : []).flatMap((one) =>
    typeof one.const === 'string' ? [one.const] : [],
  );
