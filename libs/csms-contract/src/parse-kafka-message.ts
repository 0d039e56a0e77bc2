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
  return isBinary ? readCloudEvent(attributes, json.value) : parseStructured(json.value);
}

/** A record without value and without event: it frees its key on a compacted topic and says nothing. */
export const isTombstone = ({ value, headers = {} }: KafkaRecord): boolean =>
  value === null && !Object.keys(headers).some((name) => name.toLowerCase().startsWith('ce_'));

function binaryAttributes(headers: Record<string, HeaderValue>): RawAttributes {
  const attributes: RawAttributes = {};
  for (const [name, given] of Object.entries(headers)) {
    const value = Array.isArray(given) ? given[0] : given;
    if (value === undefined) continue;
    const lower = name.toLowerCase();
    if (lower.startsWith('ce_')) attributes[lower.slice(3)] = value.toString();
    else if (lower === 'content-type') attributes['datacontenttype'] = value.toString();
  }
  return attributes;
}
