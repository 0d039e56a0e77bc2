import { jest } from '@jest/globals';
import { OCPI_VERSIONS } from '#ocpi';
import { ConnectionsService, hashToken, issueToken } from '#partners';
import { Metrics } from '#platform';
import { ConnectionOverview } from '../src/admin/connections/connection-overview.js';
import { ApiHarness, type Answer, expectEnvelope } from '../../../test/harness/api-harness.js';

const forwardedFor = (address: string) => ({ 'x-forwarded-for': address });

const SETTINGS = {
  OCPI_REQUESTS_PER_MINUTE: '20',
  OCPI_UNKNOWN_CALLS_PER_MINUTE: '10',
  OCPI_TRUSTED_PROXIES: '127.0.0.1',
};

describe('how often partners and strangers may call', () => {
  let api: ApiHarness;

  beforeAll(async () => {
    api = await ApiHarness.start(SETTINGS);
    await api.host('NL*AAA');
  });
  afterAll(() => api.stop());

  const times = async (count: number, call: () => Promise<Answer>): Promise<Answer[]> => {
    const answers: Answer[] = [];
    for (let i = 0; i < count; i += 1) answers.push(await call());
    return answers;
  };
  const countOf = (answers: Answer[], status: number) =>
    answers.filter((answer) => answer.status === status).length;
  const limited = async (labels: object): Promise<number> => {
    const { values } = await api.app.get(Metrics).requestsLimitedTotal.get();
    const found = values.find(
      (value) => JSON.stringify({ ...labels }) === JSON.stringify(value.labels),
    );
    return found?.value ?? 0;
  };

  it.each(OCPI_VERSIONS)(
    'VER-15 (partial: unthrottled) [%s]: a partner that calls too often gets 429 with Retry-After in an envelope, but for the versions list',
    async (version) => {
      const id = `busy-${version.replaceAll('.', '')}`;
      const token = await api.register(id, version, []);
      const answers = await times(30, () => api.call(`/ocpi/${version}`, { token }));
      // Time goes on meanwhile: one more every 3 s.
      expect(countOf(answers, 200)).toBeGreaterThanOrEqual(20);
      expect(countOf(answers, 429)).toBeGreaterThanOrEqual(5);
      const refused = answers.find(({ status }) => status === 429)!;
      expectEnvelope(refused, 429, 2000);
      expect(Number(refused.headers['retry-after'])).toBeGreaterThanOrEqual(1);
      expect(Number(refused.headers['retry-after'])).toBeLessThanOrEqual(3);
      expect(refused.headers['x-request-id']).toBeDefined();
      expect(await limited({ caller: 'partner', connection: id })).toBe(countOf(answers, 429));
      const lists = await times(30, () => api.call('/ocpi/versions', { token }));
      expect(countOf(lists, 200)).toBe(30);
    },
  );

  it('one partner’s calls do not count against another, and a profile has its own number', async () => {
    const eager = await api.register('eager', '2.2.1', []);
    const calm = await api.register('calm', '2.2.1', []);
    await api.app.get(ConnectionsService).update('eager', { profile: { requestsPerMinute: 50 } });
    await api.directory.changed();
    const answers = await times(60, () => api.call('/ocpi/2.2.1', { token: eager }));
    expect(countOf(answers, 200)).toBeGreaterThanOrEqual(50);
    expect(countOf(answers, 429)).toBeGreaterThanOrEqual(1);
    expect((await api.call('/ocpi/2.2.1', { token: calm })).status).toBe(200);
    await api.app.get(ConnectionsService).update('eager', { profile: { requestsPerMinute: 0 } });
    await api.directory.changed();
    expect(countOf(await times(30, () => api.call('/ocpi/2.2.1', { token: eager })), 200)).toBe(30);
    const overview = await api.app.get(ConnectionOverview).get('calm');
    expect(overview.effectiveProfile.requestsPerMinute).toBe(20);
  });

  it('an address that guesses tokens is refused, also at the versions list', async () => {
    const headers = forwardedFor('203.0.113.1');
    let guess = 0;
    const answers = await times(30, () =>
      api.call('/ocpi/versions', { headers, token: `guess-${(guess += 1)}-0123456789` }),
    );
    expect(countOf(answers, 401)).toBeGreaterThanOrEqual(10);
    expect(countOf(answers, 401)).toBeLessThan(20);
    const refused = answers.at(-1)!;
    expectEnvelope(refused, 429, 2000);
    expect(Number(refused.headers['retry-after'])).toBeGreaterThanOrEqual(1);
    expect(await limited({ caller: 'unknown', connection: '' })).toBeGreaterThan(0);
  });

  /** Calls with wrong tokens until the address is full, and beyond what is looked up all the same. */
  const flood = async (at: ApiHarness, headers: Record<string, string>) => {
    const guesses = await times(40, () => at.call('/ocpi/2.2.1', { headers, token: 'wrong' }));
    expect(countOf(guesses.slice(10), 429)).toBeGreaterThanOrEqual(25);
  };
  const within = async (seconds: number, wanted: number, call: () => Promise<Answer>) => {
    const end = Date.now() + seconds * 1000;
    let answer = await call();
    while (answer.status !== wanted && Date.now() < end) {
      await new Promise((resolve) => setTimeout(resolve, 20));
      answer = await call();
    }
    expect(answer.status).toBe(wanted);
  };

  it('a replica that just started serves every partner beside a flood of guesses from the same address', async () => {
    const tokens: string[] = [];
    for (const version of OCPI_VERSIONS) {
      const id = `silent-${version.replaceAll('.', '')}`;
      tokens.push(await api.register(id, version, []));
    }
    const replica = await ApiHarness.start({ ...SETTINGS, DATABASE_URL: api.database.url });
    try {
      const headers = forwardedFor('203.0.113.2');
      await flood(replica, headers);
      for (const [index, version] of OCPI_VERSIONS.entries()) {
        for (const path of ['/ocpi/versions', `/ocpi/${version}`]) {
          const encoding = version === '2.1.1' ? 'raw' : 'base64';
          const answer = await replica.call(path, { headers, token: tokens[index]!, encoding });
          expect([version, path, answer.status]).toEqual([version, path, 200]);
        }
      }
    } finally {
      await replica.stop();
    }
  });

  it('a token that was issued meanwhile is served within seconds, on a replica that was not told too', async () => {
    const headers = forwardedFor('203.0.113.4');
    await flood(api, headers);
    const told = await api.register('fresh', '2.2.1', []);
    await within(5, 200, () => api.call('/ocpi/2.2.1', { headers, token: told }));
    const untold = await issueToken(api.dataSource, 'fresh', 'full');
    await within(5, 200, () => api.call('/ocpi/2.2.1', { headers, token: untold }));
  });

  it('a full address has a few guesses a second looked up, and no more', async () => {
    const headers = forwardedFor('203.0.113.5');
    await flood(api, headers);
    const before = performance.now();
    const look = jest.spyOn(api.dataSource, 'query');
    await times(60, () => api.call('/ocpi/2.2.1', { headers, token: 'wrong' }));
    const seconds = (performance.now() - before) / 1000;
    const lookUps = look.mock.calls.filter(([sql]) => sql.includes('token_hash = ANY'));
    look.mockRestore();
    expect(lookUps.length).toBeLessThanOrEqual(5 * (1 + Math.ceil(seconds)));
  });

  it('a token that ended is a stranger’s at once', async () => {
    const headers = forwardedFor('203.0.113.6');
    const token = await api.register('ended', '2.2.1', []);
    expect((await api.call('/ocpi/2.2.1', { headers, token })).status).toBe(200);
    await flood(api, headers);
    expect((await api.call('/ocpi/2.2.1', { headers, token })).status).toBe(200);
    await api.dataSource.query('DELETE FROM connection_token WHERE token_hash = $1', [
      hashToken(token),
    ]);
    await api.directory.changed();
    const look = jest.spyOn(api.dataSource, 'query');
    const answers = await times(30, () => api.call('/ocpi/2.2.1', { headers, token }));
    const lookUps = look.mock.calls.filter(([sql]) => sql.includes('token_hash = ANY'));
    look.mockRestore();
    expect(countOf(answers, 429)).toBe(30);
    expect(lookUps.length).toBeLessThan(15);
  });

  it('what a caller writes into X-Forwarded-For itself gives it no other address', async () => {
    const answers: Answer[] = [];
    for (let i = 0; i < 30; i += 1) {
      const headers = forwardedFor(`198.51.100.${i}, 203.0.113.3`);
      answers.push(await api.call('/ocpi/versions', { headers, token: 'wrong' }));
    }
    expect(answers.at(-1)!.status).toBe(429);
  });
});
