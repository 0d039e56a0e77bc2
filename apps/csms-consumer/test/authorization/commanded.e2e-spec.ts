import { EventProcessor } from '../../src/events/event-processor.js';
import { incoming, exampleData } from '../processor-harness.js';
import {
  allows,
  AuthorizationWorld,
  cdrTokenOf,
  EVSE,
  OTHER_EVSE,
  token,
  UID,
} from './authorization-world.js';

describe('a driver for whom a partner commanded', () => {
  let world: AuthorizationWorld;
  beforeAll(async () => {
    world = await AuthorizationWorld.open();
  });
  afterEach(() => world.clear());
  afterAll(() => world.close());

  const KINDS = ['START_SESSION', 'RESERVE_NOW'] as const;

  it.each(
    KINDS.flatMap((kind) => ['RFID', 'OTHER', 'NFC_RING'].map((type) => [kind, type] as const)),
  )(
    'TOK-34, CMD-41, CMD-58, CMD-71 [2.2.1+]: after %s a token of type %s is not asked for during 15 minutes',
    async (kind, type) => {
      const card = token({ type, valid: false });
      const partner = await world.partnerWith(card, { script: allows(card) });
      await world.command(partner, kind, card, { minutesAgo: 14, reference: 'Ref-a' });
      expect(await world.authorize({ type })).toMatchObject({
        allowed: 'ALLOWED',
        decided_by: 'COMMAND',
        auth_method: 'COMMAND',
        authorization_reference: 'Ref-a',
        cdr_token: cdrTokenOf(card),
      });
      expect(partner.asked).toEqual([]);

      await world.source.query(`UPDATE command SET received_at = now() - interval '16 minutes'`);
      expect(await world.authorize({ type })).toMatchObject({ decided_by: 'PARTNER' });
      expect(partner.asked).toHaveLength(1);
    },
  );

  it('CMD-70 [2.1.1]: an unknown or invalid token of a command is trusted for 15 minutes, then its whitelist counts', async () => {
    const card = token({ uid: 'NEVER-STATED', type: 'OTHER' });
    const partner = await world.addPartner({
      version: '2.1.1',
      script: () => ({ data: { allowed: 'ALLOWED' } }),
    });
    await world.command(partner, 'START_SESSION', card, { minutesAgo: 14 });
    const asked = { uid: 'NEVER-STATED', type: 'OTHER' };
    expect(await world.authorize(asked)).toMatchObject({ decided_by: 'COMMAND' });
    expect(partner.asked).toEqual([]);
    await world.source.query(`UPDATE command SET received_at = now() - interval '16 minutes'`);
    expect(await world.authorize(asked)).toMatchObject({
      allowed: 'ALLOWED',
      decided_by: 'PARTNER',
      cdr_token: cdrTokenOf(card),
    });
    expect(partner.server.lines).toEqual(['POST /tokens/NEVER-STATED/authorize?type=OTHER']);
  });

  it.each(['APP_USER', 'AD_HOC_USER'])(
    'TOK-34, CMD-40, CMD-58 [2.2.1+]: an %s is never asked for, for a day, under the alias that the station shows',
    async (type) => {
      const app = token({ uid: 'app-user-with-a-uid-of-36-characters', type });
      const partner = await world.addPartner({
        profile: { authorizeUnknown: true },
        script: allows(app),
      });
      await world.alias('ALIAS0123456789', app);
      for (const kind of KINDS) {
        await world.source.query('DELETE FROM command');
        await world.command(partner, kind, app, { minutesAgo: 23 * 60 });
        expect(await world.authorize({ uid: 'alias0123456789' })).toMatchObject({
          allowed: 'ALLOWED',
          decided_by: 'COMMAND',
          cdr_token: cdrTokenOf(app),
        });
      }
      await world.source.query(`UPDATE command SET received_at = now() - interval '25 hours'`);
      expect(await world.authorize({ uid: 'ALIAS0123456789' })).toMatchObject({
        allowed: 'NOT_ALLOWED',
        decided_by: 'LOCAL',
      });
      await world.reserve(partner, app, { minutesAgo: 26 * 60 });
      expect(await world.authorize({ uid: 'ALIAS0123456789' })).toMatchObject({
        allowed: 'ALLOWED',
        decided_by: 'COMMAND',
      });
      expect(partner.server.requests).toEqual([]);
    },
  );

  it('CMD-44 (partial: authorize): an alias is asked for by the uid that it stands for', async () => {
    const card = token({ uid: 'card-with-a-uid-of-30-characters' });
    const partner = await world.addPartner({ script: allows(card) });
    await world.alias('ALIAS1', card);
    expect(await world.authorize({ uid: 'ALIAS1' })).toMatchObject({ cdr_token: cdrTokenOf(card) });
    expect(partner.server.lines).toEqual([`POST /tokens/${card.uid}/authorize?type=RFID`]);
  });

  it('TOK-34 (partial: the place): a command counts at its Location, and not when its reservation was taken back', async () => {
    const partner = await world.partnerWith(token(), { script: allows() });
    await world.stateSite({ id: 'OTHER-SITE' });
    await world.command(partner, 'START_SESSION', token(), { location: 'OTHER-SITE' });
    await world.reserve(partner, token(), { state: 'cancelled' });
    expect(await world.authorize()).toMatchObject({ decided_by: 'PARTNER' });
    expect(await world.authorize({ location_id: 'OTHER-SITE' })).toMatchObject({
      decided_by: 'COMMAND',
    });
  });

  it('CMD-45 [2.2.1+]: of several references the last one given counts', async () => {
    const stored = token({ whitelist: 'ALLOWED_OFFLINE' });
    const partner = await world.partnerWith(stored, {
      script: allows(stored, { authorization_reference: 'B' }),
    });
    await world.reserve(partner, stored, { minutesAgo: 10, reference: 'A' });
    const reference = async () => (await world.authorize()).authorization_reference;
    expect(await reference()).toBe('A');
    await world.command(partner, 'START_SESSION', stored, { minutesAgo: 5 });
    expect(await reference()).toBe('A');
    await world.command(partner, 'START_SESSION', stored, { minutesAgo: 4, reference: 'C' });
    expect(await reference()).toBe('C');
  });

  it('SES-33, CMD-45, SES-32 [2.2.1+]: after a reservation with A the partner is asked and answers B; without an answer A stays', async () => {
    const stored = token({ whitelist: 'ALLOWED_OFFLINE' });
    const partner = await world.partnerWith(stored, {
      script: allows(stored, { authorization_reference: 'B' }),
    });
    await world.reserve(partner, stored, { minutesAgo: 20, reference: 'A' });
    expect(await world.authorize()).toMatchObject({
      auth_method: 'AUTH_REQUEST',
      authorization_reference: 'B',
    });
    await partner.server.stop();
    expect(await world.authorize()).toMatchObject({
      auth_method: 'WHITELIST',
      authorization_reference: 'A',
    });
  });

  describe('CMD-75 (partial: authorization): a card of the group that reserved', () => {
    const group = { group_id: 'FLEET-7' };
    const mate = token({ ...group, uid: 'MATE', contract_id: 'DE-EMP-MATE', whitelist: 'ALWAYS' });
    const capabilities = ['RFID_READER', 'TOKEN_GROUP_CAPABLE'];
    afterEach(() => world.stateSite());

    it('counts as its driver at the reserved EVSE, with its own token', async () => {
      const partner = await world.partnerWith(mate);
      await world.stateSite({}, { capabilities });
      await world.reserve(partner, token(group), { evse: EVSE, reference: 'A' });
      const asMate = { decided_by: 'COMMAND', cdr_token: cdrTokenOf(mate), group_id: 'FLEET-7' };
      expect(await world.authorize({ uid: 'MATE' })).toMatchObject(asMate);
      expect(await world.authorize({ uid: 'MATE', evse_uid: OTHER_EVSE })).toMatchObject({
        decided_by: 'LOCAL',
      });
      await world.source.query(`UPDATE command SET received_at = now() - interval '16 minutes'`);
      expect(await world.authorize({ uid: 'MATE' })).toMatchObject({ decided_by: 'LOCAL' });
    });

    it('is a card like any other where the station knows no groups', async () => {
      const partner = await world.partnerWith(mate);
      await world.reserve(partner, token(group), { evse: EVSE });
      expect(await world.authorize({ uid: 'MATE' })).toMatchObject({ decided_by: 'LOCAL' });
    });
  });

  it('TOK-35, CMD-42 (partial: what is stored): a token known from a command alone is stored nowhere, and stands in Session and CDR', async () => {
    const app = token({ uid: 'app-user-with-a-uid-of-36-characters', type: 'APP_USER' });
    const partner = await world.addPartner();
    await world.alias('ALIAS0123456789', app);
    await world.command(partner, 'START_SESSION', app, { reference: 'A' });
    const decided = await world.authorize({ uid: 'ALIAS0123456789' });
    expect(await world.source.query('SELECT FROM token')).toEqual([]);

    const { cdr_token, auth_method, authorization_reference } = decided;
    const session = { cdr_token, auth_method, authorization_reference };
    expect(
      await world.event('session.started', { ...exampleData('session.started'), ...session }),
    ).toMatchObject({ outcome: 'applied' });
    const [stored] = await world.source.query('SELECT body FROM session');
    expect(JSON.parse(stored.body)).toMatchObject({
      cdr_token: cdrTokenOf(app),
      auth_method: 'COMMAND',
      authorization_reference: 'A',
    });
  });

  it('CMD-44: an alias that a Session or CDR names is the token before anybody sees it', async () => {
    const card = token({ uid: 'card-with-a-uid-of-30-characters' });
    await world.addPartner();
    await world.alias('ALIAS1', card);
    const aliased = { ...cdrTokenOf(card), uid: 'alias1', contract_id: 'ALIAS1' };
    const processor = world.app.get(EventProcessor);
    const outcomes = await processor.process([
      incoming('session.started', { ...exampleData('session.started'), cdr_token: aliased }),
      incoming(
        'session.ended',
        { ...exampleData('session.ended'), cdr_token: aliased },
        { time: '2026-03-01T12:30:00Z' },
      ),
      incoming(
        'cdr.issued',
        { ...exampleData('cdr.issued'), cdr_token: aliased },
        { time: '2026-03-01T12:31:00Z' },
      ),
    ]);
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(['applied', 'applied', 'applied']);
    for (const table of ['session', 'cdr']) {
      const [row] = await world.source.query(`SELECT body, token_party_key FROM ${table}`);
      expect(JSON.parse(row.body).cdr_token).toEqual(cdrTokenOf(card));
      expect(row.token_party_key).toBe('DE*EMP');
    }
    expect(UID).not.toBe(card.uid);
  });
});
