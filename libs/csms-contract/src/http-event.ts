import { type ParsedEvent } from './cloud-event.js';
import { LIMITS } from './limits.js';
import { parseStructured } from './parse-structured.js';

/** One event of a request with its own bytes, as they would be parked. */
export interface HttpEvent {
  parsed: ParsedEvent;
  raw: Buffer;
}

/** An event that was parsed, or why it is none; without its bytes it is written anew. */
export function httpEvent(item: unknown, given?: Buffer): HttpEvent {
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
