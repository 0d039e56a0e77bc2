import { OCPI_VERSIONS, type OcpiVersion } from '../../types/ocpi-version.js';
import { decodeAuthorizationInfo, encodeLocationReferences } from './authorization-info.js';
import { decodeToken, encodeToken, mergeTokenPatch } from './decode-token.js';
import { tokenKey } from './token-key.js';
import { tokenTypeFor } from './token-type-for.js';
import { type Token } from './token.js';

const stored: Token = {
  country_code: 'NL',
  party_id: 'TNM',
  uid: '04A1b2',
  type: 'RFID',
  contract_id: 'NL8ACC12E46L89',
  visual_number: 'DF000-2001-8999-1',
  issuer: 'TheNewMotion',
  group_id: 'GROUP1',
  valid: true,
  whitelist: 'ALWAYS',
  language: 'it',
  default_profile_type: 'GREEN',
  energy_contract: { supplier_name: 'Greenpeace Energy eG', contract_id: '0123456789' },
  last_updated: '2026-03-01T10:00:00Z',
};
const urlParty = { country_code: 'NL', party_id: 'TNM' };
const origin = { urlParty, urlUid: '04A1b2' };
const receivedAt = new Date('2026-05-01T08:00:00.250Z');

/** The stored token as each version's partner would send it. */
const wire = (version: OcpiVersion, changes: object = {}): object => ({
  ...encodeToken(version, stored),
  ...changes,
});
const without = (version: OcpiVersion, key: string): object =>
  Object.fromEntries(Object.entries(wire(version)).filter(([name]) => name !== key));
const value = (decoded: ReturnType<typeof decodeToken>): Token => {
  if (!decoded.ok) throw new Error(JSON.stringify(decoded.errors));
  return decoded.value;
};
const paths = (decoded: ReturnType<typeof decodeToken>): string[] =>
  decoded.ok ? [] : decoded.errors.map(({ path }) => path);

