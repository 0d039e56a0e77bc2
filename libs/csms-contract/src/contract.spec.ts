import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import { compile } from '#ocpi';
import { asyncApiText, readExample } from './asyncapi-cli.js';
import { portable } from './asyncapi.js';
import { EVENT_TYPES, type EventType, type EventTypeName } from './event-types.js';
import { isTombstone, parseKafkaMessage } from './parse-kafka-message.js';
import { parseHttpBody } from './parse-http-batch.js';
import { parseStructured } from './parse-structured.js';
import { tokenOfRecordKey, tokenRemoved } from './outgoing-event.js';
import { toKafkaMessage, toStructured, toTombstone } from './print-cloud-event.js';
import { TOPICS } from './topics.js';
import { eventSubject, incomingTopic, recordKey } from './record-key.js';

const EXAMPLES = 'libs/csms-contract/examples';
const names = Object.keys(EVENT_TYPES) as EventTypeName[];
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- an example may be any message
const example = (name: string): any => readExample(EXAMPLES, name);

describe('the examples of the contract', () => {
  it.each(names)('%s is a CloudEvent whose data fits its schema', (name) => {
    const parsed = parseStructured(example(name));
    expect(parsed).toMatchObject({ ok: true, event: { type: name } });
    const schema = (EVENT_TYPES[name] as EventType).schema;
    expect(compile(schema).decode(example(name).data)).toMatchObject({ ok: true });
    const ajv = new Ajv({ strict: false });
    (addFormats as unknown as (ajv: Ajv) => void)(ajv);
    expect(ajv.validate(portable(schema) as object, example(name).data)).toBe(true);
  });

  it.each(
    names.filter((name) => EVENT_TYPES[name].topics.some((id) => TOPICS[id].direction === 'in')),
  )('%s names its subject and key as the contract says', (name) => {
    const { subject, partitionkey, data } = example(name);
    expect(eventSubject(name, data)).toBe(subject);
    expect(recordKey(name, data)).toBe(partitionkey);
    expect(incomingTopic(name, data, 'x.')).toMatch(/^x\.csms\..*\.v1$/);
  });

  it('shows every message in the README', () => {
    const readme = readFileSync('libs/csms-contract/README.md', 'utf8');
    for (const name of names) expect(readme).toContain(`\`${name}\``);
  });
});

describe('the AsyncAPI document', () => {
  it('is generated from the schemas and up to date', () => {
    expect(readFileSync('docs/api/csms.asyncapi.json', 'utf8')).toBe(asyncApiText(EXAMPLES));
  });
});

describe('reading events', () => {
  const printable = {
    id: 'e1',
    source: 'urn:x',
    type: 'ocpi.evse.status-changed.v1',
    subject: 's',
    time: new Date('2026-01-01T00:00:00.123Z'),
    sequence: 7,
    snapshotId: 'snap',
    key: 'k',
    data: '{"a":"é"}',
  };
  const event = {
    id: 'e1',
    source: 'urn:x',
    type: 'ocpi.evse.status-changed.v1',
    subject: 's',
    time: printable.time,
    sequence: 7,
    snapshotId: 'snap',
    data: { a: 'é' },
  };

  it('reads from Kafka in binary and in structured mode what was printed', () => {
    const { value, headers } = toKafkaMessage(printable);
    const asRead = Object.fromEntries(
      Object.entries(headers).map(([name, text]) => [name, Buffer.from(text)]),
    );
    expect(parseKafkaMessage({ value: Buffer.from(value), headers: asRead })).toEqual({
      ok: true,
      event,
    });
    const structured = { value: Buffer.from(toStructured(printable)) };
    expect(parseKafkaMessage(structured)).toEqual({ ok: true, event });
  });

  it('reads one event or a batch from an HTTP body, each with its own bytes', () => {
    const one = toStructured(printable);
    expect(parseHttpBody(Buffer.from(one))).toEqual([
      { parsed: { ok: true, event }, raw: Buffer.from(one) },
    ]);
    const batch = parseHttpBody(Buffer.from(`[${one}, 5]`));
    expect(batch?.map(({ parsed }) => parsed.ok)).toEqual([true, false]);
    expect(parseHttpBody(Buffer.from('"text"'))).toBeUndefined();
    expect(parseHttpBody(Buffer.from('{'))).toBeUndefined();
  });

  it.each([
    ['no id', { id: undefined }],
    ['no source', { source: undefined }],
    ['no time', { time: undefined }],
    ['a day that does not exist', { time: '2026-02-30T00:00:00Z' }],
    ['another specversion', { specversion: '0.3' }],
    ['a sequence that is no number', { sequence: '-1' }],
    ['data that is not JSON', { datacontenttype: 'text/xml' }],
    ['an endless id', { id: 'x'.repeat(257) }],
  ])('refuses an event with %s and says why', (_title, change) => {
    const input = { ...JSON.parse(toStructured(printable)), ...change };
    const parsed = parseStructured(JSON.parse(JSON.stringify(input)));
    expect(parsed).toMatchObject({ ok: false });
    expect(parsed.ok ? '' : parsed.reason).toMatch(/^not a CloudEvent: /);
  });

  it('refuses bytes that are no UTF-8 and no JSON', () => {
    expect(parseKafkaMessage({ value: Buffer.from([0xff, 0xfe]) })).toMatchObject({ ok: false });
    expect(parseKafkaMessage({ value: Buffer.from('nonsense') })).toMatchObject({ ok: false });
    expect(parseKafkaMessage({ value: null })).toMatchObject({ ok: false });
  });

  it('repeats a removal without its value, and reads the token from the key', () => {
    const token = { country_code: 'DE', party_id: 'EMP', uid: 'A*1*B', type: 'RFID' as const };
    const { key } = tokenRemoved(token);

    expect(tokenOfRecordKey(key)).toEqual(token);
    const { value, ...rest } = toTombstone(printable);
    expect(value).toBeNull();
    expect(toKafkaMessage(printable)).toMatchObject(rest);
    expect(parseKafkaMessage({ value, headers: rest.headers })).toMatchObject({ ok: true });
  });

  it('takes a record without value and envelope for a tombstone', () => {
    expect(isTombstone({ value: null })).toBe(true);
    expect(isTombstone({ value: null, headers: { ce_id: 'x' } })).toBe(false);
    expect(isTombstone({ value: Buffer.from('') })).toBe(false);
  });
});
