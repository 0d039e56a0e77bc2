import { SendUpdate } from '#partners';
import { ApiHarness, expectEnvelope } from '../../../test/harness/api-harness.js';
import { HandshakePartner, shows } from '../../../test/harness/handshake-partner.js';

const FIRST = 'first-token-of-the-partner-0123';

/** The partner took our PUT, but its answer, and with it its new token, did not arrive. */
describe('a lost answer to our PUT credentials', () => {
  let api: ApiHarness;
  let partner: HandshakePartner;
  let count = 0;

  beforeAll(async () => {
    api = await ApiHarness.start();
    await api.host('NL*AAA');
  });
  afterAll(() => api.stop());
  beforeEach(async () => {
    count += 1;
    partner = await HandshakePartner.start({ partyId: `L${String(count).padStart(2, '0')}` });
  });
  afterEach(() => partner.stop());

  const id = () => `lost-${count}`;
  const connection = () => api.directory.get(id())!;
  const put = (token: string, tokenOfPartner: string) =>
    api.call('/ocpi/2.2.1/credentials', {
      method: 'PUT',
      token,
      body: partner.credentials('2.2.1', tokenOfPartner),
    });
  /** Registered; returns C. */
  const registered = async (): Promise<string> => {
    const token = await api.invite(id());
    const body = partner.credentials('2.2.1', FIRST);
    const answer = await api.call('/ocpi/2.2.1/credentials', { method: 'POST', token, body });
    return answer.json.data.token;
  };
  const update = () => api.app.get(SendUpdate).execute(connection(), 'same');
  const puts = () => partner.requests.filter(({ method }) => method === 'PUT');
  const alive = async (token: string) => (await api.call('/ocpi/versions', { token })).status;
  /** Whatever was to end by time has ended. */
  const later = async () => {
    await api.dataSource.query(
      "UPDATE connection_token SET expires_at = now() - interval '1 s' WHERE connection_id = $1 AND expires_at IS NOT NULL",
      [id()],
    );
    await api.directory.changed();
  };

  it('CRD-16 (partial: as the client), CRD-25 (partial: lost answer): asked again with the old token, the partner tells its new one', async () => {
    const tokenC = await registered();
    partner.issuedToken = 'second-token-of-the-partner-012';
    partner.script = ({ method }) =>
      method === 'PUT' && puts().length === 1 ? { lose: true } : undefined;
    await update();
    expect(puts().every((request) => shows(request, FIRST))).toBe(true);
    const [tokenB, repeated, ...more] = puts().map(({ body }) => body.token as string);
    expect([repeated, more]).toEqual([tokenB, []]);
    expect(connection().outboundToken()).toBe('second-token-of-the-partner-012');
    expect(await alive(tokenB!)).toBe(200);
    await later();
    expect([await alive(tokenC), await alive(tokenB!)]).toEqual([401, 200]);
  });

  it.each([
    ['refuses the repeat', { status: 401 }],
    ['does not answer the repeat either', { lose: true }],
  ])(
    'CRD-16 (partial: as the client), CRD-25 (partial: lost answer): when the partner %s, both of our tokens last until its next PUT',
    async (_, second) => {
      const tokenC = await registered();
      partner.script = ({ method }) =>
        method === 'PUT' ? (puts().length === 1 ? { lose: true } : second) : undefined;
      await expect(update()).rejects.toMatchObject({ statusCode: 3001 });
      expect(puts()).toHaveLength(2);
      const tokenB: string = puts()[0]!.body.token;
      await later();
      expect([await alive(tokenC), await alive(tokenB), await alive(tokenC)]).toEqual([
        200, 200, 200,
      ]);

      partner.script = () => undefined;
      const answer = await put(tokenB, 'third-token-of-the-partner-0123');
      expectEnvelope(answer, 200, 1000);
      expect(connection().outboundToken()).toBe('third-token-of-the-partner-0123');
      await later();
      const given = [tokenC, tokenB, answer.json.data.token];
      expect(await Promise.all(given.map(alive))).toEqual([401, 401, 200]);
    },
  );
});
