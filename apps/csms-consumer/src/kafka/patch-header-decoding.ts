import { type IHeaders } from 'kafkajs';
import { createRequire } from 'node:module';

interface Decoder {
  buffer: Buffer;
  offset: number;
  readVarInt(): number;
  readVarIntBytes(): Buffer | null;
  readVarIntArray(readOne: (decoder: Decoder) => unknown): unknown;
}

type Headers = Record<string, IHeaders[string] | null>;

/**
 * kafkajs 2.2.4 copies a record's headers for each header that it adds to them, which is two thirds of what reading an
 * event of nine headers costs, and most of its garbage. It reads arrays of this kind for nothing but headers and asks
 * them for nothing but `reduce`, so that is where they are handed over, collected in one go. Remove this when kafkajs
 * carries a fix.
 */
export function patchHeaderDecoding(): void {
  const require = createRequire(import.meta.url);
  const { prototype } = require('kafkajs/src/protocol/decoder') as {
    prototype: Decoder & { patched?: true };
  };
  const headerDecoder: unknown = require('kafkajs/src/protocol/recordBatch/header/v0/decoder');
  if (prototype.patched) return;
  prototype.patched = true;
  // eslint-disable-next-line @typescript-eslint/unbound-method -- called with its own `this` below
  const original = prototype.readVarIntArray;
  prototype.readVarIntArray = function (this: Decoder, readOne) {
    if (readOne !== headerDecoder) return original.call(this, readOne);
    const headers = readHeaders(this);
    return { reduce: () => headers };
  };
}

function readHeaders(decoder: Decoder): Headers {
  const headers: Headers = {};
  const count = decoder.readVarInt();
  for (let place = 0; place < count; place++) {
    const name = readName(decoder);
    const value = decoder.readVarIntBytes();
    const before = Object.hasOwn(headers, name) ? headers[name] : undefined;
    if (before === undefined) set(headers, name, value);
    else set(headers, name, [before, value].flat() as Buffer[]);
  }
  return headers;
}

function readName(decoder: Decoder): string {
  const end = decoder.readVarInt() + decoder.offset;
  const name = decoder.buffer.toString('utf8', decoder.offset, end);
  decoder.offset = end;
  return name;
}

function set(headers: Headers, name: string, value: Headers[string]): void {
  if (name !== '__proto__') headers[name] = value;
  else Object.defineProperty(headers, name, { value, enumerable: true, configurable: true });
}
