import {
  CHARGING_PROFILE_RESPONSE_TYPES,
  CHARGING_PROFILE_RESULT_TYPES,
} from './charging-profile-response.js';
import { type ActiveChargingProfile, type ChargingProfile } from './charging-profile.js';
import { decodeSetChargingProfile } from './decode-charging-profile.js';
import {
  encodeActiveChargingProfile,
  encodeActiveChargingProfileResult,
  encodeChargingProfileResponse,
  encodeChargingProfileResult,
  encodeClearProfileResult,
} from './encode-charging-profile.js';
import {
  readClearChargingProfileQuery,
  readGetChargingProfileQuery,
} from './read-charging-profile-query.js';

const response_url = 'https://emsp.example/Results/1?Q=%7e%2F&x=1';
const profile: ChargingProfile = {
  start_date_time: '2026-05-01T10:00:00Z',
  duration: 900,
  charging_rate_unit: 'A',
  min_charging_rate: 6,
  charging_profile_period: [
    { start_period: 0, limit: 32 },
    { start_period: 600, limit: 8.1 },
  ],
};
const put = (changes: object = {}, more: object = {}) => ({
  charging_profile: { ...profile, ...changes },
  response_url,
  ...more,
});
const read = (...args: Parameters<typeof decodeSetChargingProfile>) => {
  const decoded = decodeSetChargingProfile(...args);
  if (!decoded.ok) throw new Error(JSON.stringify(decoded.errors));
  return decoded.value;
};
const paths = (...args: Parameters<typeof decodeSetChargingProfile>): string[] => {
  const decoded = decodeSetChargingProfile(...args);
  return decoded.ok ? [] : decoded.errors.map(({ path }) => path);
};
const from = (...starts: number[]) => ({
  charging_profile_period: starts.map((start_period) => ({ start_period, limit: 16 })),
});

describe('decodeSetChargingProfile', () => {
  it('CHP-04 (partial: the body), CHP-18 (partial: the body), CHP-19 (partial: the body): what is said comes through, and nothing is made up', () => {
    const bare = { charging_rate_unit: 'W', ...from(0) };
    expect(read(put({ foo: 1 }, { bar: 2 })).request).toEqual(put());
    expect(read({ charging_profile: bare, response_url }).request.charging_profile).toEqual(bare);
  });

  it('CHP-04 (partial: the body), CMD-24 (partial: what is well formed): profile and URL are both needed', () => {
    expect(paths(put({}, { response_url: undefined }))).toEqual(['response_url']);
    expect(paths(put({}, { response_url: 'ftp://emsp.example' }))).toEqual(['response_url']);
    expect(paths(put({}, { charging_profile: null }))).toEqual(['charging_profile']);
    expect(paths(put({ charging_rate_unit: 'kW' }))).toEqual([
      'charging_profile.charging_rate_unit',
    ]);
    expect(paths(put({ duration: 0 }))).toEqual(['charging_profile.duration']);
    expect(paths(put({ duration: 1.5 }))).toEqual(['charging_profile.duration']);
    expect(paths(profile)).toContain('charging_profile');
  });

  it.each([
    [8.12, 8.1],
    [8.19, 8.1],
    [15.9, 15.9],
    [0.3, 0.3],
    [0, 0],
    [11_000, 11_000],
  ])('CHP-16 (partial: the body): a limit of %p is a ceiling of %p', (limit, ceiling) => {
    const { charging_profile } = read(
      put({ min_charging_rate: limit, charging_profile_period: [{ start_period: 0, limit }] }),
    ).request;
    expect(charging_profile.charging_profile_period[0]?.limit).toBe(ceiling);
    expect(charging_profile.min_charging_rate).toBe(ceiling);
  });

  it('CHP-16 (partial: the body): nothing can be less than zero', () => {
    expect(paths(put({ charging_profile_period: [{ start_period: 0, limit: -5 }] }))).toEqual([
      'charging_profile.charging_profile_period[0].limit',
    ]);
    expect(paths(put({ min_charging_rate: -0.1 }))).toEqual(['charging_profile.min_charging_rate']);
  });

  it('P16 (partial: plans that no station takes): periods and rates have a bound', () => {
    const many = Array.from({ length: 1025 }, (_, n) => ({ start_period: n, limit: 1 }));
    const path = 'charging_profile.charging_profile_period';
    expect(paths(put({ charging_profile_period: many }))).toEqual([path]);
    expect(
      paths(
        put({ charging_profile_period: many.slice(1).map((p, n) => ({ ...p, start_period: n })) }),
      ),
    ).toEqual([]);
    const endless = [{ start_period: 0, limit: 1e308 }];
    expect(paths(put({ charging_profile_period: endless }))).toEqual([`${path}[0].limit`]);
    expect(paths(put({ min_charging_rate: 1e308 }))).toEqual([
      'charging_profile.min_charging_rate',
    ]);
  });

  it('CHP-17 (partial: the body): periods begin at 0 and follow each other', () => {
    const at = (index: number) => [
      `charging_profile.charging_profile_period[${index}].start_period`,
    ];
    expect(paths(put(from()))).toEqual(['charging_profile.charging_profile_period']);
    expect(paths(put(from(60)))).toEqual(at(0));
    expect(paths(put(from(-1)))).toEqual(at(0));
    expect(paths(put(from(0, 60, 60)))).toEqual(at(2));
    expect(paths(put(from(0, 60, 30)))).toEqual(at(2));
    expect(paths(put(from(0, 30, 60)))).toEqual([]);
  });

  it('TYP-07, TYP-08: the start is an instant in UTC, whatever way it is written', () => {
    const offset = put({ start_date_time: '2026-05-01T12:00:00+02:00' });
    expect(read(offset)).toEqual({ request: put(), deviations: ['numeric_offset'] });
    expect(read(put({ start_date_time: '2026-05-01T10:00:00' }))).toEqual({
      request: put(),
      deviations: [],
    });
    expect(paths(offset, { strictOffsets: true })).toEqual(['charging_profile.start_date_time']);
  });
});

