import { OCPI_VERSIONS } from '../types/ocpi-version.js';
import { chooseVersion, versionManifest } from './manifest.js';
import {
  endpointUrl,
  moduleIdOf,
  readVersionDetails,
  writeVersionDetails,
} from './version-details.js';
import { readVersionList, writeVersionList } from './version-list.js';

const BASE = 'https://cpo.example/ocpi';
const endpoint = (
  identifier: string,
  role: string | undefined,
  url = `https://e.example/${identifier}`,
) => ({ identifier, role, url });
const read = (version: string, endpoints: unknown[]) => {
  const details = readVersionDetails({ version, endpoints }, version);
  if (!details.ok) throw new Error('refused');
  return details.value;
};

describe('version list', () => {
  it('VER-01 (partial: documents): a plain list is written, a wrapped one understood', () => {
    const list = writeVersionList(BASE, OCPI_VERSIONS);
    expect(list.map((entry) => entry.url)).toEqual(OCPI_VERSIONS.map((v) => `${BASE}/${v}`));
    expect(readVersionList(list)).toEqual({ ok: true, value: list });
    expect(readVersionList({ versions: list })).toEqual({ ok: true, value: list });
  });
  it.each([[null], [{}], ['x'], [[]], [[{ version: '2.2.1' }, null]]])(
    '%j names no version',
    (data) => {
      expect(readVersionList(data).ok).toBe(false);
    },
  );
  it.each([
    [['2.0', '2.1', '2.2', '2.2.1', '3.0'], '2.2.1'],
    [['2.1.1', '2.2.1', '2.3.0'], '2.3.0'],
    [['2.1.1'], '2.1.1'],
    [['2.2'], undefined],
    [['2.2.1-d2', '2.3'], undefined],
  ])('VER-04 (partial: choice): of %j we take %s', (offered, chosen) => {
    expect(chooseVersion(offered)).toBe(chosen);
  });
  it('VER-05 (partial: choice): a connection can be held to fewer versions', () => {
    expect(chooseVersion(['2.1.1', '2.2.1', '2.3.0'], ['2.1.1', '2.2.1'])).toBe('2.2.1');
  });
});

describe('version details', () => {
  it('VER-06 (partial: modules of this release, without hubclientinfo) [2.2.1+]: every entry has its role', () => {
    for (const version of ['2.2.1', '2.3.0'] as const) {
      const named = writeVersionDetails(version, `${BASE}/${version}`).endpoints.map(
        (e) => `${e.role ?? ''} ${e.identifier}`,
      );
      expect(named).toEqual(
        expect.arrayContaining([
          'SENDER locations',
          'SENDER sessions',
          'SENDER cdrs',
          'SENDER tariffs',
          'SENDER credentials',
          'RECEIVER tokens',
          'RECEIVER commands',
          'RECEIVER chargingprofiles',
          'RECEIVER hubclientinfo',
        ]),
      );
    }
  });
  it('VER-07 (partial: document) [2.1.1]: no role, the seven modules', () => {
    const { version, endpoints } = writeVersionDetails('2.1.1', `${BASE}/2.1.1/`);
    expect(version).toBe('2.1.1');
    expect(endpoints.map((e) => e.identifier).sort()).toEqual([
      'cdrs',
      'commands',
      'credentials',
      'locations',
      'sessions',
      'tariffs',
      'tokens',
    ]);
    for (const entry of endpoints)
      expect(entry).toEqual({
        identifier: entry.identifier,
        url: `${BASE}/2.1.1/${entry.identifier}`,
      });
  });
  it('VER-08 (partial: reading) [2.1.1]: one module at two URLs is pointed out and not guessed at', () => {
    const details = read('2.1.1', [
      endpoint('tokens', undefined),
      endpoint('tokens', undefined, 'https://e.example/other'),
    ]);
    expect(details.ambiguous).toEqual(['tokens']);
    expect(endpointUrl(details, 'tokens', 'SENDER')).toBeUndefined();
  });
  it('VER-09 (partial: reading) [2.2.1+]: the role of credentials says nothing', () => {
    const details = read('2.2.1', [endpoint('credentials', 'RECEIVER')]);
    expect(endpointUrl(details, 'credentials', 'SENDER')).toBe('https://e.example/credentials');
  });
  it('VER-10 (partial: reading) [2.2.1+], VER-11 (partial: reading): by identifier and role, or not at all', () => {
    const details = read('2.2.1', [
      endpoint('locations', 'SENDER', 'https://e.example/s'),
      endpoint('locations', 'RECEIVER', 'https://e.example/r'),
    ]);
    expect(endpointUrl(details, 'locations', 'RECEIVER')).toBe('https://e.example/r');
    expect(endpointUrl(details, 'sessions', 'RECEIVER')).toBeUndefined();
    expect(details.ambiguous).toEqual([]);
  });
  it('VER-12 (partial: reading): unknown modules and broken entries are skipped', () => {
    const details = read('2.3.0', [
      endpoint('nltnm-tokens', 'SENDER'),
      endpoint('foo', 'SENDER'),
      null,
      { identifier: 'tokens' },
      endpoint('cdrs', 'RECEIVER'),
    ]);
    expect(details.endpoints.map((e) => e.identifier)).toEqual(['cdrs']);
    expect(details.skipped).toEqual(['nltnm-tokens', 'foo', 'tokens']);
  });
  it.each(['Booking', 'bookings', 'booking', 'BOOKINGS'])(
    'VER-14 (partial: reading) [2.3.0]: %s is one module',
    (identifier) => {
      expect(moduleIdOf(identifier)).toBe('bookings');
    },
  );
  it('refuses what is no details document, or that of another version', () => {
    expect(readVersionDetails({}, '2.2.1').ok).toBe(false);
    expect(readVersionDetails(null, '2.2.1').ok).toBe(false);
    expect(readVersionDetails({ version: '2.1.1', endpoints: [] }, '2.2.1').ok).toBe(false);
  });
  it('VER-16 (partial: the remark to the operator and the rule; nothing that depends on other modules is offered before commands): commands and charging profiles do not stand alone', () => {
    for (const version of OCPI_VERSIONS) {
      const served = versionManifest(version).modules.map(({ identifier }) => identifier);
      expect(served).toEqual(expect.arrayContaining(['commands', 'locations', 'sessions']));
    }
  });
});
