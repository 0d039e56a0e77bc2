import { ConnectionDirectory } from '#partners';
import { HandshakePartner } from '../../../../test/harness/handshake-partner.js';
import { type Admin, startAdmin } from './admin-harness.js';
import { keyFile } from './key-file.js';

const OPERATOR_KEY = 'operator-key-of-this-test';
const TOKEN_A = 'canary-token-a-of-the-partner';

let file: Awaited<ReturnType<typeof keyFile>>;
let admin: Admin;
let partner: HandshakePartner;
let operator: ReturnType<Admin['withKey']>;

beforeAll(async () => {
  file = await keyFile([`oscar operator ${OPERATOR_KEY}`]);
  admin = await startAdmin({ OCPI_ADMIN_KEYS_FILE: file.path });
  operator = admin.withKey(OPERATOR_KEY);
  partner = await HandshakePartner.start({ versions: ['2.2.1'] });
  await admin
    .post('hosted-parties')
    .send({ countryCode: 'NL', partyId: 'EVC', businessDetails: { name: 'EVC' } })
    .expect(201);
});
afterAll(async () => {
  await partner.stop();
  await admin.stop();
  await file.remove();
});

const entries = async (query = '') => (await admin.get(`audit?${query}`).expect(200)).body.entries;
const newest = async (query = '') => (await entries(query))[0];

