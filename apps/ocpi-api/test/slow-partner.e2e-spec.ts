import { SendUpdate, StartRegistration } from '#partners';
import { setTimeout as sleep } from 'node:timers/promises';
import { ApiHarness, expectEnvelope } from '../../../test/harness/api-harness.js';
import { HandshakePartner } from '../../../test/harness/handshake-partner.js';

/** Short enough to be waited for, long enough for a sound partner on a busy machine. */
const PATIENCE_MS = 3000;

describe('handshakes with a partner that is slow, or silent', () => {
  let api: ApiHarness;
  let partner: HandshakePartner;
  let count = 0;

  beforeAll(async () => {
    api = await ApiHarness.start({ OCPI_HANDSHAKE_TIMEOUT_MS: String(PATIENCE_MS) });
    await api.host('NL*AAA');
  });
  afterAll(() => api.stop());
  beforeEach(async () => {
    count += 1;
    partner = await HandshakePartner.start({ partyId: `W${String(count).padStart(2, '0')}` });
  });
  afterEach(() => partner.stop());

  const id = () => `slow-${count}`;
  const connection = () => api.directory.get(id())!;
  const start = () =>
    api.app
      .get(StartRegistration)
      .execute(connection(), { versionsUrl: partner.versionsUrl, token: 'A-of-the-partner' });
  const sentToken = (method: string): string =>
    partner.requests.findLast((request) => request.method === method)!.body.token;
  const alive = async (token: string) => (await api.call('/ocpi/versions', { token })).status;

  it('CRD-07 (partial: no answer), CRD-11 (partial: no answer): silence in the callbacks is 3001, and A works afterwards', async () => {
    const tokenA = await api.invite(id());
    const body = partner.credentials('2.2.1', 'token-B-of-the-partner');
    const register = () =>
      api.call('/ocpi/2.2.1/credentials', { method: 'POST', token: tokenA, body });
    partner.script = ({ path }) => (path === '/versions' ? { hang: true } : undefined);
    const answer = await register();
    expectEnvelope(answer, 200, 3001);
    expect(answer.json).not.toHaveProperty('data');
    partner.script = () => undefined;
    expectEnvelope(await register(), 200, 1000);
  });

  it('CRD-22 (partial: patience): our POST waits longer than one callback may take', async () => {
    await api.invite(id());
    partner.script = async ({ method }) => {
      if (method === 'POST') await sleep(PATIENCE_MS + 200);
      return undefined;
    };
    await start();
    expect(connection().state).toBe('registered');
  });

  it('CRD-16 (partial: as the client): when no answer to our PUT comes, both B and B′ keep working', async () => {
    await api.invite(id());
    await start();
    const tokenB = sentToken('POST');
    partner.script = ({ method }) => (method === 'PUT' ? { hang: true } : undefined);
    await expect(api.app.get(SendUpdate).execute(connection(), 'same')).rejects.toMatchObject({
      statusCode: 3001,
    });
    expect([await alive(tokenB), await alive(sentToken('PUT'))]).toEqual([200, 200]);
  });
});
