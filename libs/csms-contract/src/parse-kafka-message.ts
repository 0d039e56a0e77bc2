import { type ParsedEvent, type RawAttributes, readCloudEvent } from './cloud-event.js';
import { LIMITS } from './limits.js';
import { parseJson, parseStructured } from './parse-structured.js';

type HeaderValue = Buffer | string | (Buffer | string)[] | undefined;

/** A Kafka record as clients hand it out. */
export interface KafkaRecord {
  value: Buffer | null;
  headers?: Record<string, HeaderValue> | undefined;
}

/** Reads a record in binary mode (`ce_…` headers, value = data) or structured mode (the value is the whole event). */
export function parseKafkaMessage({ value, headers = {} }: KafkaRecord): ParsedEvent {
  const attributes = binaryAttributes(headers);
  if ((value?.length ?? 0) > LIMITS.maxEventBytes) {
    const reason = `larger than ${String(LIMITS.maxEventBytes)} bytes`;
    return { ok: false, reason, attributes };
  }
  const isBinary = attributes['specversion'] !== undefined || attributes['id'] !== undefined;
  const json = value === null ? { value: undefined } : parseJson(value);
  if (!json) return { ok: false, reason: 'the value is not JSON in UTF-8', attributes };
  if (isBinary) return readCloudEvent(attributes, json.value);
  const parsed = parseStructured(json.value);
  if (parsed.ok) parsed.event.traceparent ??= attributes['traceparent'];
  return parsed;
}

/** A record without value and without event: it frees its key on a compacted topic and says nothing. */
export const isTombstone = ({ value, headers = {} }: KafkaRecord): boolean =>
  value === null && !Object.keys(headers).some((name) => name.toLowerCase().startsWith('ce_'));

function binaryAttributes(headers: Record<string, HeaderValue>): RawAttributes {
  const attributes: RawAttributes = {};
  for (const name of Object.keys(headers)) {
    const attribute = attributeOf(name) ?? attributeOf(name.toLowerCase());
    if (attribute === undefined) continue;
    // The header is of who sent the record, the attribute of who made the event: the nearer one counts.
    if (name === 'ce_traceparent' && attributes['traceparent'] !== undefined) continue;
    const given = headers[name];
    const value = Array.isArray(given) ? given[0] : given;
    if (value !== undefined) attributes[attribute] = value.toString();
  }
  return attributes;
}

/** The attributes that say something to us; others cost a record as much to read and are kept with its raw headers. */
const READ = new Set(
  [
    'specversion',
    'id',
    'source',
    'type',
    'subject',
    'time',
    'sequence',
    'snapshotid',
    'traceparent',
  ].map((attribute) => `ce_${attribute}`),
);

function attributeOf(header: string): string | undefined {
  if (READ.has(header)) return header.slice(3);
  if (header === 'content-type') return 'datacontenttype';
  return header === 'traceparent' ? header : undefined;
}
