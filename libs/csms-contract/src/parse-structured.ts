import { type ParsedEvent, type RawAttributes, readCloudEvent } from './cloud-event.js';

/** An event in structured mode: attributes and data in one JSON object (`application/cloudevents+json`). */
export function parseStructured(input: unknown): ParsedEvent {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    return { ok: false, reason: 'not a CloudEvent: not a JSON object', attributes: {} };
  }
  const { data, data_base64: base64, ...rest } = input as Record<string, unknown>;
  const attributes: RawAttributes = {};
  for (const [name, value] of Object.entries(rest)) {
    if (typeof value === 'string') attributes[name] = value;
    else if (typeof value === 'number' || typeof value === 'boolean') {
      attributes[name] = String(value);
    }
  }
  if (data !== undefined || base64 === undefined) return readCloudEvent(attributes, data);
  const decoded = typeof base64 === 'string' ? parseJson(Buffer.from(base64, 'base64')) : undefined;
  return decoded
    ? readCloudEvent(attributes, decoded.value)
    : { ok: false, reason: 'not a CloudEvent: data_base64 holds no JSON', attributes };
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** The JSON value of bytes; undefined when they are no UTF-8 or no JSON. */
export function parseJson(bytes: Uint8Array): { value: unknown } | undefined {
  try {
    return { value: JSON.parse(utf8.decode(bytes)) as unknown };
  } catch {
    return undefined;
  }
}