describe('the query of a GET or DELETE', () => {
  const get = (raw: string) => {
    const query = readGetChargingProfileQuery(raw);
    return query.ok ? query.value : query.errors.map(({ path }) => path);
  };
  const clear = (raw: string) => {
    const query = readClearChargingProfileQuery(raw);
    return query.ok ? query.value.response_url : query.errors.map(({ path }) => path);
  };
  const escaped = 'https%3A%2F%2Fx%2Fr%3Fa%3D1%26b%3D2';

  it.each([
    [`response_url=${escaped}`, ['duration']],
    [`duration=0&response_url=${escaped}`, ['duration']],
    [`duration=abc&response_url=${escaped}`, ['duration']],
    [`duration=-1&response_url=${escaped}`, ['duration']],
    [`duration=1.5&response_url=${escaped}`, ['duration']],
    [`duration=&response_url=${escaped}`, ['duration']],
    [`duration=1&duration=2&response_url=${escaped}`, ['duration']],
    ['duration=900', ['response_url']],
    ['', ['response_url', 'duration']],
    ['duration=900&response_url=', ['response_url']],
    ['duration=900&response_url=%zz', ['response_url']],
    ['duration=900&response_url=ftp%3A%2F%2Fx', ['response_url']],
    [`duration=900&response_url=https://x/${'y'.repeat(246)}`, ['response_url']],
    [`duration=900&response_url=${escaped}&response_url=${escaped}`, ['response_url']],
  ])('CHP-05 (partial: the query): GET ?%s is refused at %p', (raw, refusal) => {
    expect(get(raw)).toEqual(refusal);
  });

  it('CHP-05 (partial: the query): a DELETE needs the URL alone', () => {
    expect(clear('')).toEqual(['response_url']);
    expect(clear('duration=900')).toEqual(['response_url']);
    expect(clear(`response_url=${escaped}`)).toBe('https://x/r?a=1&b=2');
  });

  it.each([
    [`duration=900&response_url=${escaped}`, 'https://x/r?a=1&b=2'],
    [`response_url=${escaped}&duration=900`, 'https://x/r?a=1&b=2'],
    [`foo=1&duration=900&response_url=${escaped}&bar=2`, 'https://x/r?a=1&b=2'],
    ['duration=900&response_url=https%3a//x/r', 'https://x/r'],
    ['duration=900&response_url=https%3A%2F%2Fx%2Fr%3Fa%3Db%252Fc%2Bd', 'https://x/r?a=b%2Fc+d'],
    ['duration=900&response_url=https://x/r?a%3D1%26b%3D%252F', 'https://x/r?a=1&b=%2F'],
    ['duration=900&response_url=https://x/r%3Fa%3D1', 'https://x/r?a=1'],
  ])('CHP-06 (partial: the query): ?%s, escaped, means %s', (raw, url) => {
    expect(get(raw)).toEqual({ duration: 900, response_url: url });
  });

  it.each([
    ['duration=900&response_url=https://x/r?id=5678', 'https://x/r?id=5678'],
    ['duration=900&response_url=https://x/r?a=1&b=%2F', 'https://x/r?a=1&b=%2F'],
    ['duration=900&response_url=https://x/r?a=1&duration=5', 'https://x/r?a=1&duration=5'],
    ['duration=900&response_url=https://x/r?u=https://y/?c=1&d', 'https://x/r?u=https://y/?c=1&d'],
    ['response_url=https://x/r?a=1&b=2&duration=900', 'https://x/r?a=1&b=2'],
    ['response_url=https://x/r?duration=5&duration=900', 'https://x/r?duration=5'],
    ['response_url=https://x/a%20b&duration=900', 'https://x/a%20b'],
  ])('CHP-06 (partial: the query): ?%s, not escaped, means %s', (raw, url) => {
    expect(get(raw)).toEqual({ duration: 900, response_url: url });
  });

  it('CHP-06 (partial: the query): a DELETE keeps the whole URL that was not escaped', () => {
    expect(clear('response_url=https://x/r?a=1&duration=5')).toBe('https://x/r?a=1&duration=5');
    expect(clear('foo=1&response_url=https://x/r&bar=2')).toBe('https://x/r');
  });
});

