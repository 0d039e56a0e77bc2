import supertest from 'supertest';
import { hashToken } from '#partners';
import { type Admin, ADMIN_KEY, startAdmin } from './admin-harness.js';

let admin: Admin;

beforeAll(async () => {
  admin = await startAdmin();
});
afterAll(() => admin.stop());

const fieldOf = (error: { field: string }) => error.field;
const party = { countryCode: 'NL', partyId: 'EVC', businessDetails: { name: 'Example Charging' } };

describe('the admin API', () => {
  it('answers on the internal port alone, and only to the admin key', async () => {
    const path = '/admin/v1/connections';

    await supertest(admin.publicUrl)
      .get(path)
      .set('Authorization', `Bearer ${ADMIN_KEY}`)
      .expect(404);
    for (const header of [
      '',
      'Bearer',
      'Bearer wrong',
      `Basic ${ADMIN_KEY}`,
      `Bearer ${ADMIN_KEY}x`,
    ]) {
      const { body, headers } = await supertest(admin.internalUrl)
        .get(path)
        .set('Authorization', header)
        .expect(401);
      expect(headers['content-type']).toContain('application/problem+json');
      expect(body).toMatchObject({ status: 401, title: 'Unauthorized' });
    }
    await admin.get('connections').expect(200);
  });

  it('serves its OpenAPI document and a page to read it', async () => {
    const { body } = await supertest(admin.internalUrl).get('/admin/v1/openapi.json').expect(200);

    expect(Object.keys(body.paths)).toContain('/admin/v1/connections/{id}');
    expect(body.components.schemas.NewConnection.required).toContain('allowedParties');
    await supertest(admin.internalUrl).get('/admin/v1/docs').redirects(1).expect(200);
  });

  it.each([
    ['broken JSON', 'connections', '{"id":', 400],
    ['an unknown path', 'surprises', '{}', 404],
    ['an array', 'connections', '[]', 400],
  ])('answers %s as a problem, without a stack', async (_, path, body, status) => {
    const answer = await admin
      .post(path)
      .set('Content-Type', 'application/json')
      .send(body)
      .expect(status);

    expect(answer.headers['content-type']).toContain('application/problem+json');
    expect(answer.body.status).toBe(status);
    expect(answer.text).not.toMatch(/\bat .*\.(ts|js):|node_modules/);
  });

  it('creates a party of ours once', async () => {
    const { body } = await admin.post('hosted-parties').send(party).expect(201);
    expect(body).toMatchObject({ party: 'NL*EVC', businessDetails: { name: 'Example Charging' } });

    const again = await admin
      .post('hosted-parties')
      .send({ ...party, partyId: 'evc' })
      .expect(409);
    expect(again.body.detail).toContain('NL*EVC');
    const { body: list } = await admin.get('hosted-parties').expect(200);
    expect(list.hostedParties).toHaveLength(1);
  });

  it.each([
    [{ ...party, countryCode: 'NLD' }, 'countryCode'],
    [{ ...party, partyId: undefined }, 'partyId'],
    [{ ...party, businessDetails: {} }, 'businessDetails.name'],
    [{ ...party, businessDetails: { name: 'A', website: 'nonsense' } }, 'businessDetails.website'],
    [{ ...party, surprise: 1 }, 'surprise'],
  ])('names the field of a party that is wrong: %j', async (body, field) => {
    const answer = await admin.post('hosted-parties').send(body).expect(400);

    expect(answer.headers['content-type']).toContain('application/problem+json');
    expect(answer.body.errors.map(fieldOf)).toContain(field);
  });

  it('creates a CSMS client, shows its key once and stores it hashed', async () => {
    const { body } = await admin
      .post('csms-clients')
      .send({ name: 'csms', parties: ['nl*evc'], sources: [] })
      .expect(201);

    expect(body).toMatchObject({ name: 'csms', parties: ['NL*EVC'], sources: [] });
    expect(body.key).toMatch(/^[\w-]{43}$/);
    const list = await admin.get('csms-clients').expect(200);
    expect(list.text).not.toContain(body.key);
    const [row] = await admin.dataSource.query('SELECT key_hash FROM csms_client');
    expect(row.key_hash).toEqual(hashToken(body.key));
    await admin
      .post('csms-clients')
      .send({ name: 'csms', parties: ['NL*EVC'] })
      .expect(409);
    await admin
      .post('csms-clients')
      .send({ name: 'other', parties: ['NL*XXX'] })
      .expect(400);
    await admin
      .post('csms-clients')
      .send({ name: 'kafka', parties: ['NL*EVC'] })
      .expect(409);
    await admin.delete('csms-clients/csms').expect(204);
    await admin.delete('csms-clients/csms').expect(404);
  });

  it('CRD-42: the answer that creates token A shows it once with the versions URL, and no read after it does', async () => {
    const { body } = await admin
      .post('connections')
      .send({ id: 'emsp', name: 'An eMSP', allowedParties: ['NL*EMA'], offeredVersions: ['2.2.1'] })
      .expect(201);

    expect(body.tokenA).toMatch(/^[!-~]{32,64}$/);
    expect(body.versionsUrl).toBe('https://gateway.example/ocpi/versions');
    expect(body.connection).toMatchObject({
      id: 'emsp',
      state: 'invited',
      version: null,
      allowedParties: ['NL*EMA'],
      offeredVersions: ['2.2.1'],
      feed: { state: 'none', lagChanges: 0 },
      parked: 0,
      owedCdrs: 0,
      tokens: [{ purpose: 'bootstrap', state: 'active' }],
    });
    for (const path of ['connections', 'connections/emsp']) {
      const { text } = await admin.get(path).expect(200);
      expect(text).not.toContain(body.tokenA);
      expect(text).not.toContain(hashToken(body.tokenA).toString('hex'));
    }
    const [row] = await admin.dataSource.query('SELECT * FROM connection_token');
    expect(row).toMatchObject({ connection_id: 'emsp', token_hash: hashToken(body.tokenA) });
  });

  it.each([
    [{ id: 'Emsp!' }, 'id'],
    [{ allowedParties: [] }, 'allowedParties'],
    [{ allowedParties: ['NLEMA'] }, 'allowedParties'],
    [{ hostedParties: ['NL*ABC'] }, 'hostedParties'],
    [{ offeredVersions: ['2.0'] }, 'offeredVersions'],
    [{ profile: { locationsPush: 'fax' } }, 'profile.locationsPush'],
    [{ profile: { surprise: true } }, 'profile.surprise'],
    [{ preset: 'surprise' }, 'preset'],
    [{ locationsShown: 'some' }, 'locationsShown'],
  ])('names the field of a connection that is wrong: %j', async (wrong, field) => {
    const body = { id: 'other', name: 'Other', allowedParties: ['*'], ...wrong };

    const answer = await admin.post('connections').send(body).expect(400);

    expect(answer.body.errors.map(fieldOf)).toContain(field);
    await admin.get('connections/other').expect(404);
  });

  it('refuses an id in use, and leaves the first connection as it was', async () => {
    await admin
      .post('connections')
      .send({ id: 'emsp', name: 'B', allowedParties: ['*'] })
      .expect(409);

    const { body } = await admin.get('connections/emsp').expect(200);
    expect(body.name).toBe('An eMSP');
    expect(body.tokens).toHaveLength(1);
  });
});
