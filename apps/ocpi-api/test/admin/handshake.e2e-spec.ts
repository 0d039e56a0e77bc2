import { HandshakePartner } from '../../../../test/harness/handshake-partner.js';
import { type Admin, startAdmin } from './admin-harness.js';

let admin: Admin;
let partner: HandshakePartner;

beforeAll(async () => {
  admin = await startAdmin();
  partner = await HandshakePartner.start({ versions: ['2.2.1', '2.3.0'] });
  await admin
    .post('hosted-parties')
    .send({ countryCode: 'NL', partyId: 'EVC', businessDetails: { name: 'EVC' } })
    .expect(201);
  await admin
    .post('connections')
    .send({ id: 'emsp', name: 'eMSP', allowedParties: ['NL*TNM'], offeredVersions: ['2.2.1'] })
    .expect(201);
});
afterAll(async () => {
  await partner.stop();
  await admin.stop();
});

const puts = () => partner.requests.filter(({ method }) => method === 'PUT');

describe('an operator and a partner that answers', () => {
  it('registers as the initiator and shows what was agreed, but no token', async () => {
    const { body, text } = await admin
      .post('connections/emsp/handshake')
      .send({ versionsUrl: partner.versionsUrl, tokenA: 'token-a-of-the-partner' })
      .expect(200);

    expect(body).toMatchObject({
      state: 'registered',
      version: '2.2.1',
      parties: [{ party: 'NL*TNM', role: 'EMSP', name: 'Scripted eMSP' }],
      feed: { state: 'catching-up' },
    });
    expect(body.endpoints).toContainEqual({
      identifier: 'cdrs',
      role: 'RECEIVER',
      url: `${partner.base}/2.2.1/cdrs`,
    });
    for (const secret of [partner.issuedToken, 'token-a-of-the-partner']) {
      expect(text).not.toContain(secret);
    }
    await admin.post('connections/emsp/handshake').send({}).expect(409);
  });

  it('CRD-31 (partial: by the admin API): tells the partner of a new party of ours, and says whom it told', async () => {
    const { body } = await admin
      .post('hosted-parties')
      .send({ countryCode: 'NL', partyId: 'EVD', businessDetails: { name: 'EVD' } })
      .expect(201);

    expect(body.announcements).toEqual([{ connectionId: 'emsp' }]);
    const roles = puts()
      .at(-1)!
      .body.roles.map((role: { party_id: string }) => role.party_id);
    expect(roles).toEqual(['EVC', 'EVD']);
  });

  it('CRD-26 (partial: the admin action): rotates on demand, and says why when the partner refuses', async () => {
    const before = puts().length;
    await admin.post('connections/emsp/rotate').expect(200);
    expect(puts()).toHaveLength(before + 1);

    partner.script = ({ method }) => (method === 'PUT' ? { status: 500 } : undefined);
    const { body } = await admin.post('connections/emsp/rotate').expect(502);

    expect(body.detail).toContain('HTTP 500');
    partner.script = () => undefined;
    expect((await admin.get('connections/emsp').expect(200)).body.state).toBe('registered');
  });

  it('CRD-41 (partial: by the admin API): moves to the newest version that is offered', async () => {
    await admin.patch('connections/emsp').send({ offeredVersions: null }).expect(200);

    const { body } = await admin
      .post('connections/emsp/rotate')
      .send({ version: 'newest' })
      .expect(200);

    expect(body.version).toBe('2.3.0');
    expect(puts().at(-1)!.path).toBe('/2.3.0/credentials');
  });

  it('CRD-40 (partial: by the admin API): unregisters, keeps all as before when the partner cannot be told, unless forced', async () => {
    partner.script = ({ method }) => (method === 'DELETE' ? { status: 500 } : undefined);
    await admin.post('connections/emsp/unregister').expect(502);
    expect((await admin.get('connections/emsp').expect(200)).body.state).toBe('registered');

    const { body } = await admin
      .post('connections/emsp/unregister')
      .send({ force: true })
      .expect(200);

    expect(body).toMatchObject({ state: 'unregistered', version: null, endpoints: [], tokens: [] });
    await admin.delete('connections/emsp').expect(204);
  });
});