describe('answers', () => {
  const active: ActiveChargingProfile = {
    start_date_time: '2026-05-01T10:00:05.000Z',
    charging_profile: {
      ...profile,
      charging_profile_period: [
        { start_period: 0, limit: 15.96 },
        { start_period: 600, limit: 10 },
      ],
    },
  };

  it.each(CHARGING_PROFILE_RESPONSE_TYPES)(
    'CHP-07 (partial: the body): %s says how long to wait and nothing else',
    (result) => {
      const response = { result, timeoutSeconds: 30, message: 'x' };
      expect(encodeChargingProfileResponse(response)).toEqual({ result, timeout: 30 });
    },
  );

  it('CHP-13 (partial: the bodies), CHP-14 (partial: the body): only an accepted GET comes with a profile', () => {
    for (const result of CHARGING_PROFILE_RESULT_TYPES) {
      expect(encodeChargingProfileResult(result)).toEqual({ result });
      expect(encodeClearProfileResult(result)).toEqual({ result });
    }
    const told = encodeActiveChargingProfile(active);
    expect(encodeActiveChargingProfileResult({ result: 'ACCEPTED', profile: active })).toEqual({
      result: 'ACCEPTED',
      profile: told,
    });
    const rejected = { result: 'REJECTED' as const, profile: active };
    expect(encodeActiveChargingProfileResult(rejected)).toEqual({ result: 'REJECTED' });
  });

  it('CHP-40, CHP-16 (partial: what we tell): the zero point is told once, rates with one decimal', () => {
    expect(encodeActiveChargingProfile(active)).toEqual({
      start_date_time: '2026-05-01T10:00:05Z',
      charging_profile: {
        duration: 900,
        charging_rate_unit: 'A',
        min_charging_rate: 6,
        charging_profile_period: [
          { start_period: 0, limit: 15.9 },
          { start_period: 600, limit: 10 },
        ],
      },
    });
  });
});
