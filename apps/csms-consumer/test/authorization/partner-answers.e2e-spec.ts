import { OCPI_VERSIONS } from '#ocpi';
import { setTimeout as sleep } from 'node:timers/promises';
import { type ScriptedAnswer } from '../../../../test/harness/partner-server.js';
import {
  allows,
  AuthorizationWorld,
  cdrTokenOf,
  EVSE,
  LOCATION,
  OTHER_EVSE,
  token,
  UID,
} from './authorization-world.js';

const NEWER = ['2.2.1', '2.3.0'] as const;
const offline = token({ whitelist: 'ALLOWED_OFFLINE' });

describe('what a partner answers', () => {
  let world: AuthorizationWorld;
  beforeAll(async () => {
    world = await AuthorizationWorld.open();
  });
  afterEach(() => world.clear());
  afterAll(() => world.close());

  it.each([
    ['BLOCKED', 'Blocked', 'Blocked'],
    ['EXPIRED', 'Expired', 'Expired'],
    ['NO_CREDIT', 'Blocked', 'NoCredit'],
    ['NOT_ALLOWED', 'Invalid', 'NotAtThisLocation'],
  ])(
    'TOK-26: %s refuses, in the closest words, and the driver is told why',
    async (allowed, v16, v201) => {
      const info = { language: 'en', text: 'Please call us.' };
      await world.partnerWith(offline, { script: allows(offline, { allowed, info }) });
      const decided = await world.authorize();
      expect(decided).toMatchObject({ allowed, ocpp: { v16, v201 }, decided_by: 'PARTNER', info });
      expect(decided).not.toHaveProperty('cdr_token');
    },
  );

  it.each([
    ['other EVSEs alone', { location_id: LOCATION, evse_uids: [OTHER_EVSE] }, 'NOT_ALLOWED'],
    ['another Location', { location_id: 'ELSEWHERE' }, 'NOT_ALLOWED'],
    ['this EVSE', { location_id: LOCATION.toLowerCase(), evse_uids: [EVSE] }, 'ALLOWED'],
    ['the whole Location', { location_id: LOCATION }, 'ALLOWED'],
  ])('TOK-27: allowed for %s', async (_name, location, allowed) => {
    await world.partnerWith(token(), { script: allows(token(), { location }) });
    expect(await world.authorize()).toMatchObject({ allowed });
  });

  it('TOK-27: an answer for some EVSEs does not do where the station does not say which', async () => {
    const location = { location_id: LOCATION, evse_uids: [EVSE] };
    await world.partnerWith(token(), { script: allows(token(), { location }) });
    expect(await world.authorize({ evse_uid: undefined })).toMatchObject({
      allowed: 'NOT_ALLOWED',
    });
  });

  it.each(NEWER)(
    'TOK-28, TOK-29 [%s]: reference and token of the answer are the decision, as the partner wrote them',
    async (version) => {
      const answered = token({ contract_id: 'DE-EMP-NEW', group_id: 'G1' });
      await world.partnerWith(token(), {
        version,
        script: allows(answered, { authorization_reference: 'Ref-b' }),
      });
      expect(await world.authorize()).toMatchObject({
        allowed: 'ALLOWED',
        auth_method: 'AUTH_REQUEST',
        authorization_reference: 'Ref-b',
        cdr_token: cdrTokenOf(answered),
        group_id: 'G1',
      });
    },
  );

  it.each([
    ['another uid', token({ uid: 'OTHER' })],
    ['another owner', token({ party_id: 'XXX' })],
  ])('TOK-29: an answer about %s is none', async (_name, answered) => {
    await world.partnerWith(token(), { script: allows(answered) });
    expect(await world.authorize()).toMatchObject({
      allowed: 'NOT_ALLOWED',
      decided_by: 'PARTNER',
    });
  });

  it('TOK-30 [2.1.1]: the stored token says whom to bill; a card that no list has is not even asked for', async () => {
    const stored = token({ uid: 'KNOWN' });
    const partner = await world.partnerWith(stored, {
      version: '2.1.1',
      profile: { authorizeUnknown: true },
      script: () => ({ data: { allowed: 'ALLOWED' } }),
    });
    expect(await world.authorize({ uid: 'KNOWN' })).toMatchObject({
      allowed: 'ALLOWED',
      auth_method: 'AUTH_REQUEST',
      cdr_token: cdrTokenOf(stored),
    });
    expect(await world.authorize({ uid: 'STRANGE' })).toMatchObject({ allowed: 'UNKNOWN' });
    expect(partner.asked).toHaveLength(1);
  });

  it.each([
    ['2.1.1', { status: 404 }],
    ['2.1.1', { status: 404, ocpi: 2000 }],
    ['2.2.1', { status: 404, text: '' }],
    ['2.2.1', { status: 404, ocpi: 2004 }],
    ['2.3.0', { ocpi: 2004 }],
    ['2.3.0', { status: 404, text: '<html>not found</html>' }],
  ] as const)(
    'TOK-31, STA-12 [%s]: %p says that the token is unknown: no fallback, no retry',
    async (version, answer) => {
      const partner = await world.partnerWith(offline, { version, script: () => answer });
      expect(await world.authorize()).toMatchObject({
        allowed: 'UNKNOWN',
        ocpp: { v16: 'Invalid', v201: 'Unknown' },
        decided_by: 'PARTNER',
      });
      expect(partner.asked).toHaveLength(1);
    },
  );

  it.each(OCPI_VERSIONS)(
    'TOK-32, STA-13 [%s]: 2002 is met with one fuller request, then it is a refusal',
    async (version) => {
      const partner = await world.partnerWith(offline, {
        version,
        script: ({ body }) =>
          body.evse_uids ? { data: { allowed: 'ALLOWED', token: offline } } : { ocpi: 2002 },
      });
      expect(await world.authorize({ evse_uid: undefined })).toMatchObject({ allowed: 'ALLOWED' });
      expect(partner.asked.map(({ body }) => body)).toEqual([
        { location_id: LOCATION },
        { location_id: LOCATION, evse_uids: [EVSE, OTHER_EVSE] },
      ]);
      partner.server.clear();
      partner.server.script = () => ({ ocpi: 2002 });
      expect(await world.authorize({ evse_uid: undefined })).toMatchObject({
        allowed: 'NOT_ALLOWED',
        decided_by: 'PARTNER',
      });
      expect(partner.asked).toHaveLength(2);
      expect(await world.authorize()).toMatchObject({ allowed: 'NOT_ALLOWED' });
      expect(partner.asked).toHaveLength(3);
    },
  );

  const UNREACHABLE: [string, ScriptedAnswer][] = [
    ['no answer', { hang: true }],
    ['a cut connection', { drop: true }],
    ['HTTP 500', { status: 500 }],
    ['HTTP 503', { status: 503, text: 'busy' }],
    ['HTTP 429', { status: 429 }],
    ['HTTP 401', { status: 401 }],
    ['a redirect', { status: 307, headers: { location: 'http://127.0.0.1:1/' } }],
    ['OCPI 3000', { ocpi: 3000 }],
    ['OCPI 3001 with HTTP 404', { status: 404, ocpi: 3001 }],
    ['OCPI 4001', { ocpi: 4001 }],
    ['OCPI 4002', { ocpi: 4002 }],
    ['a page of HTML', { text: '<html>welcome</html>' }],
  ];
  it.each(UNREACHABLE)('TOK-33: %s is as good as no answer', async (_name, answer) => {
    const partner = await world.partnerWith(offline, {
      profile: { authorizeTimeoutMs: 150 },
      script: () => answer,
    });
    await world.store(partner, token({ uid: 'NEVER-1' }));
    await world.store(partner, token({ uid: 'ALLOWED-1', whitelist: 'ALLOWED' }));
    const [mayBeOffline, never, allowed] = await Promise.all([
      world.authorize(),
      world.authorize({ uid: 'NEVER-1' }),
      world.authorize({ uid: 'ALLOWED-1' }),
    ]);
    expect(mayBeOffline).toMatchObject({ allowed: 'ALLOWED', decided_by: 'OFFLINE' });
    expect(never).toMatchObject({ allowed: 'UNREACHABLE', decided_by: 'OFFLINE' });
    expect(allowed).toMatchObject({ allowed: 'ALLOWED', decided_by: 'LOCAL' });
    expect(partner.asked).toHaveLength(2);
  });

  it.each([
    ['OCPI 2000', { ocpi: 2000 }],
    ['HTTP 400', { status: 400, ocpi: 2001 }],
    ['an answer that cannot be read', { data: { allowed: 'MAYBE' } }],
    ['no data', {}],
  ])('TOK-26 (partial: what is no yes): %s refuses', async (_name, answer) => {
    await world.partnerWith(offline, { script: () => answer });
    expect(await world.authorize()).toMatchObject({
      allowed: 'NOT_ALLOWED',
      decided_by: 'PARTNER',
    });
  });

  it.each(NEWER)(
    'TOK-49 [%s]: ALLOWED without a token, or with a broken one, does for a known card and for no other',
    async (version) => {
      const partner = await world.partnerWith(token(), {
        version,
        profile: { authorizeUnknown: true },
        script: () => ({ data: { allowed: 'ALLOWED' } }),
      });
      const known = { allowed: 'ALLOWED', cdr_token: cdrTokenOf(token()) };
      expect(await world.authorize()).toMatchObject(known);
      expect(await world.authorize({ uid: 'STRANGE' })).toMatchObject({ allowed: 'NOT_ALLOWED' });
      partner.server.script = () => ({ data: { allowed: 'ALLOWED', token: { uid: UID } } });
      expect(await world.authorize()).toMatchObject(known);
      expect(await world.authorize({ uid: 'STRANGE' })).toMatchObject({ allowed: 'NOT_ALLOWED' });
    },
  );

  it('gives a partner its time and no more', async () => {
    const profile = { authorizeTimeoutMs: 300 };
    await world.partnerWith(offline, { profile, script: () => ({ hang: true }) });
    const startedAt = performance.now();
    expect(await world.authorize()).toMatchObject({ decided_by: 'OFFLINE' });
    expect(performance.now() - startedAt).toBeLessThan(2500);
  });

  it('answers before the deadline, whatever time a partner has', async () => {
    await world.partnerWith(offline, { script: () => ({ hang: true }) });
    const deadline = new Date(Date.now() + 1500);
    expect(await world.authorize({ deadline: deadline.toISOString() })).toMatchObject({
      decided_by: 'OFFLINE',
    });
    expect(Date.now()).toBeLessThan(deadline.getTime());
  });

  it('TOK-21 (partial: in flight): who asks the same meanwhile shares the answer; who asks later does not', async () => {
    const partner = await world.partnerWith(token(), {
      script: async () => {
        await sleep(300);
        return { data: { allowed: 'ALLOWED', token: token() } };
      },
    });
    const answers = await Promise.all([
      world.authorize({ authorization_id: 'one' }),
      world.authorize({ authorization_id: 'two', uid: UID.toLowerCase() }),
      world.authorize({ authorization_id: 'three' }),
      world.authorize({ authorization_id: 'elsewhere', evse_uid: OTHER_EVSE }),
    ]);
    expect(answers.map(({ authorization_id: id, allowed }) => `${id} ${allowed}`)).toEqual([
      'one ALLOWED',
      'two ALLOWED',
      'three ALLOWED',
      'elsewhere ALLOWED',
    ]);
    expect(partner.asked).toHaveLength(2);
    await world.authorize();
    expect(partner.asked).toHaveLength(3);
  });
});

