import { type HttpEvent, httpEvent } from './http-event.js';
import { parseJson } from './parse-structured.js';
import { readDeepBody } from './read-deep-body.js';

export const BATCH_CONTENT_TYPE = 'application/cloudevents-batch+json';
export const STRUCTURED_CONTENT_TYPE = 'application/cloudevents+json';

/** The events of a request body: a JSON array, or one object; undefined when the body is neither. */
export function parseHttpBody(body: Buffer): HttpEvent[] | undefined {
  const json = parseJson(body);
  return json && readHttpBody(json.value, body);
}

/**
 * `parseHttpBody` for a body that was parsed already, or that nests too deep for that and is its bytes alone. The bytes of a
 * single event are kept as they came.
 */
export function readHttpBody(value: unknown, body?: Uint8Array): HttpEvent[] | undefined {
  if (value === undefined) return body && readDeepBody(body);
  if (Array.isArray(value)) return value.map((item: unknown) => httpEvent(item));
  return typeof value === 'object' && value !== null
    ? [httpEvent(value, body && Buffer.from(body))]
    : undefined;
}
