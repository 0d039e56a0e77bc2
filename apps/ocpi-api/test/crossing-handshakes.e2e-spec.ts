import {
  AnnounceChanges,
  HandshakeGate,
  HandshakeRunningError,
  SendUpdate,
  StartRegistration,
  TokenWithdrawnError,
} from '#partners';
import { GatewaySettings } from '#platform';
import {
  type Answer,
  ApiHarness,
  expectEnvelope,
  type Json,
} from '../../../test/harness/api-harness.js';
import { HandshakePartner, shows } from '../../../test/harness/handshake-partner.js';

const PARTNERS_OWN = 'token-of-the-partners-exchange';
const ANSWERED = 'token-of-the-answer-to-ours-0123';

/** An exchange of ours and one of the partner at the same time: afterwards the partner must not stand before a closed door. */
describe('handshakes that cross each other', () => {
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
    partner = await HandshakePartner.start({ partyId: `X${String(count).padStart(2, '0')}` });
    partner.issuedToken = ANSWERED;
  });
  afterEach(() => partner.stop());

  const id = () => `crossing-${count}`;
  const connection = () => api.directory.get(id())!;
  const credentials = (method: string, token: string, body?: object): Promise<Answer> =>
    api.call('/ocpi/2.2.1/credentials', { method, token, ...(body && { body }) });
  const own = () => partner.credentials('2.2.1', PARTNERS_OWN);
  /** Registered; returns C. */
  const registered = async (): Promise<string> => {
    const tokenA = await api.invite(id());
    const body = partner.credentials('2.2.1', 'first-token-of-the-partner');
    return (await credentials('POST', tokenA, body)).json.data.token;
  };
  const update = () => api.app.get(SendUpdate).execute(connection(), 'same');
  const oursPut = (): string =>
    partner.requests.findLast(({ method }) => method === 'PUT')!.body.token;
  const alive = async (token: string) => (await api.call('/ocpi/versions', { token })).status;
  /** The grace is over. */
  const later = async () => {
    await api.dataSource.query(
      "UPDATE connection_token SET expires_at = now() - interval '1 s' WHERE connection_id = $1 AND expires_at IS NOT NULL",
      [id()],
    );
    await api.directory.changed();
  };
  /** Runs something once, inside our open PUT or POST. */
  const inside = (method: string, work: () => Promise<unknown>) => {
    partner.script = async (request) => {
      if (request.method !== method) return undefined;
      partner.script = () => undefined;
      await work();
      return undefined;
    };
  };

  it('CRD-13 (partial: crossing), CRD-25 (partial: crossing): the partner’s PUT inside ours: ours ends last and counts, and both tokens it was told last', async () => {
    const tokenC = await registered();
    let answer: Answer | undefined;
    inside('PUT', async () => (answer = await credentials('PUT', tokenC, own())));
    await update();
    expectEnvelope(answer!, 200, 1000);
    expect(connection().outboundToken()).toBe(ANSWERED);
    await later();
    const given = [tokenC, answer!.json.data.token, oursPut()];
    expect(await Promise.all(given.map(alive))).toEqual([401, 200, 200]);

    // The next exchange leaves one.
    await update();
    await later();
    given.push(oursPut());
    expect(await Promise.all(given.map(alive))).toEqual([401, 401, 401, 200]);
  });

  it('CRD-13 (partial: crossing), CRD-25 (partial: crossing): our PUT inside the partner’s: its own ends last and counts', async () => {
    const tokenC = await registered();
    partner.script = async (request) => {
      if (!shows(request, PARTNERS_OWN)) return undefined;
      partner.script = () => undefined;
      await update();
      return undefined;
    };
    const answer = await credentials('PUT', tokenC, own());
    expectEnvelope(answer, 200, 1000);
    expect(connection().outboundToken()).toBe(PARTNERS_OWN);
    expect(await alive(oursPut())).toBe(200); // what is on its way still arrives
    await later();
    const given = [tokenC, oursPut(), answer.json.data.token];
    expect(await Promise.all(given.map(alive))).toEqual([401, 401, 200]);
  });

  it('CRD-15 (partial: crossing): our PUT inside the partner’s, its token used at once: the partner’s ends without an effect', async () => {
    const tokenC = await registered();
    partner.script = async (request) => {
      if (!shows(request, PARTNERS_OWN)) return undefined;
      partner.script = () => undefined;
      await update();
      await alive(oursPut());
      return undefined;
    };
    expectEnvelope(await credentials('PUT', tokenC, own()), 401, 2000);
    expect(connection().outboundToken()).toBe(ANSWERED);
    await later();
    expect(await alive(oursPut())).toBe(200);
  });

  it('CRD-25 (partial: crossing): the partner refuses our PUT after its own went through: its own lasts', async () => {
    const tokenC = await registered();
    let answer: Answer | undefined;
    partner.script = async ({ method }) => {
      if (method !== 'PUT') return undefined;
      answer = await credentials('PUT', tokenC, own());
      return { body: { status_code: 2000, timestamp: new Date().toISOString() } };
    };
    await expect(update()).rejects.toMatchObject({ statusCode: 3001 });
    expect(connection().outboundToken()).toBe(PARTNERS_OWN);
    await later();
    const given = [tokenC, oursPut(), answer!.json.data.token];
    expect(await Promise.all(given.map(alive))).toEqual([401, 401, 200]);
  });

  it('CRD-17 (partial: crossing): the partner unregisters inside our PUT: ours has no effect, and no token is left', async () => {
    const tokenC = await registered();
    inside('PUT', async () => expectEnvelope(await credentials('DELETE', tokenC), 200, 1000));
    await expect(update()).rejects.toThrow(TokenWithdrawnError);
    expect(connection().state).toBe('unregistered');
    expect(await alive(oursPut())).toBe(401);
  });

  it('CRD-21 (partial: crossing): the partner registers inside our POST: both tokens that it was told last', async () => {
    const tokenA = await api.invite(id());
    let answer: Answer | undefined;
    partner.versions = ['2.2.1'];
    inside('POST', async () => (answer = await credentials('POST', tokenA, own())));
    await api.app
      .get(StartRegistration)
      .execute(connection(), { versionsUrl: partner.versionsUrl, token: 'A-of-the-partner' });
    expectEnvelope(answer!, 200, 1000);
    expect(connection()).toMatchObject({ state: 'registered', version: '2.2.1' });
    expect(connection().outboundToken()).toBe(ANSWERED);
    const tokenB = partner.requests.find(({ method }) => method === 'POST')!.body.token;
    const given = [tokenA, answer!.json.data.token, tokenB];
    expect(await Promise.all(given.map(alive))).toEqual([401, 200, 200]);
  });

  it('CRD-26 (partial: replicas): while one process exchanges tokens with a partner, another one does not begin', async () => {
    await registered();
    const otherProcess = new HandshakeGate(api.dataSource, api.app.get(GatewaySettings));
    let second: unknown;
    inside('PUT', async () => {
      second = await otherProcess.run(id(), () => Promise.resolve()).catch((e: unknown) => e);
      const told: Json[] = await api.app.get(AnnounceChanges).endpoints([id()]);
      expect(told).toEqual([{ connectionId: id(), failure: expect.stringContaining('under way') }]);
    });
    await update();
    expect(second).toBeInstanceOf(HandshakeRunningError);
    await expect(otherProcess.run(id(), () => Promise.resolve('begun'))).resolves.toBe('begun');

    // A process that died holds nobody up for long.
    await expect(
      api.app.get(HandshakeGate).run(id(), async () => {
        await api.dataSource.query('UPDATE lease SET until = now() WHERE name = $1', [
          `handshake:${id()}`,
        ]);
        return otherProcess.run(id(), () => Promise.resolve('begun'));
      }),
    ).resolves.toBe('begun');
  });
});
