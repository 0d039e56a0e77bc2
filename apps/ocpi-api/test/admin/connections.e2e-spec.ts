import { ConnectionDirectory } from '#partners';
import { type Admin, startAdmin } from './admin-harness.js';
import { markRegistered, storeLocation, storeTariff } from './stored-objects.js';

let admin: Admin;

beforeEach(async () => {
  admin = await startAdmin();
  for (const partyId of ['EVC', 'EVD']) {
    await admin
      .post('hosted-parties')
      .send({ countryCode: 'NL', partyId, businessDetails: { name: partyId } })
      .expect(201);
  }
  await admin
    .post('connections')
    .send({ id: 'emsp', name: 'eMSP', allowedParties: ['NL*EMA', 'NL*EMB'] })
    .expect(201);
});
afterEach(() => admin.stop());

const register = async () => {
  await markRegistered(admin.dataSource, 'emsp', '2.2.1', { country_code: 'NL', party_id: 'EMA' });
  await admin.app.get(ConnectionDirectory).refresh();
};

const changes = () =>
  admin.dataSource.query<
    { kind: string; aspect: string; object_id: number; connection_id: string }[]
  >('SELECT kind, aspect, object_id, connection_id FROM change ORDER BY seq');

describe('a connection', () => {
  it('is changed in what is given: name, parties, and the profile knob by knob', async () => {
    await admin
      .patch('connections/emsp')
      .send({ name: 'New name', profile: { locationsPush: 'put', catchUp: 'wait_for_pull' } })
      .expect(200);
    const { body } = await admin
      .patch('connections/emsp')
      .send({ profile: { catchUp: null, sessionsVerb: 'put_full' }, preset: 'navigation' })
      .expect(200);

    expect(body).toMatchObject({
      name: 'New name',
      preset: 'navigation',
      profile: { locationsPush: 'put', sessionsVerb: 'put_full' },
      effectiveProfile: {
        locationsPush: 'put',
        catchUp: 'push',
        cdrsPush: 'off',
        tokenPull: 'none',
      },
    });
    expect(body.profile).not.toHaveProperty('catchUp');
    const wrong = await admin
      .patch('connections/emsp')
      .send({ profile: { concurrency: 0 } })
      .expect(400);
    expect(wrong.body.errors[0].field).toBe('profile.concurrency');
    await admin.patch('connections/emsp').send({ name: null }).expect(400);
    await admin.patch('connections/none').send({ name: 'x' }).expect(404);
  });

  it('CRD-32 (partial: an operator takes a party away): unbinds a party that may no longer be claimed', async () => {
    await register();

    await admin
      .patch('connections/emsp')
      .send({ allowedParties: ['NL*EMB'] })
      .expect(200);

    const { body } = await admin.get('connections/emsp').expect(200);
    expect(body).toMatchObject({ allowedParties: ['NL*EMB'], parties: [] });
  });

  it('pauses, resumes and resyncs, and tells its feed by the generation', async () => {
    await admin.post('connections/emsp/resync').expect(409);
    await register();
    const generation = async () =>
      (await admin.dataSource.query('SELECT generation FROM feed'))[0].generation;

    const paused = await admin.post('connections/emsp/pause').expect(200);
    expect(paused.body).toMatchObject({ paused: true, feed: { state: 'paused' } });
    expect(await generation()).toBe(1);
    const resumed = await admin.post('connections/emsp/resume').expect(200);
    expect(resumed.body).toMatchObject({ paused: false, feed: { state: 'live' } });
    const resynced = await admin.post('connections/emsp/resync').expect(200);
    expect(resynced.body.feed.state).toBe('catching-up');
    expect(await generation()).toBeGreaterThanOrEqual(3);
    await admin.post('connections/none/pause').expect(404);
  });

  it('CRD-27 (partial: the way back): is tried again by resume after the partner rejected our token', async () => {
    await register();
    await admin.dataSource.query("UPDATE connection SET state = 'rejected'");
    const { body } = await admin.get('connections/emsp').expect(200);
    expect(body.feed.state).toBe('stopped');

    const resumed = await admin.post('connections/emsp/resume').expect(200);

    expect(resumed.body.state).toBe('registered');
  });

  it('CRD-16 (partial: token A anew), CRD-42: issues a token A anew, once, and the old one dies', async () => {
    const hashes = () => admin.dataSource.query('SELECT token_hash FROM connection_token');
    const [before] = await hashes();

    const { body } = await admin.post('connections/emsp/token-a').expect(201);

    expect(body.versionsUrl).toBe('https://gateway.example/ocpi/versions');
    const after = await hashes();
    expect(after).toHaveLength(1);
    expect(after[0].token_hash).not.toEqual(before.token_hash);
    const { text } = await admin.get('connections/emsp').expect(200);
    expect(text).not.toContain(body.tokenA);
  });

  it('is deleted when it is not registered, with all that is known of it', async () => {
    await register();
    await admin.delete('connections/emsp').expect(409);
    await admin.dataSource.query("UPDATE connection SET state = 'unregistered'");
    await admin.app.get(ConnectionDirectory).refresh();

    await admin.delete('connections/emsp').expect(204);

    await admin.get('connections/emsp').expect(404);
    for (const table of ['connection_token', 'remote_party', 'remote_endpoint', 'feed']) {
      expect(await admin.dataSource.query(`SELECT 1 FROM ${table}`)).toHaveLength(0);
    }
  });

  it('names what is missing for a handshake, and fails with the reason while nobody answers', async () => {
    const missing = await admin
      .post('connections/emsp/handshake')
      .send({ tokenA: 'a-token' })
      .expect(400);
    expect(missing.body.errors[0].field).toBe('versionsUrl');

    const { body } = await admin
      .post('connections/emsp/handshake')
      .send({ tokenA: 'secret-token-a', versionsUrl: 'http://127.0.0.1:1/versions' })
      .expect(502);

    expect(body.detail).toContain('cannot be reached');
    expect(JSON.stringify(body)).not.toContain('secret-token-a');

    const nowhere = await admin
      .post('connections/emsp/handshake')
      .send({ versionsUrl: 'https://nowhere.invalid/versions' })
      .expect(502);
    expect(nowhere.body.detail).toContain('getaddrinfo');
    await admin.post('connections/emsp/rotate').expect(409);
    await admin.post('connections/emsp/unregister').expect(409);
    await admin.post('connections/emsp/pull-tokens').expect(409);
  });
});

