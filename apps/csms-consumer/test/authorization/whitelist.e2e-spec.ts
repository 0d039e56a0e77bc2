import { OCPI_VERSIONS } from '#ocpi';
import {
  allows,
  AuthorizationWorld,
  cdrTokenOf,
  EVSE,
  LOCATION,
  token,
} from './authorization-world.js';

describe('what is stored decides whom to ask', () => {
  let world: AuthorizationWorld;
  beforeAll(async () => {
    world = await AuthorizationWorld.open();
  });
  afterEach(() => world.clear());
  afterAll(() => world.close());

  it.each(OCPI_VERSIONS)(
    'TOK-18 [%s]: ALWAYS is decided here, while it is valid',
    async (version) => {
      const always = token({ whitelist: 'ALWAYS', group_id: 'FAMILY' });
      const partner = await world.partnerWith(always, { version, script: allows() });

      const decided = await world.authorize({ uid: always.uid.toLowerCase() });
      expect(decided).toMatchObject({
        allowed: 'ALLOWED',
        ocpp: { v16: 'Accepted', v201: 'Accepted' },
        decided_by: 'LOCAL',
        auth_method: 'WHITELIST',
        cdr_token: cdrTokenOf(always),
        group_id: 'FAMILY',
        group_id_tag: 'FAMILY',
      });
      await world.source.query('DELETE FROM token');
      await world.store(partner, { ...always, valid: false });
      expect(await world.authorize()).toMatchObject({
        allowed: 'BLOCKED',
        ocpp: { v16: 'Blocked', v201: 'Blocked' },
        decided_by: 'LOCAL',
      });
      expect(partner.asked).toEqual([]);
    },
  );

  it('TOK-19: ALLOWED is decided here or by the partner, as the profile says, and auth_method tells which', async () => {
    const allowed = token({ whitelist: 'ALLOWED' });
    const partner = await world.partnerWith(allowed, { script: allows(allowed) });
    expect(await world.authorize()).toMatchObject({
      allowed: 'ALLOWED',
      decided_by: 'LOCAL',
      auth_method: 'WHITELIST',
    });
    expect(partner.asked).toEqual([]);
    await world.clear();

    const asked = await world.partnerWith(allowed, {
      profile: { allowedTokens: 'real_time' },
      script: allows(allowed),
    });
    expect(await world.authorize()).toMatchObject({
      allowed: 'ALLOWED',
      decided_by: 'PARTNER',
      auth_method: 'AUTH_REQUEST',
    });
    expect(asked.asked).toHaveLength(1);
    asked.server.script = () => ({ status: 503 });
    expect(await world.authorize()).toMatchObject({
      allowed: 'ALLOWED',
      decided_by: 'OFFLINE',
      auth_method: 'WHITELIST',
    });
  });

  it('TOK-20: ALLOWED_OFFLINE is asked, and decided here only when the partner is out of reach, while it is valid', async () => {
    const stored = token({ whitelist: 'ALLOWED_OFFLINE' });
    const partner = await world.partnerWith(stored, { script: allows(stored) });
    expect(await world.authorize()).toMatchObject({
      decided_by: 'PARTNER',
      auth_method: 'AUTH_REQUEST',
    });
    expect(partner.asked).toHaveLength(1);
    await partner.server.stop();
    expect(await world.authorize()).toMatchObject({
      allowed: 'ALLOWED',
      decided_by: 'OFFLINE',
      auth_method: 'WHITELIST',
      cdr_token: cdrTokenOf(stored),
    });
    await world.source.query('DELETE FROM token');
    await world.store(partner, { ...stored, valid: false });
    expect(await world.authorize()).toMatchObject({ allowed: 'BLOCKED', decided_by: 'OFFLINE' });
  });

  it('TOK-21: NEVER is asked each time, no verdict is kept, and no answer is a refusal', async () => {
    const partner = await world.partnerWith(token(), { script: allows() });
    for (let time = 0; time < 3; time++) {
      expect(await world.authorize()).toMatchObject({ allowed: 'ALLOWED', decided_by: 'PARTNER' });
    }
    expect(partner.asked).toHaveLength(3);
    await partner.server.stop();
    expect(await world.authorize()).toMatchObject({
      allowed: 'UNREACHABLE',
      ocpp: { v16: 'Invalid' },
      decided_by: 'OFFLINE',
    });
  });

  it('TOK-22: an invalid token is asked for all the same where its whitelist type demands it', async () => {
    const stored = token({ valid: false });
    const partner = await world.partnerWith(stored, { script: allows(token()) });
    expect(await world.authorize()).toMatchObject({ allowed: 'ALLOWED', decided_by: 'PARTNER' });
    expect(partner.asked).toHaveLength(1);
  });

  it.each([
    ['paused', { paused: true }],
    ['rejected', { state: 'rejected' }],
    ['unregistered', { state: 'unregistered' }],
  ])('TOK-33 (partial: our side): a partner that is %s is out of reach', async (_name, options) => {
    const partner = await world.partnerWith(token(), { ...options, script: allows() });
    expect(await world.authorize()).toMatchObject({
      allowed: 'UNREACHABLE',
      decided_by: 'OFFLINE',
    });
    expect(partner.asked).toEqual([]);
  });

  it('TOK-13: of a card of two partners the statement that counts decides', async () => {
    const first = await world.partnerWith(token({ whitelist: 'ALWAYS', valid: false }));
    const second = await world.partnerWith(
      token({ party_id: 'TWO', whitelist: 'ALWAYS', last_updated: '2026-01-01T00:00:00Z' }),
      { party: 'DE*TWO' },
    );
    expect(await world.authorize()).toMatchObject({
      allowed: 'ALLOWED',
      cdr_token: { party_id: 'TWO' },
    });
    expect([...first.asked, ...second.asked]).toEqual([]);
  });

  it('takes the card of a partner that does not meet the party for a stranger', async () => {
    const stored = token({ whitelist: 'ALWAYS' });
    await world.partnerWith(stored, { hostedParties: ['NL*BBB'] });
    expect(await world.authorize()).toMatchObject({ allowed: 'UNKNOWN', decided_by: 'LOCAL' });
  });

  it.each(OCPI_VERSIONS)(
    'TOK-24, TOK-25 [%s]: the request goes to …/tokens/{uid}/authorize with type and place',
    async (version) => {
      const stored = token({ uid: '012345678' });
      const partner = await world.partnerWith(stored, {
        version,
        script: allows(stored),
      });
      await world.authorize({ uid: '012345678', evse_uid: EVSE.toLowerCase() });
      const [request] = partner.asked;
      expect(`${request!.method} ${request!.path}`).toBe(
        'POST /tokens/012345678/authorize?type=RFID',
      );
      expect(request!.body).toEqual({ location_id: LOCATION, evse_uids: [EVSE] });
      const headers = version === '2.1.1' ? {} : { to: 'EMP', from: 'AAA' };
      expect({
        to: request!.headers['ocpi-to-party-id'],
        from: request!.headers['ocpi-from-party-id'],
      }).toEqual({ to: undefined, from: undefined, ...headers });
    },
  );

  it('TOK-25: without an EVSE the Location alone is named', async () => {
    const partner = await world.partnerWith(token(), { script: allows() });
    await world.authorize({ evse_uid: undefined });
    expect(partner.asked[0]!.body).toEqual({ location_id: LOCATION });
  });

  it('TOK-40 (partial: who is told): a group of 25 characters has no parentIdTag but the alias of a command', async () => {
    const group_id = 'G'.repeat(25);
    const stored = token({ whitelist: 'ALWAYS', group_id });
    await world.partnerWith(stored);
    const before = await world.authorize();
    expect(before.group_id).toBe(group_id);
    expect(before).not.toHaveProperty('group_id_tag');
    await world.alias('GROUPALIAS', stored, true);
    expect(await world.authorize()).toMatchObject({ group_id, group_id_tag: 'GROUPALIAS' });
  });

  it('TOK-40: a fob of the group that began may stop, for both decisions name the group', async () => {
    const group = { group_id: 'FLEET-7', whitelist: 'ALWAYS' } as const;
    const partner = await world.partnerWith(token(group));
    await world.store(partner, token({ ...group, uid: 'FOB-B', contract_id: 'DE-EMP-B' }));
    const [start, stop] = [await world.authorize(), await world.authorize({ uid: 'FOB-B' })];
    expect(start.group_id_tag).toBe('FLEET-7');
    expect(stop).toMatchObject({ allowed: 'ALLOWED', group_id_tag: 'FLEET-7' });
  });

  it('TOK-43: a number plate starts nothing, stored or not', async () => {
    const plate = token({ uid: 'AB-123-C', type: 'LICENSE_PLATE', whitelist: 'ALWAYS' });
    const partner = await world.partnerWith(plate, {
      version: '2.3.0',
      profile: { authorizeUnknown: true },
      script: allows(plate),
    });
    for (const uid of ['AB-123-C', 'XY-999-Z']) {
      expect(await world.authorize({ uid, type: 'LICENSE_PLATE' })).toMatchObject({
        allowed: 'NOT_ALLOWED',
        decided_by: 'LOCAL',
      });
    }
    expect(partner.asked).toEqual([]);
  });

  describe('TOK-47: what partners do not look at is ours', () => {
    afterEach(() => world.stateSite());

    it('a closed site that does not charge then refuses, whatever the partner would say', async () => {
      const partner = await world.partnerWith(token(), { script: allows() });
      const now = Date.now();
      const closing = {
        period_begin: new Date(now - 3_600_000).toISOString(),
        period_end: new Date(now + 3_600_000).toISOString(),
      };
      const opening_times = { twentyfourseven: true, exceptional_closings: [closing] };
      await world.stateSite({ opening_times, charging_when_closed: false });
      expect(await world.authorize()).toMatchObject({
        allowed: 'NOT_ALLOWED',
        ocpp: { v16: 'Invalid', v201: 'NotAtThisLocation' },
        decided_by: 'LOCAL',
      });
      expect(partner.asked).toEqual([]);
      await world.stateSite({ opening_times, charging_when_closed: true });
      expect(await world.authorize()).toMatchObject({ allowed: 'ALLOWED' });
    });

    it.each([
      ['OUTOFORDER', 'NOT_ALLOWED'],
      ['INOPERATIVE', 'NOT_ALLOWED'],
      ['PLANNED', 'NOT_ALLOWED'],
      ['CHARGING', 'ALLOWED'],
      ['RESERVED', 'ALLOWED'],
      ['UNKNOWN', 'ALLOWED'],
    ] as const)('an EVSE that is %s: %s', async (status, allowed) => {
      await world.partnerWith(token({ whitelist: 'ALWAYS' }));
      await world.stateSite({}, { status });
      expect(await world.authorize()).toMatchObject({ allowed });
    });

    it('a Location or EVSE that was never stated is no place to roam', async () => {
      await world.partnerWith(token({ whitelist: 'ALWAYS' }));
      for (const place of [{ location_id: 'NOWHERE' }, { evse_uid: 'NOWHERE-1' }]) {
        expect(await world.authorize(place)).toMatchObject({
          allowed: 'NOT_ALLOWED',
          decided_by: 'LOCAL',
        });
      }
    });
  });

  it('TOK-44: a partner is asked about a Location that is not published, and its yes is honoured', async () => {
    const partner = await world.partnerWith(token(), { script: allows() });
    await world.stateSite({ id: 'PRIVATE', publish: false });
    expect(await world.authorize({ location_id: 'PRIVATE' })).toMatchObject({ allowed: 'ALLOWED' });
    expect(partner.asked[0]!.body).toMatchObject({ location_id: 'PRIVATE' });
  });
});