describe('decodeToken', () => {
  it.each(['2.2.1', '2.3.0'] as const)(
    'TOK-41, TOK-45 [%s]: a full token comes back as it was put',
    (version) => {
      expect(value(decodeToken(version, wire(version), origin))).toEqual(stored);
      expect(encodeToken(version, value(decodeToken(version, wire(version), origin)))).toEqual(
        wire(version),
      );
    },
  );

  it('TOK-17, TOK-09 [2.1.1]: auth_id is the contract, the owner comes from the URL and is not shown', () => {
    const { group_id, default_profile_type, energy_contract, ...rest } = stored;
    expect(value(decodeToken('2.1.1', wire('2.1.1'), origin))).toEqual(rest);
    expect(wire('2.1.1')).toEqual({
      uid: '04A1b2',
      type: 'RFID',
      auth_id: 'NL8ACC12E46L89',
      visual_number: 'DF000-2001-8999-1',
      issuer: 'TheNewMotion',
      valid: true,
      whitelist: 'ALWAYS',
      language: 'it',
      last_updated: '2026-03-01T10:00:00Z',
    });
    expect(paths(decodeToken('2.1.1', wire('2.1.1')))).toEqual(['country_code']);
  });

  const mandatory = ['uid', 'type', 'issuer', 'valid', 'whitelist', 'last_updated'];
  it.each([
    ...OCPI_VERSIONS.flatMap((version) => mandatory.map((field) => [version, field] as const)),
    ['2.1.1', 'auth_id'] as const,
    ...(['2.2.1', '2.3.0'] as const).flatMap((version) =>
      ['contract_id', 'country_code', 'party_id'].map((field) => [version, field] as const),
    ),
  ])('TOK-15 [%s]: a token without %s is refused', (version, field) => {
    expect(paths(decodeToken(version, without(version, field), origin))).toEqual([field]);
  });

  it.each([
    ['TOK-46', 'uid', 'A'.repeat(37)],
    ['TOK-46', 'contract_id', 'A'.repeat(37)],
    ['TOK-46', 'group_id', 'A'.repeat(37)],
    ['TOK-46', 'visual_number', 'A'.repeat(65)],
    ['TOK-46, TYP-05', 'issuer', 'A'.repeat(65)],
    ['TOK-46', 'language', 'ita'],
    ['TYP-02', 'uid', 'caf\u00e9'],
    ['TYP-14', 'whitelist', 'MAYBE'],
    ['TYP-11', 'valid', 'true'],
  ])('%s: %s cannot be %p', (_id, field, bad) => {
    const decoded = decodeToken('2.2.1', wire('2.2.1', { [field]: bad }));
    expect(paths(decoded)).toEqual([field]);
  });

  it('TOK-46: an issuer of 64 characters is accepted', () => {
    const issuer = 'A'.repeat(64);
    expect(value(decodeToken('2.3.0', wire('2.3.0', { issuer }))).issuer).toBe(issuer);
  });

  it('TOK-45: an energy contract without supplier is refused', () => {
    const decoded = decodeToken('2.3.0', wire('2.3.0', { energy_contract: {} }), origin);
    expect(paths(decoded)).toEqual(['energy_contract.supplier_name']);
  });

  it.each([
    ['2.1.1', 'NFC_RING', false],
    ['2.1.1', 'APP_USER', false],
    ['2.2.1', 'NFC_RING', false],
    ['2.2.1', 'EMAID', false],
    ['2.2.1', 'rfid', false],
    ['2.3.0', 'NFC_RING', true],
    ['2.3.0', 'EMAID', true],
  ] as const)(
    'TOK-16, TYP-15 (partial: 2.3.0 is open) [%s]: type %s → accepted %p',
    (version, type, ok) => {
      expect(decodeToken(version, wire(version, { type }), origin).ok).toBe(ok);
    },
  );

  it.each(OCPI_VERSIONS)(
    'TOK-16, TRN-50 [%s]: unknown fields are no reason to refuse',
    (version) => {
      const body = JSON.parse(
        `{"foo":{"bar":1},"__proto__":{"a":1},"constructor":1,${JSON.stringify(wire(version)).slice(1)}`,
      ) as unknown;
      expect(value(decodeToken(version, body, origin))).not.toHaveProperty('foo');
    },
  );

  it('TOK-05, TRN-42: URL and body must name the same token and owner, whatever the case', () => {
    const at = (more: object) => paths(decodeToken('2.2.1', wire('2.2.1'), { ...origin, ...more }));
    expect(at({ urlUid: 'BBB' })).toEqual(['uid']);
    expect(at({ urlUid: '04a1B2' })).toEqual([]);
    expect(at({ urlParty: { country_code: 'DE', party_id: 'TNM' } })).toEqual(['party_id']);
    expect(at({ urlParty: { country_code: 'nl', party_id: 'tnm' } })).toEqual([]);
  });

  it('TOK-04: an explicit type query must be the type of the body; without one the body decides', () => {
    const body = wire('2.2.1', { type: 'APP_USER' });
    expect(paths(decodeToken('2.2.1', body, { ...origin, urlType: 'RFID' }))).toEqual(['type']);
    expect(value(decodeToken('2.2.1', body, origin)).type).toBe('APP_USER');
  });

  it('TYP-07, TYP-08: last_updated is stored as UTC with Z', () => {
    const read = (last_updated: string) =>
      value(decodeToken('2.2.1', wire('2.2.1', { last_updated }))).last_updated;
    expect(read('2026-03-01T12:00:00')).toBe('2026-03-01T12:00:00Z');
    expect(read('2026-03-01T12:00:00+01:00')).toBe('2026-03-01T11:00:00Z');
  });

  it('TRN-32, TOK-06: what a PUT leaves out, or names null, is gone', () => {
    const body = { ...without('2.3.0', 'group_id'), visual_number: null };
    const token = value(decodeToken('2.3.0', body, origin));
    expect(token).not.toHaveProperty('group_id');
    expect(token).not.toHaveProperty('visual_number');
  });
});

