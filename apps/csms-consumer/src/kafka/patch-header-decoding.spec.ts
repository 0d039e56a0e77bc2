import { createRequire } from 'node:module';
import { patchHeaderDecoding } from './patch-header-decoding.js';

const require = createRequire(import.meta.url);
const Decoder = require('kafkajs/src/protocol/decoder') as new (buffer: Buffer) => unknown;
const Encoder = require('kafkajs/src/protocol/encoder') as new () => {
  writeEncoder(encoder: unknown): { buffer: Buffer };
};
const encode = require('kafkajs/src/protocol/recordBatch/record/v0') as (record: object) => unknown;
const decode = require('kafkajs/src/protocol/recordBatch/record/v0/decoder') as (
  decoder: unknown,
  context: object,
) => { headers: Record<string, unknown> };

/** As kafkajs reads a record: a decoder over its bytes without the length in front, which is one byte for short ones. */
function read(headers: object): Record<string, unknown> {
  const bytes = new Encoder().writeEncoder(encode({ key: 'k', value: 'v', headers })).buffer;
  const lengthBytes = (bytes[0] ?? 0) >= 0x80 ? 2 : 1;
  const context = { firstOffset: '0', firstTimestamp: '0' };
  return decode(new Decoder(bytes.subarray(lengthBytes)), context).headers;
}

const HEADERS = [
  {},
  { ce_id: 'a', ce_source: 'urn:x', 'content-type': 'application/json' },
  { 'naïve ☃': '', empty: Buffer.alloc(0) },
  { many: ['1', '2', '3'], one: 'x' },
];

describe('the headers of a record', () => {
  const before = HEADERS.map(read);
  patchHeaderDecoding();

  it.each(HEADERS.map((headers, place) => [Object.keys(headers).join(' '), place]))(
    'are what kafkajs makes of them: %s',
    (_names, place) => {
      const headers = read(HEADERS[place] ?? {});
      expect(Object.entries(headers)).toEqual(Object.entries(before[place] ?? {}));
      expect(Object.getPrototypeOf(headers)).toBe(Object.prototype);
    },
  );

  it('may be named like what every object has', () => {
    const headers = read(JSON.parse('{"__proto__":"p","constructor":"c","x":["1","2"]}') as object);
    expect(Object.entries(headers)).toEqual([
      ['__proto__', Buffer.from('p')],
      ['constructor', Buffer.from('c')],
      ['x', [Buffer.from('1'), Buffer.from('2')]],
    ]);
    expect(Object.getPrototypeOf(headers)).toBe(Object.prototype);
  });
});
