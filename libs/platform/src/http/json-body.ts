import { BadRequestException } from '@nestjs/common';

/** The body is not JSON; applications turn it into their own HTTP 400. */
export class MalformedJsonException extends BadRequestException {
  constructor(reason: string, cause?: unknown) {
    super(reason, { cause });
  }
}

/** The body may be JSON, and is refused for how deep it nests. */
export class DeepJsonException extends MalformedJsonException {
  constructor() {
    super('The body nests too deep');
  }
}

const MAX_DEPTH = 100;
const utf8 = new TextDecoder('utf-8', { fatal: true });

const spelling = (name: string) =>
  name.replace(
    /./g,
    (char) => `(?:${char}|\\\\u00${char.charCodeAt(0).toString(16).padStart(2, '0')})`,
  );
const POISONED_KEY = new RegExp(
  `"(?:${spelling('__proto__')}|${spelling('constructor')})"\\s*:`,
  'i',
);

/**
 * The value of a JSON body, whatever its content type says (TRN-70). An empty body is undefined. Keys that could reach a
 * prototype are dropped, not refused (TRN-50). @throws MalformedJsonException, DeepJsonException
 */
export function parseJsonBody(body: Uint8Array): unknown {
  const text = decode(body);
  if (text.trim() === '') return undefined;
  if (nestsTooDeep(text)) throw new DeepJsonException();
  try {
    return POISONED_KEY.test(text)
      ? JSON.parse(text, (key, value: unknown) =>
          key === '__proto__' || key === 'constructor' ? undefined : value,
        )
      : JSON.parse(text);
  } catch (cause) {
    throw new MalformedJsonException('The body is not valid JSON', cause);
  }
}

function decode(body: Uint8Array): string {
  try {
    return utf8.decode(body);
  } catch (cause) {
    throw new MalformedJsonException('The body is not valid UTF-8', cause);
  }
}

/** Deep nesting parses, but overflows the stack of whatever walks the value afterwards. */
export function nestsTooDeep(text: string): boolean {
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    switch (text.charCodeAt(at)) {
      case 0x22: // "
        at = endOfString(text, at);
        break;
      case 0x5b: // [
      case 0x7b: // {
        if (++depth > MAX_DEPTH) return true;
        break;
      case 0x5d: // ]
      case 0x7d: // }
        depth--;
    }
  }
  return false;
}

function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 0x5c) at++;
    else if (code === 0x22) return at;
  }
  return text.length;
}
