import { bodyAbout, namesToken, type TracedMessage } from './names-token.js';
import { type TokenSubject } from './token-subject.js';

const SUBJECT: TokenSubject = {
  partyKey: 'DE*EMP',
  uidKey: '04A1B2C3',
  type: 'RFID',
  needle: '"04A1B2C3"',
  identifiers: ['04A1B2C3', 'DE-EMP-C1'],
};
const OURS = { country_code: 'DE', party_id: 'EMP' };
const OTHERS = { country_code: 'FR', party_id: 'OTH' };

const names = (message: Partial<Record<keyof TracedMessage, unknown>>): boolean =>
  namesToken(SUBJECT, {
    module: null,
    url: 'https://e.example/x',
    headers: {},
    request: null,
    response: null,
    ...message,
  } as TracedMessage);
const inRequest = (request: unknown) => names({ request: JSON.stringify(request) });

describe('namesToken', () => {
  it.each([
    ['a token', { ...OURS, uid: '04a1b2c3', type: 'RFID' }],
    ['a token of 2.1.1, which names no owner', { uid: '04A1B2C3', type: 'RFID', auth_id: 'X' }],
    ['a Session of 2.1.1', { id: 'S1', auth_id: 'de-emp-c1' }],
    ['a word', { status_message: 'unknown token 04a1b2c3.' }],
    ['an object deep inside', { data: [{ list: [{ ...OURS, contract_id: 'DE-EMP-C1' }] }] }],
  ])('finds it as %s', (_as, body) => {
    expect(inRequest(body)).toBe(true);
  });

  it.each([
    ["another eMSP's of the same uid", { ...OTHERS, uid: '04A1B2C3', type: 'RFID' }],
    ['one of another type', { ...OURS, uid: '04A1B2C3', type: 'APP_USER' }],
    ['one with a longer uid', { ...OURS, uid: '04A1B2C3D4', type: 'RFID' }],
    ['a longer word', { remark: '04A1B2C3D4' }],
    [
      "a word beside another eMSP's",
      { remark: '04A1B2C3', cdr_token: { ...OTHERS, uid: '04A1B2C3', type: 'RFID' } },
    ],
  ])('does not take %s for it', (_what, body) => {
    expect(inRequest(body)).toBe(false);
  });

  it('reads URLs of tokens by owner and type, and others by their words', () => {
    const token = (rest: string) => names({ url: `https://g.example/tokens/${rest}` });
    expect(token('DE/EMP/04a1b2c3')).toBe(true);
    expect(token('04A1B2C3/authorize?type=RFID')).toBe(true);
    expect(token('FR/OTH/04A1B2C3')).toBe(false);
    expect(token('DE/EMP/04A1B2C3?type=APP_USER')).toBe(false);
    expect(token('DE/EMP/04A1B2C3D4')).toBe(false);
    expect(names({ module: 'cdrs', url: 'https://e.example/cdrs?of=04A1B2C3' })).toBe(true);
    expect(token('DE/EMP/%304A1%42%322C3?x=%')).toBe(false);
    expect(token('DE/EMP/%304A1%42%32C3?x=%')).toBe(true);
    expect(names({ module: 'cdrs', url: '/cdrs?x=%zz%&of=%304A1B2C3' })).toBe(true);
  });

  it('finds it in a body that was cut', () => {
    expect(names({ request: '[{"uid": "04a1b2c3", "ty… [cut: 20000 characters in all]' })).toBe(
      true,
    );
    expect(names({ request: '[{"uid": "04a1\\u0062\\u0032c3", "ty… [cut' })).toBe(true);
    expect(names({ request: '[{"uid": "04a1\\x62c3", "ty… [cut' })).toBe(false);
  });
});

describe('bodyAbout', () => {
  it('is what names the token of a page, and nothing of what cannot be read', () => {
    const [own, other] = ['04A1B2C3', 'FFFF0001'].map((uid) => ({ ...OURS, uid, type: 'RFID' }));
    const about = (body: unknown) => bodyAbout(SUBJECT, JSON.stringify(body));
    expect(about({ status_code: 1000, data: [own, other] })).toEqual({
      status_code: 1000,
      data: [own],
    });
    expect(about([other, own])).toEqual([own]);
    expect(about(own)).toEqual(own);
    expect(bodyAbout(SUBJECT, '{"uid":"04A1B2C3"… [cut')).toBeNull();
    expect(bodyAbout(SUBJECT, null)).toBeNull();
  });
});