describe('the audit log', () => {
  it('says who changed what, from where, by which request, and what was there before', async () => {
    await operator
      .post('connections')
      .send({ id: 'emsp', name: 'eMSP', allowedParties: ['NL*TNM'], profile: { concurrency: 2 } })
      .expect(201);
    await operator
      .patch('connections/emsp')
      .set('x-request-id', 'request-of-oscar')
      .send({ name: 'Renamed', profile: { concurrency: 3 } })
      .expect(200);

    const [changed, created] = await entries();

    expect(created).toMatchObject({ action: 'connection.create', subject: 'emsp' });
    expect(changed).toMatchObject({
      actor: 'key:oscar',
      role: 'operator',
      sourceAddress: '127.0.0.1',
      requestId: 'request-of-oscar',
      action: 'connection.change',
      connectionId: 'emsp',
      outcome: 'done',
      reason: null,
      details: {
        name: 'Renamed',
        profile: { concurrency: 3 },
        before: { name: 'eMSP', profile: { concurrency: 2 } },
      },
    });
  });

  it('has what was refused, with the reason, and one line for each call', async () => {
    const count = async () => (await entries('limit=1000')).length;
    const before: number = await count();

    await operator.post('connections/none/pause').expect(404);
    await operator
      .post('connections')
      .send({ id: 'emsp', name: 'again', allowedParties: ['*'] })
      .expect(409);
    await operator
      .patch('connections/emsp')
      .send({ name: 'half \ud800', 'a\u0000b': 1 })
      .expect(400);
    await operator
      .post('csms-clients')
      .send({ name: 'x', parties: ['NL*EVC'] })
      .expect(403);

    expect(await count()).toBe(before + 4);
    const [forbidden, odd, conflict, missing] = await entries('limit=4');
    expect(forbidden).toMatchObject({
      action: 'csms-client.create',
      subject: 'x',
      outcome: 'refused',
      reason: 'This needs the role admin; key:oscar has operator',
    });
    expect(odd).toMatchObject({ action: 'connection.change', outcome: 'refused' });
    expect(conflict).toMatchObject({ outcome: 'refused', reason: 'connection emsp exists' });
    expect(missing).toMatchObject({ connectionId: 'none', outcome: 'refused' });
  });

  it('is written in the transaction of the change: neither is there without the other', async () => {
    await admin.dataSource.query(
      `ALTER TABLE audit_entry ADD CONSTRAINT ck_broken CHECK (outcome <> 'done') NOT VALID`,
    );

    await operator.post('connections/emsp/pause').expect(500);
    await admin
      .post('hosted-parties')
      .send({ countryCode: 'NL', partyId: 'EVX', businessDetails: { name: 'EVX' } })
      .expect(500);

    await admin.dataSource.query('ALTER TABLE audit_entry DROP CONSTRAINT ck_broken');
    const { body } = await admin.get('connections/emsp').expect(200);
    expect(body.paused).toBe(false);
    const { body: parties } = await admin.get('hosted-parties').expect(200);
    expect(parties.hostedParties).toHaveLength(1);
    expect(await newest('action=connection.pause')).toMatchObject({ outcome: 'failed' });
  });

  it('has handshakes that we began, those that failed too, and no token (P15)', async () => {
    partner.script = ({ path }) => (path === '/versions' ? { status: 500 } : undefined);
    const body = { versionsUrl: partner.versionsUrl, tokenA: TOKEN_A };
    await operator.post('connections/emsp/handshake').send(body).expect(502);
    partner.script = () => undefined;
    await operator.post('connections/emsp/handshake').send({}).expect(200);
    await operator.post('connections/emsp/rotate').send({}).expect(200);

    const found = await entries('connection=emsp&action=handshake');

    expect(found.map(({ action, outcome }: Record<string, string>) => [action, outcome])).toEqual([
      ['handshake.update', 'done'],
      ['handshake.register', 'done'],
      ['handshake.register', 'failed'],
    ]);
    expect(found[1]).toMatchObject({
      actor: 'key:oscar',
      details: {
        direction: 'sent',
        version: '2.2.1',
        before: { state: 'invited', version: null },
        parties: ['NL*TNM EMSP'],
      },
    });
    expect(found[2].reason).toContain('HTTP 500');
    const everything = JSON.stringify(await admin.dataSource.query('SELECT * FROM audit_entry'));
    for (const secret of [TOKEN_A, partner.issuedToken, OPERATOR_KEY]) {
      expect(everything).not.toContain(secret);
    }
  });

  it('has handshakes that the partner began: POST, PUT and DELETE, and what was wrong with them', async () => {
    const { body: created } = await operator
      .post('connections')
      .send({ id: 'hub', name: 'Hub', allowedParties: ['DE*HUB'] })
      .expect(201);
    const own = await HandshakePartner.start({
      versions: ['2.2.1'],
      countryCode: 'DE',
      partyId: 'HUB',
    });
    const call = async (method: string, token: string, credentials?: object) => {
      const answer = await fetch(`${admin.publicUrl}/ocpi/2.2.1/credentials`, {
        method,
        headers: {
          authorization: `Token ${Buffer.from(token).toString('base64')}`,
          'content-type': 'application/json',
          'x-request-id': `${method} of the partner`,
        },
        ...(credentials && { body: JSON.stringify(credentials) }),
      });
      return answer.json() as Promise<{ data: { token: string } }>;
    };
    await call('POST', created.tokenA, { token: 'x' });
    const tokenB = 'canary-token-b-of-the-partner';
    const posted = await call('POST', created.tokenA, own.credentials('2.2.1', tokenB));
    const put = await call('PUT', posted.data.token, own.credentials('2.2.1', tokenB));
    await call('DELETE', put.data.token);
    await own.stop();

    const found = await entries('connection=hub&action=handshake');

    expect(
      found.map((one: Record<string, unknown>) => [one['action'], one['outcome'], one['actor']]),
    ).toEqual([
      ['handshake.unregister', 'done', 'partner:hub'],
      ['handshake.update', 'done', 'partner:hub'],
      ['handshake.register', 'done', 'partner:hub'],
      ['handshake.register', 'refused', 'partner:hub'],
    ]);
    expect(found[1]).toMatchObject({
      sourceAddress: '127.0.0.1',
      requestId: 'PUT of the partner',
      details: { direction: 'received' },
    });
    expect(found[3].reason).toContain('url');
    const everything = JSON.stringify(await admin.dataSource.query('SELECT * FROM audit_entry'));
    for (const secret of [tokenB, created.tokenA, posted.data.token, put.data.token]) {
      expect(everything).not.toContain(secret);
    }
  });

  it('outlives the connection it tells of', async () => {
    await operator.delete('connections/hub').expect(204);

    expect(admin.app.get(ConnectionDirectory).get('hub')).toBeUndefined();
    expect(await newest('connection=hub')).toMatchObject({
      action: 'connection.delete',
      outcome: 'done',
    });
  });

  it('is read by filters, page by page', async () => {
    const all = await entries('limit=1000');
    const first = await entries('limit=2');
    const second = await entries(`limit=2&beforeId=${first[1].id}`);
    const ids = (some: { id: number }[]) => some.map(({ id }) => id);

    expect(ids([...first, ...second])).toEqual(ids(all.slice(0, 4)));
    expect(await entries('actor=oscar&outcome=refused')).toHaveLength(
      all.filter(
        ({ actor, outcome }: Record<string, string>) =>
          actor === 'key:oscar' && outcome === 'refused',
      ).length,
    );
    expect(await entries(`since=${new Date(Date.now() + 60_000).toISOString()}`)).toEqual([]);
    await admin.get('audit?since=yesterday').expect(400);
  });

  it('cannot be changed, nor deleted while it is young', async () => {
    const { dataSource } = admin;
    const count = async () =>
      (await dataSource.query('SELECT count(*)::int AS count FROM audit_entry'))[0].count;
    const before = await count();

    await expect(dataSource.query(`UPDATE audit_entry SET actor = 'nobody'`)).rejects.toThrow(
      'never changed',
    );
    await expect(dataSource.query('DELETE FROM audit_entry')).rejects.toThrow('before a week');
    for (const truncate of ['TRUNCATE audit_entry', 'TRUNCATE connection, audit_entry CASCADE']) {
      await expect(dataSource.query(truncate)).rejects.toThrow('never emptied');
    }
    expect(await count()).toBe(before);
    await dataSource.query(
      `INSERT INTO audit_entry (at, actor, action, subject, outcome)
       VALUES (now() - interval '8 days', 'gateway', 'old', '', 'done')`,
    );
    await dataSource.query(`DELETE FROM audit_entry WHERE action = 'old'`);
    expect(await count()).toBe(before);
  });
});
