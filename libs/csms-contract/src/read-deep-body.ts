import { LIMITS } from './limits.js';
import { type HttpEvent, httpEvent } from './http-event.js';
import { parseStructured } from './parse-structured.js';

const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * The events of a body that nests too deep to be parsed as one: cut apart as text, so that the event that nests too deep
 * is refused alone. Undefined when the body is no JSON.
 */
export function readDeepBody(body: Uint8Array): HttpEvent[] | undefined {
  return parsedItems(body)?.map(({ value, text, depth }) => {
    const raw = Buffer.from(text);
    return depth > LIMITS.maxDepth ? tooDeep(value, raw) : httpEvent(value, raw);
  });
}

function parsedItems(body: Uint8Array): (Item & { value: unknown })[] | undefined {
  try {
    return itemsOf(utf8.decode(body).trim()).map((item) => ({
      ...item,
      value: JSON.parse(item.text) as unknown, // takes any depth; it is what walks the value that does not
    }));
  } catch {
    return undefined;
  }
}

function tooDeep(value: unknown, raw: Buffer): HttpEvent {
  const parsed = parseStructured(value);
  const { id, source, type, subject } = parsed.ok ? parsed.event : parsed.attributes;
  return {
    parsed: {
      ok: false,
      reason: `nested deeper than ${String(LIMITS.maxDepth)} levels`,
      attributes: { id, source, type, subject },
    },
    raw,
  };
}

interface Item {
  text: string;
  depth: number;
}

/** The members of an array, or the one value that is none. @throws SyntaxError when brackets do not match */
function itemsOf(text: string): Item[] {
  const isArray = text.startsWith('[');
  const outside = isArray ? 1 : 0;
  const items: Item[] = [];
  let start = outside;
  let level = 0;
  let deepest = 0;
  for (let at = 0; at < text.length; at++) {
    const char = text[at];
    if (char === '"') at = endOfString(text, at);
    else if (char === '[' || char === '{') deepest = Math.max(deepest, ++level - outside);
    else if (char === ']' || char === '}') level--;
    const isEnd = at >= text.length - 1;
    if ((isArray && char === ',' && level === 1) || isEnd) {
      const end = isEnd && !isArray ? at + 1 : at;
      items.push({ text: text.slice(start, end), depth: deepest });
      start = at + 1;
      deepest = 0;
    }
  }
  if (level !== 0 || (isArray && !text.endsWith(']'))) throw new SyntaxError('unmatched brackets');
  return items;
}

function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] === '\\') at++;
    else if (text[at] === '"') return at;
  }
  return text.length;
}
