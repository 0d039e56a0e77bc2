import { type ParsedEvent } from './cloud-event.js';
import { LIMITS } from './limits.js';
import { parseJson, parseStructured } from './parse-structured.js';

export const BATCH_CONTENT_TYPE = 'application/cloudevents-batch+json';
export const STRUCTURED_CONTENT_TYPE = 'application/cloudevents+json';

/** One event of a request with its own bytes, as they would be parked. */
export interface HttpEvent {
  parsed: ParsedEvent;
  raw: Buffer;
}

/** The events of a request body: a JSON array, or one object; undefined when the body is neither. */
export function parseHttpBody(body: Buffer): HttpEvent[] | undefined {
  const json = parseJson(body);
  return json && readHttpBody(json.value, body);
}

/** `parseHttpBody` for a body that was parsed already; the bytes of a single event are kept as they came. */
export function readHttpBody(value: unknown, body?: Uint8Array): HttpEvent[] | undefined {
  if (Array.isArray(value)) return value.map((item: unknown) => httpEvent(item));
  return typeof value === 'object' && value !== null
    ? [httpEvent(value, body && Buffer.from(body))]
    : undefined;
}

function httpEvent(item: unknown, given?: Buffer): HttpEvent {
  const raw = given ?? Buffer.from(JSON.stringify(item));
  const parsed: ParsedEvent =
    raw.length > LIMITS.maxEventBytes
      ? {
          ok: false,
          reason: `larger than ${String(LIMITS.maxEventBytes)} bytes`,
          attributes: {},
        }
      : parseStructured(item);
  return { parsed, raw };
}
