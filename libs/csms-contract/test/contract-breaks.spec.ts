import { readFileSync } from 'node:fs';
import { contractBreaks, type ContractDocument } from './contract-breaks.js';

const read = (file: string) => JSON.parse(readFileSync(file, 'utf8')) as ContractDocument;
const RELEASED = 'docs/api/released/csms.asyncapi.json';

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- any part of a schema may change
function changed(name: string, change: (payload: any) => void): string[] {
  const next = structuredClone(read(RELEASED));
  change(next.components.messages[name]!.payload);
  return contractBreaks(read(RELEASED), next);
}

const STATUS = 'ocpi.evse.status-changed.v1';
const TOKEN = 'ocpi.token.upserted.v1';

describe('the contract with the CSMS', () => {
  it('breaks nothing that the last release promised; what must break gets a new type', () => {
    expect(contractBreaks(read(RELEASED), read('docs/api/csms.asyncapi.json'))).toEqual([]);
  });

  it('is broken by a message that is gone', () => {
    const next = read(RELEASED);
    Reflect.deleteProperty(next.components.messages, STATUS);
    expect(contractBreaks(read(RELEASED), next)).toEqual([`${STATUS} is gone`]);
  });

  it.each([
    ['a new required field', (p) => p.required.push('why'), `${STATUS}.why is required`],
    ['a field that is gone', (p) => delete p.properties.evse_uid, `${STATUS}.evse_uid is gone`],
    [
      'a shorter text',
      (p) => (p.properties.evse_uid.maxLength = 3),
      `${STATUS}.evse_uid: a smaller maxLength`,
    ],
    [
      'another type',
      (p) => (p.properties.evse_uid.type = 'number'),
      `${STATUS}.evse_uid: another type`,
    ],
    [
      'a value that is not taken any more',
      (p) => p.properties.status.anyOf.pop(),
      `${STATUS}.status does not take UNKNOWN`,
    ],
    // eslint-disable-next-line @typescript-eslint/no-explicit-any -- as above
  ] as [string, (payload: any) => void, string][])(
    'of what the CSMS sends: %s',
    (_what, change, found) => {
      expect(changed(STATUS, change)).toEqual([found]);
    },
  );

  it.each([
    ['a field that is gone', (p) => delete p.properties.valid, `${TOKEN}.valid is gone`],
    [
      'a field that may be missing',
      (p) => p.required.splice(p.required.indexOf('valid'), 1),
      `${TOKEN}.valid may be missing`,
    ],
    // eslint-disable-next-line @typescript-eslint/no-explicit-any -- as above
  ] as [string, (payload: any) => void, string][])(
    'of what the CSMS reads: %s',
    (_what, change, found) => {
      expect(changed(TOKEN, change)).toEqual([found]);
    },
  );

  it('lives with new optional fields, longer texts and further values', () => {
    const more = changed(STATUS, (payload) => {
      payload.properties.note = { type: 'string' };
      payload.properties.evse_uid.maxLength = 300;
      payload.properties.status.anyOf.push({ const: 'NEW', type: 'string' });
    });
    expect(more).toEqual([]);
  });
});