describe('mergeTokenPatch', () => {
  const last_updated = '2026-04-01T00:00:00Z';

  it.each(OCPI_VERSIONS)('TOK-06, TRN-33 [%s]: only the fields given change', (version) => {
    const patched = mergeTokenPatch(version, stored, { valid: false, last_updated }, receivedAt);
    expect(value(patched)).toEqual({ ...stored, valid: false, last_updated });
  });

  it.each([
    ['2.1.1', true],
    ['2.2.1', false],
    ['2.3.0', false],
  ] as const)('TOK-07, TRN-34, TRN-35 [%s]: without last_updated → accepted %p', (version, ok) => {
    const patched = mergeTokenPatch(version, stored, { valid: false }, receivedAt);
    expect(patched.ok).toBe(ok);
    if (patched.ok) expect(patched.value.last_updated).toBe('2026-05-01T08:00:00.250Z');
  });

  it('TRN-38: null clears an optional field and is refused for a required one', () => {
    const patch = (body: object) =>
      mergeTokenPatch('2.3.0', stored, { last_updated, ...body }, receivedAt);
    expect(value(patch({ group_id: null }))).not.toHaveProperty('group_id');
    expect(paths(patch({ issuer: null }))).toEqual(['issuer']);
    expect(paths(mergeTokenPatch('2.1.1', stored, { auth_id: null }, receivedAt))).toEqual([
      'auth_id',
    ]);
    const foreign = mergeTokenPatch(
      '2.1.1',
      stored,
      { country_code: null, group_id: null },
      receivedAt,
    );
    expect(value(foreign)).toMatchObject({ country_code: 'NL', group_id: 'GROUP1' });
  });

  it('TRN-42: a PATCH renames nothing', () => {
    const patch = (body: object) =>
      mergeTokenPatch('2.2.1', stored, { last_updated, ...body }, receivedAt);
    expect(paths(patch({ uid: '2' }))).toEqual(['uid']);
    expect(paths(patch({ party_id: 'XXX' }))).toEqual(['party_id']);
    expect(paths(patch({ type: 'APP_USER' }))).toEqual(['type']);
    expect(value(patch({ uid: '04a1B2' })).uid).toBe('04A1b2');
  });

  it('TRN-33 [2.2.1]: a type that the version shows as OTHER survives a PATCH', () => {
    const emaid: Token = { ...stored, type: 'EMAID' };
    const patched = mergeTokenPatch('2.2.1', emaid, { type: 'OTHER', last_updated }, receivedAt);
    expect(value(patched).type).toBe('EMAID');
  });

  it.each([[[]], ['x'], [null], [42]])(
    'STA-02 (partial: bodies of a PATCH): %p is refused',
    (body) => {
      expect(mergeTokenPatch('2.3.0', stored, body, receivedAt).ok).toBe(false);
    },
  );
});

describe('token types and keys', () => {
  it.each([
    ['2.1.1', 'RFID', 'RFID'],
    ['2.1.1', 'APP_USER', 'OTHER'],
    ['2.1.1', 'AD_HOC_USER', 'OTHER'],
    ['2.1.1', 'EMAID', 'OTHER'],
    ['2.2.1', 'AD_HOC_USER', 'AD_HOC_USER'],
    ['2.2.1', 'EMAID', 'OTHER'],
    ['2.2.1', 'LICENSE_PLATE', 'OTHER'],
    ['2.3.0', 'NFC_RING', 'NFC_RING'],
  ] as const)('TYP-16 [%s]: token type %s leaves as %s', (version, type, shown) => {
    expect(tokenTypeFor(version, type)).toBe(shown);
  });

  it('TOK-11, TOK-12: the key ignores case and tells owner, type and uid apart', () => {
    const key = tokenKey(stored);
    expect(tokenKey({ ...stored, country_code: 'nl', uid: '04a1B2' })).toBe(key);
    expect(tokenKey({ ...stored, type: 'APP_USER' })).not.toBe(key);
    expect(tokenKey({ ...stored, party_id: 'EMP' })).not.toBe(key);
  });
});

describe('AuthorizationInfo', () => {
  const location = { location_id: 'LOC1', evse_uids: ['3256'] };
  const info = { language: 'en', text: 'No credit' };

  it.each(['2.2.1', '2.3.0'] as const)(
    'TOK-49, TOK-28 [%s]: token and reference are kept',
    (version) => {
      const answer = {
        allowed: 'ALLOWED',
        token: wire(version),
        location,
        authorization_reference: 'R1',
        info,
      };
      const decoded = decodeAuthorizationInfo(version, answer);
      expect(decoded).toEqual({ ok: true, value: { ...answer, token: stored } });
      expect(decodeAuthorizationInfo(version, { allowed: 'ALLOWED' }).ok).toBe(true);
    },
  );

  it('TOK-30 [2.1.1]: neither token nor reference exists', () => {
    const answer = {
      allowed: 'NO_CREDIT',
      location,
      info,
      token: {},
      authorization_reference: 'R1',
    };
    const decoded = decodeAuthorizationInfo('2.1.1', answer);
    expect(decoded).toEqual({ ok: true, value: { allowed: 'NO_CREDIT', location, info } });
  });

  it('TOK-46: a reference of 37 characters or a broken token is refused', () => {
    const long = { allowed: 'ALLOWED', authorization_reference: 'A'.repeat(37) };
    expect(decodeAuthorizationInfo('2.2.1', long).ok).toBe(false);
    const broken = decodeAuthorizationInfo('2.2.1', { allowed: 'ALLOWED', token: { uid: 'X' } });
    expect(broken.ok ? [] : broken.errors.map(({ path }) => path)).toContain('token.issuer');
  });

  it('TOK-25 (partial: the body): no connector_ids on any version', () => {
    expect(encodeLocationReferences(location)).toEqual(location);
  });
});
