import { decodeCredentials } from './decode-credentials.js';
import { encodeCredentials } from './encode-credentials.js';

const role = {
  role: 'EMSP',
  business_details: { name: 'Emp' },
  party_id: 'EMP',
  country_code: 'NL',
};
const sound = {
  token: 'ebf3b399-779f-4497-9b9d-ac6ad3cc44d2',
  url: 'https://emp.example/ocpi/versions',
  roles: [role],
};
const { roles: _roles, ...flat } = { ...sound, ...role };
const paths = (decoded: ReturnType<typeof decodeCredentials>): string[] =>
  decoded.ok ? [] : decoded.errors.map(({ path }) => path);

describe('decodeCredentials', () => {
  it('CRD-28 [2.1.1]: the flat object is one eMSP', () => {
    expect(decodeCredentials('2.1.1', flat)).toEqual({ ok: true, value: sound });
  });

  it.each([
    ['CRD-10', { token: undefined }, 'token'],
    ['CRD-10', { url: undefined }, 'url'],
    ['CRD-10', { url: 'emp.example' }, 'url'],
    ['CRD-10, CRD-34', { token: 'a'.repeat(65) }, 'token'],
    ['CRD-10, CRD-34', { token: 'two words' }, 'token'],
    ['CRD-10, CRD-34', { token: '' }, 'token'],
    ['CRD-29, TER-03', { roles: [] }, 'roles'],
    ['CRD-29', { roles: undefined }, 'roles'],
    ['CRD-29', { roles: [{ ...role, business_details: {} }] }, 'roles[0].business_details.name'],
    [
      'CRD-29',
      { roles: [{ ...role, business_details: { name: '' } }] },
      'roles[0].business_details.name',
    ],
    ['CRD-29', { roles: [{ ...role, party_id: 'EMPX' }] }, 'roles[0].party_id'],
    ['CRD-29', { roles: [{ ...role, country_code: 'NLD' }] }, 'roles[0].country_code'],
    ['CRD-30', { roles: [role, { ...role, party_id: 'emp' }] }, 'roles[1]'],
  ])('%s: %p is refused at %s', (_id, change, path) => {
    expect(paths(decodeCredentials('2.2.1', { ...sound, ...change }))).toContain(path);
    expect(paths(decodeCredentials('2.3.0', { ...sound, ...change }))).toContain(path);
  });

  it.each(['token', 'url', 'business_details', 'party_id', 'country_code'])(
    'CRD-10, CRD-28 [2.1.1]: %s is required',
    (field) => {
      expect(paths(decodeCredentials('2.1.1', { ...flat, [field]: undefined }))).toContain(field);
    },
  );

  it('CRD-30: one role for several parties, and several roles of one party, are normal', () => {
    const roles = [role, { ...role, party_id: 'EM2' }, { ...role, role: 'NSP' }];
    expect(decodeCredentials('2.2.1', { ...sound, roles }).ok).toBe(true);
  });

  it('CRD-39: a role outside the enum is kept', () => {
    const roles = [{ ...role, role: 'PTP' }];
    expect(decodeCredentials('2.3.0', { ...sound, roles })).toMatchObject({ value: { roles } });
  });

  it('CRD-38 (partial: decoding): 2,000 roles are accepted', () => {
    const roles = Array.from({ length: 2000 }, (_, n) => ({
      ...role,
      party_id: n.toString(36).toUpperCase().padStart(3, '0'),
    }));
    expect(decodeCredentials('2.3.0', { ...sound, roles }).ok).toBe(true);
  });

  it('CRD-35 (partial: who the hub is; its clients come with hub client info) [2.2.1]: the party in role HUB', () => {
    const roles = [{ ...role, role: 'HUB' }];
    expect(decodeCredentials('2.2.1', { ...sound, roles })).toMatchObject({ value: { roles } });
  });

  it('CRD-36 [2.3.0]: hub_party_id is country code and party id; absent means no hub', () => {
    const hub = { hub_party_id: 'NLHUB' };
    expect(decodeCredentials('2.3.0', { ...sound, ...hub })).toMatchObject({ value: hub });
    const plain = decodeCredentials('2.3.0', sound);
    expect(plain.ok && plain.value).not.toHaveProperty('hub_party_id');
    expect(paths(decodeCredentials('2.3.0', { ...sound, hub_party_id: 'NL' }))).toEqual([
      'hub_party_id',
    ]);
  });
});

describe('encodeCredentials', () => {
  const ours = { token: 'C', url: 'https://cpo.example/ocpi/versions' };
  const cpo = {
    country_code: 'DE',
    party_id: 'SLB',
    business_details: { name: 'Stadtwerke Köln' },
  };
  const second = { ...cpo, party_id: 'SL2' };

  it.each(['2.2.1', '2.3.0'] as const)(
    'CRD-31, CRD-36, TYP-19 [%s]: every hosted party as CPO, no hub',
    (version) => {
      expect(encodeCredentials(version, ours, [cpo, second])).toEqual({
        ...ours,
        roles: [
          { role: 'CPO', ...cpo },
          { role: 'CPO', ...second },
        ],
      });
    },
  );

  it('CRD-28 [2.1.1]: one party in a flat object', () => {
    expect(encodeCredentials('2.1.1', ours, [cpo])).toEqual({
      ...ours,
      country_code: 'DE',
      party_id: 'SLB',
      business_details: { name: 'Stadtwerke Koln' },
    });
    expect(() => encodeCredentials('2.1.1', ours, [cpo, second])).toThrow(RangeError);
  });
});
