import { type Token } from '#ocpi';
import { ConnectionDirectory, storeTokens } from '#partners';
import { type Admin, startAdmin } from './admin-harness.js';
import { aSession } from '../../../../libs/partner-push/test/objects.js';
import { storeSession } from '../../../../test/harness/stored-objects.js';
import { markRegistered, storeCdr, storeLocation } from './stored-objects.js';

let admin: Admin;
let cdrId: number;
let locationId: number;

const PARTNERS = [
  ['one', '2.1.1', 'EMA'],
  ['two', '2.2.1', 'EMB'],
  ['three', '2.3.0', 'EMC'],
] as const;

beforeAll(async () => {
  admin = await startAdmin();
  await admin
    .post('hosted-parties')
    .send({ countryCode: 'NL', partyId: 'EVC', businessDetails: { name: 'EVC' } });
  for (const [id, version, party] of PARTNERS) {
    await admin
      .post('connections')
      .send({ id, name: id, allowedParties: [`NL*${party}`] })
      .expect(201);
    await markRegistered(admin.dataSource, id, version, { country_code: 'NL', party_id: party });
  }
  await admin.post('connections').send({ id: 'new', name: 'new', allowedParties: ['*'] });
  locationId = await storeLocation(admin.dataSource);
  await storeLocation(admin.dataSource, { id: 'PRIVATE', publish: false });
  cdrId = await storeCdr(admin.dataSource, { country_code: 'NL', party_id: 'EMB' });
  await admin.app.get(ConnectionDirectory).refresh();
});
afterAll(() => admin.stop());

const deliveriesOf = async (path: string) => {
  const { body } = await admin.get(`objects/${path}/deliveries`).expect(200);
  return {
    ...body,
    at: Object.fromEntries(
      body.deliveries.map((one: { connectionId: string }) => [one.connectionId, one]),
    ),
  };
};

describe('where is my object', () => {
  it('shows a CDR as owed, then delivered, to its owner, and as invisible to all others', async () => {
    const before = await deliveriesOf('cdr/nl*evc/cdr1');
    expect(before).toMatchObject({ kind: 'cdr', name: 'NL*EVC/CDR1', tokenParty: 'NL*EMB' });
    expect(before.at.two.state).toBe('behind');
    expect(before.at.one).toMatchObject({
      state: 'not-visible',
      reason: expect.stringContaining('NL*EMB'),
    });
    expect(before.at.new).toMatchObject({
      state: 'not-visible',
      reason: expect.stringContaining('registered'),
    });

    await admin.dataSource.query(
      "INSERT INTO cdr_receipt (connection_id, cdr_id) VALUES ('two', $1)",
      [cdrId],
    );
    expect((await deliveriesOf('cdr/NL*EVC/CDR1')).at.two.state).toBe('owed');

    await admin.dataSource.query(
      "UPDATE cdr_receipt SET state = 'delivered', location_url = 'https://two.example/cdrs/1'",
    );
    await admin.dataSource.query(
      `INSERT INTO exchange (connection_id, kind, object_name, at, method, url, request, http_status, ocpi_status,
         response, duration_ms, outcome, request_id)
       VALUES ('two', 'cdr', 'NL*EVC/CDR1', now(), 'POST', 'https://two.example/cdrs', '{"id":"CDR1"}', 200, 1000,
         '{"status_code":1000}', 12, 'delivered', 'r1')`,
    );
    const after = (await deliveriesOf('cdr/NL*EVC/CDR1')).at.two;
    expect(after).toMatchObject({
      state: 'delivered',
      receipt: { state: 'delivered', locationUrl: 'https://two.example/cdrs/1' },
      lastExchange: {
        method: 'POST',
        httpStatus: 200,
        ocpiStatus: 1000,
        response: '{"status_code":1000}',
      },
    });
  });

  it('shows what was last said about a Session, its charging profile too', async () => {
    const ids = { country_code: 'NL', party_id: 'EVC' };
    await storeSession(admin.dataSource, aSession({ ...ids, id: 'S1' }));
    await admin.dataSource.query(
      `INSERT INTO exchange (connection_id, kind, object_name, at, method, url, http_status, duration_ms, outcome, request_id)
       VALUES ('two', 'session', 'NL*EVC/S1', now() - interval '1 s', 'PUT', 'https://two.example/s/S1', 200, 12, 'delivered', 'r2'),
              ('two', 'chargingprofile', 'NL*EVC/S1', now(), 'PUT', 'https://two.example/p/S1', 400, 12, 'rejected', 'r3')`,
    );
    expect((await deliveriesOf('session/NL*EVC/S1')).at.two.lastExchange).toMatchObject({
      url: 'https://two.example/p/S1',
      outcome: 'rejected',
    });
  });

  it('shows a Location as delivered, behind after a change, parked after a refusal', async () => {
    expect((await deliveriesOf('location/NL*EVC/LOC1')).at.two.state).toBe('delivered');

    await admin.dataSource.query(
      "INSERT INTO change (kind, object_id, aspect, party_key) VALUES ('evse', $1, 'status', 'NL*EVC')",
      [locationId],
    );
    const behind = await deliveriesOf('location/NL*EVC/loc1');
    expect(behind.at.two.state).toBe('behind');
    expect(behind.at.three.state).toBe('behind');

    await admin.dataSource.query(
      `INSERT INTO parked_push (connection_id, kind, object_id, object_name, reason, http_status)
       VALUES ('two', 'location', $1, 'NL*EVC/LOC1', 'HTTP 400', 400)`,
      [locationId],
    );
    const parked = await deliveriesOf('location/NL*EVC/LOC1');
    expect(parked.at.two).toMatchObject({
      state: 'parked',
      reason: 'HTTP 400',
      parkedId: expect.any(Number),
    });
    expect(parked.at.three.state).toBe('behind');
    const { body } = await admin.get('connections').expect(200);
    const two = body.connections.find(({ id }: { id: string }) => id === 'two');
    expect(two).toMatchObject({
      parked: 1,
      owedCdrs: 0,
      version: '2.2.1',
      feed: { lagChanges: 1 },
    });
    expect(two.tokenAgeSeconds).toBeGreaterThanOrEqual(0);
  });

  it('shows an unpublished Location as withheld from 2.1.1 alone, which has no flag for it', async () => {
    const { at } = await deliveriesOf('location/NL*EVC/PRIVATE');

    expect(at.one).toMatchObject({
      state: 'withheld',
      reason: expect.stringContaining('not published'),
    });
    expect([at.two.state, at.three.state]).toEqual(['delivered', 'delivered']);
  });

  it.each([
    ['location/NL*EVC/NONE', 404],
    ['fax/NL*EVC/LOC1', 400],
  ])('answers %s with %i', async (path, status) => {
    await admin.get(`objects/${path}/deliveries`).expect(status);
  });
});