describe('a card that no list has', () => {
  let world: AuthorizationWorld;
  beforeAll(async () => {
    world = await AuthorizationWorld.open();
  });
  afterEach(() => world.clear());
  afterAll(() => world.close());
  const profile = { authorizeUnknown: true };

  it('TOK-23, TOK-29: is shown at once to all that want to see it; the first yes binds the session and ends the asking', async () => {
    const strange = token({ uid: 'STRANGE', party_id: 'TWO', contract_id: 'DE-TWO-9' });
    const no = await world.addPartner({ id: 'no', profile, script: () => ({ ocpi: 2004 }) });
    const yes = await world.addPartner({
      id: 'yes',
      party: 'DE*TWO',
      profile,
      version: '2.3.0',
      script: async () => {
        await sleep(100);
        return { data: { allowed: 'ALLOWED', token: strange, authorization_reference: 'R9' } };
      },
    });
    const slow = await world.addPartner({
      id: 'slow',
      party: 'DE*SLO',
      profile,
      script: () => ({ hang: true }),
    });
    const uninvited = await world.addPartner({
      id: 'uninvited',
      party: 'DE*NOT',
      script: allows(strange),
    });

    const startedAt = performance.now();
    expect(await world.authorize({ uid: 'strange' })).toMatchObject({
      allowed: 'ALLOWED',
      decided_by: 'PARTNER',
      auth_method: 'AUTH_REQUEST',
      cdr_token: cdrTokenOf(strange),
      authorization_reference: 'R9',
    });
    expect(performance.now() - startedAt).toBeLessThan(2500);
    expect([no, yes, slow, uninvited].map(({ asked }) => asked.length)).toEqual([1, 1, 1, 0]);
  });

  it('TOK-23: a hub finds the owner by itself, and answers for any party behind it', async () => {
    const strange = token({ uid: 'STRANGE', party_id: 'FAR', contract_id: 'DE-FAR-9' });
    const hub = await world.addPartner({
      kind: 'hub',
      party: 'DE*HUB',
      profile,
      script: allows(strange),
    });
    expect(await world.authorize({ uid: 'STRANGE' })).toMatchObject({
      allowed: 'ALLOWED',
      cdr_token: { party_id: 'FAR' },
    });
    const [request] = hub.asked;
    expect(request!.headers).not.toHaveProperty('ocpi-to-party-id');
    expect(request!.headers).toMatchObject({ 'ocpi-from-party-id': 'AAA' });
  });

  it('TOK-29 (partial: whose token): a peer cannot bill another party', async () => {
    const foreign = token({ uid: 'STRANGE', party_id: 'XXX' });
    await world.addPartner({ profile, script: allows(foreign) });
    expect(await world.authorize({ uid: 'STRANGE' })).toMatchObject({ allowed: 'NOT_ALLOWED' });
  });

  it.each([
    ['UNKNOWN', [{ ocpi: 2004 }, { status: 404 }]],
    ['UNREACHABLE', [{ ocpi: 2004 }, { status: 500 }]],
    ['BLOCKED', [{ status: 500 }, { data: { allowed: 'BLOCKED' } }]],
  ])('TOK-23, TOK-26: without a yes it is %s', async (allowed, answers) => {
    for (const answer of answers) await world.addPartner({ profile, script: () => answer });
    expect(await world.authorize({ uid: 'STRANGE' })).toMatchObject({ allowed });
  });

  it('TOK-42 [2.3.0]: an EMAID is shown to the issuer that it names, and to nobody else', async () => {
    const uid = 'DE-8AA-CA2B3C4D5-L';
    const emaid = token({ uid, type: 'EMAID', party_id: '8AA', contract_id: uid });
    const issuer = await world.addPartner({
      party: 'DE*8AA',
      version: '2.3.0',
      script: allows(emaid),
    });
    const other = await world.addPartner({ profile, version: '2.3.0', script: allows(emaid) });
    expect(await world.authorize({ uid, type: 'EMAID' })).toMatchObject({
      allowed: 'ALLOWED',
      cdr_token: { type: 'EMAID', uid, party_id: '8AA' },
    });
    expect(issuer.server.lines).toEqual([`POST /tokens/${uid}/authorize?type=EMAID`]);
    expect(other.asked).toEqual([]);
  });

  it('TOK-42 (partial: older versions) [2.2.1]: an EMAID is asked for as OTHER, and stays an EMAID for us', async () => {
    const uid = 'DE8AACA2B3C4D5L';
    const other = token({ uid, type: 'OTHER', party_id: '8AA' });
    const issuer = await world.addPartner({ party: 'DE*8AA', script: allows(other) });
    expect(await world.authorize({ uid, type: 'EMAID' })).toMatchObject({
      cdr_token: { type: 'EMAID' },
    });
    expect(issuer.server.lines).toEqual([`POST /tokens/${uid}/authorize?type=OTHER`]);
  });

  it.each(['APP_USER', 'AD_HOC_USER'])(
    'TOK-34 (partial: without a command): an %s is asked of nobody',
    async (type) => {
      const partner = await world.addPartner({ profile, script: allows(token({ type })) });
      expect(await world.authorize({ type })).toMatchObject({
        allowed: 'UNKNOWN',
        decided_by: 'LOCAL',
      });
      expect(partner.asked).toEqual([]);
    },
  );

  it.each(['..', '.'])('a card that no URL can name (%s) is unknown', async (uid) => {
    const partner = await world.addPartner({ profile, script: allows() });
    expect(await world.authorize({ uid })).toMatchObject({ allowed: 'UNKNOWN' });
    expect(partner.server.requests).toEqual([]);
  });
});