describe('visibility', () => {
  it('LOC-10 (partial: the rule): writes what comes into sight and leaves it into the log for that partner alone', async () => {
    await register();
    const one = await storeLocation(admin.dataSource, { id: 'ONE' });
    const two = await storeLocation(admin.dataSource, { id: 'TWO' });

    const only = await admin
      .put('connections/emsp/visibility/locations')
      .send({ rule: 'only', objects: ['nl*evc/one'] })
      .expect(200);
    expect(only.body).toEqual({ rule: 'only', objects: ['NL*EVC/ONE'], shown: 1 });
    expect(await changes()).toEqual([
      { kind: 'location', aspect: 'hidden', object_id: two, connection_id: 'emsp' },
    ]);

    const both = await admin
      .put('connections/emsp/visibility/locations')
      .send({ add: ['NL*EVC/TWO'], remove: ['NL*EVC/ONE'] })
      .expect(200);
    expect(both.body).toEqual({ rule: 'only', objects: ['NL*EVC/TWO'], shown: 1 });
    expect((await changes()).slice(1)).toEqual([
      { kind: 'location', aspect: 'shown', object_id: two, connection_id: 'emsp' },
      { kind: 'location', aspect: 'hidden', object_id: one, connection_id: 'emsp' },
    ]);
    const seen = await admin.get('connections/emsp/view/location/NL*EVC/ONE').expect(200);
    expect(seen.body).toMatchObject({ shown: false, reason: expect.stringContaining('only') });
    await admin.put('connections/emsp/visibility/sessions').send({}).expect(400);
    await admin
      .put('connections/emsp/visibility/locations')
      .send({ add: ['ONE'] })
      .expect(400);
  });

  it('renews the Locations whose connectors name a tariff that is hidden', async () => {
    await register();
    const location = await storeLocation(admin.dataSource);
    const tariff = await storeTariff(admin.dataSource, '14');

    await admin
      .put('connections/emsp/visibility/tariffs')
      .send({ rule: 'except', objects: ['NL*EVC/14'] })
      .expect(200);

    expect(await changes()).toEqual([
      { kind: 'tariff', aspect: 'hidden', object_id: tariff, connection_id: 'emsp' },
      { kind: 'location', aspect: 'shown', object_id: location, connection_id: 'emsp' },
    ]);
    const { body } = await admin.get('connections/emsp/view/location/NL*EVC/LOC1').expect(200);
    expect(body.object.evses[0].connectors[0]).not.toHaveProperty('tariff_ids');
  });

  it('takes back the objects of a party that the partner no longer meets', async () => {
    await register();
    await storeLocation(admin.dataSource, { id: 'KEPT' });
    const gone = await storeLocation(admin.dataSource, { id: 'GONE', party_id: 'EVD' });

    await admin
      .patch('connections/emsp')
      .send({ hostedParties: ['NL*EVC'] })
      .expect(200);

    expect(await changes()).toEqual([
      { kind: 'location', aspect: 'hidden', object_id: gone, connection_id: 'emsp' },
    ]);
  });
});

describe('knobs', () => {
  it('are listed with values, default and meaning', async () => {
    const { body } = await admin.get('profile-knobs').expect(200);

    expect(body.knobs).toContainEqual(
      expect.objectContaining({ name: 'catchUp', values: 'push | wait_for_pull', default: 'push' }),
    );
    expect(body.presets.map(({ name }: { name: string }) => name)).toContain('access-point');
  });
});