describe('what does this partner see', () => {
  it.each([
    ['one', '2.1.1', { id: 'LOC1', type: 'UNKNOWN' }],
    ['two', '2.2.1', { id: 'LOC1', country_code: 'NL', publish: true }],
    ['three', '2.3.0', { id: 'LOC1', party_id: 'EVC', publish: true }],
  ])('renders a Location for %s in %s', async (id, version, expected) => {
    const { body } = await admin.get(`connections/${id}/view/location/NL*EVC/LOC1`).expect(200);

    expect(body).toMatchObject({ connectionId: id, version, shown: true, object: expected });
    expect('country_code' in body.object).toBe(version !== '2.1.1');
    expect(body.object.evses[0].status).toBe('AVAILABLE');
  });

  it('says why a CDR of another party is not shown, and shows it to its owner', async () => {
    const other = await admin.get('connections/one/view/cdr/NL*EVC/CDR1').expect(200);
    expect(other.body).toMatchObject({ shown: false, reason: expect.stringContaining('NL*EMB') });
    expect(other.body.object).toBeUndefined();

    const own = await admin.get('connections/two/view/cdr/NL*EVC/CDR1').expect(200);
    expect(own.body).toMatchObject({ shown: true, object: { id: 'CDR1', currency: 'EUR' } });
    const kept = await admin.dataSource.query('SELECT * FROM cdr_rendition');
    expect(kept).toHaveLength(0);
  });
});

describe('whose card is this?', () => {
  const card = (party_id: string, last_updated: string, valid = true): Token => ({
    country_code: 'NL',
    party_id,
    uid: '04A1B2',
    type: 'RFID',
    contract_id: `NL-${party_id}-1`,
    issuer: party_id,
    valid,
    whitelist: 'ALWAYS',
    last_updated,
  });

  it('TOK-13: what each partner states of it, the one that counts first', async () => {
    await storeTokens(admin.dataSource, 'one', [card('EMA', '2026-01-01T00:00:00Z')]);
    await storeTokens(admin.dataSource, 'two', [card('EMB', '2026-02-01T00:00:00Z')]);
    await storeTokens(admin.dataSource, 'three', [card('EMC', '2026-03-01T00:00:00Z', false)]);

    const { body } = await admin.get('cards/04a1b2').expect(200);

    expect(body.statements).toMatchObject([
      { party: 'NL*EMB', connectionId: 'two', valid: true, counts: true },
      { party: 'NL*EMA', connectionId: 'one', valid: true, counts: false },
      { party: 'NL*EMC', connectionId: 'three', valid: false, counts: false },
    ]);
    const typed = await admin.get('cards/04A1B2?type=APP_USER').expect(404);
    expect(typed.headers['content-type']).toContain('application/problem+json');
  });
});
