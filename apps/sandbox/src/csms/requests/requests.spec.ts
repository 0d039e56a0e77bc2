import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type CsmsEvent } from '#csms-client';
import {
  type AuthorizationDecided,
  type CloudEvent,
  EVENT_TYPES,
  type EventTypeName,
  type RequestTypeName,
} from '#csms-contract';
import { checkCdr, checkSession, type Cdr, compile, type Session } from '#ocpi';
import { buildNetwork } from '../charging-network.js';
import { VirtualCsms, type VirtualCsmsOptions } from '../virtual-csms.js';

const PARTY = { country_code: 'NL', party_id: 'EVC' };
const TOKEN = {
  country_code: 'DE',
  party_id: 'EMP',
  uid: 'CARD-1',
  type: 'RFID',
  contract_id: 'DE-EMP-C00012345-X',
} as const;
const DRIVER = {
  token: { ...TOKEN, group_id: 'FAMILY-7' },
  id_tag: 'CARD-1',
  id_token: { id_token: 'CARD-1', type: 'Central' },
  authorization_reference: 'REF-1',
};

/** A virtual CSMS to which a test speaks as the gateway would. */
class World {
  readonly told: { type: EventTypeName; content: Record<string, unknown> }[] = [];
  readonly csms: VirtualCsms;
  private hear: ((message: CloudEvent) => void | Promise<void>) | undefined;

  constructor(options: VirtualCsmsOptions = {}) {
    this.csms = new VirtualCsms(
      buildNetwork(PARTY, new Date()),
      {
        send: (events: readonly CsmsEvent[]) => {
          for (const { type, content } of events) {
            const decoded = compile(EVENT_TYPES[type].schema).decode(content);
            expect(decoded).toMatchObject({ ok: true });
            this.told.push({ type, content: content as Record<string, unknown> });
          }
          return Promise.resolve();
        },
        close: () => Promise.resolve(),
      },
      { connectionTimeoutMs: 100, pace: { updates: 50, updateEveryMs: 20 }, ...options },
    );
    void this.csms.listen({
      start: (handler) => Promise.resolve(void (this.hear = handler)),
      close: () => Promise.resolve(),
    });
  }

  get location() {
    return this.csms.network.locations[0]!;
  }

  get evse() {
    return this.location.evses![0]!;
  }

  get place() {
    return { location: this.location, evse: this.evse };
  }

  request(type: RequestTypeName, given: object = {}, commandId: string = randomUUID()): string {
    const data = {
      ...PARTY,
      command_id: commandId,
      deadline: new Date(Date.now() + 5000).toISOString(),
      location_id: this.location.id,
      evse_uid: this.evse.uid,
      ...given,
    };
    expect(compile(EVENT_TYPES[type].schema).decode(data)).toMatchObject({ ok: true });
    this.message(type, data);
    return commandId;
  }

  message(type: string, data: unknown, sequence = 1): void {
    void this.hear!({
      ...{ id: randomUUID(), source: 'urn:gateway', type, subject: 's', time: new Date() },
      ...{ sequence, snapshotId: undefined, traceparent: undefined, data },
    });
  }

  of(type: EventTypeName): Record<string, unknown>[] {
    return this.told.filter((event) => event.type === type).map(({ content }) => content);
  }

  /** What was said in answer to a request. */
  answers(commandId: string): Record<string, unknown>[] {
    return this.of('ocpi.request.finished.v1')
      .filter((content) => content.command_id === commandId)
      .map(({ country_code: _c, party_id: _p, command_id: _id, ...result }) => result);
  }

  sessions(): Session[] {
    return this.told
      .filter(({ type }) => type.startsWith('ocpi.session.'))
      .map(({ content }) => content as unknown as Session);
  }
}

async function until(met: () => boolean): Promise<void> {
  for (const start = Date.now(); !met();) {
    if (Date.now() - start > 4000) throw new Error('it did not come to it');
    await sleep(5);
  }
}

describe('the virtual CSMS, asked to act', () => {
  let world: World;
  afterEach(() => world.csms.close());

  /** A car that charges because of a command. */
  async function charging(): Promise<Session> {
    world.csms.plugIn(world.evse);
    world.request('ocpi.start-session.requested.v1', DRIVER);
    await until(() => world.sessions().length > 1);
    return world.sessions()[0]!;
  }

  it('starts the car that is plugged in, with the token and the reference of the request', async () => {
    world = new World();
    world.csms.plugIn(world.evse);
    const id = world.request('ocpi.start-session.requested.v1', DRIVER);
    await until(() => world.sessions().length > 0);
    expect(world.told.map(({ type }) => type).slice(0, 4)).toEqual([
      'ocpi.request.taken-on.v1',
      'ocpi.request.finished.v1',
      'ocpi.evse.status-changed.v1',
      'ocpi.session.started.v1',
    ]);
    expect(world.answers(id)).toEqual([{ status: 'Accepted' }]);
    expect(world.sessions()[0]).toMatchObject({
      status: 'ACTIVE',
      cdr_token: TOKEN,
      auth_method: 'COMMAND',
      authorization_reference: 'REF-1',
      evse_uid: world.evse.uid,
    });
  });

  it('accepts a start without a car, and forgets it when none comes', async () => {
    world = new World();
    const id = world.request('ocpi.start-session.requested.v1', DRIVER);
    await until(() => world.answers(id).length > 0);
    await sleep(200);
    world.csms.plugIn(world.evse);
    await sleep(50);
    expect(world.answers(id)).toEqual([{ status: 'Accepted' }]);
    expect(world.sessions()).toEqual([]);
  });

  it('refuses a second start at the same EVSE in the words of OCPP', async () => {
    world = new World();
    await charging();
    const id = world.request('ocpi.start-session.requested.v1', DRIVER);
    await until(() => world.answers(id).length > 0);
    expect(world.answers(id)).toEqual([{ status: 'Rejected', reason_code: 'TxInProgress' }]);
  });

  it('stops a visit, which ends with its CDR', async () => {
    world = new World();
    const session = await charging();
    const id = world.request('ocpi.stop-session.requested.v1', { session_id: session.id });
    await until(() => world.of('ocpi.cdr.issued.v1').length > 0);
    expect(world.answers(id)).toEqual([{ status: 'Accepted' }]);
    const ended = world.sessions().at(-1)!;
    expect(ended).toMatchObject({ id: session.id, status: 'COMPLETED' });
    expect(checkSession(ended)).toEqual([]);
    expect(checkCdr(world.of('ocpi.cdr.issued.v1')[0] as unknown as Cdr)).toEqual([]);
    expect(world.evse.status).toBe('AVAILABLE');
    const again = world.request('ocpi.stop-session.requested.v1', { session_id: session.id });
    await until(() => world.answers(again).length > 0);
    expect(world.answers(again)).toEqual([{ status: 'Rejected', reason_code: 'TxNotFound' }]);
  });

  const reservation = (given: object = {}) => ({
    ...DRIVER,
    reservation_number: 41,
    session_id: 'RES-SESSION',
    expiry_date: new Date(Date.now() + 5000).toISOString(),
    ...given,
  });

  it('keeps an EVSE for a driver, whose Session it becomes', async () => {
    world = new World();
    const id = world.request('ocpi.reserve-now.requested.v1', reservation());
    await until(() => world.sessions().length > 0);
    expect(world.answers(id)).toEqual([{ status: 'Accepted' }]);
    expect(world.evse.status).toBe('RESERVED');
    expect(world.sessions()[0]).toMatchObject({ id: 'RES-SESSION', status: 'RESERVATION', kwh: 0 });

    const other = world.request('ocpi.reserve-now.requested.v1', {
      ...reservation({ reservation_number: 42, session_id: 'OTHER' }),
    });
    await until(() => world.answers(other).length > 0);
    expect(world.answers(other)).toEqual([{ status: 'Occupied' }]);

    world.csms.plugIn(world.evse);
    world.request('ocpi.start-session.requested.v1', DRIVER);
    await until(() => world.sessions().length > 2);
    expect(world.sessions()[1]).toMatchObject({
      id: 'RES-SESSION',
      status: 'ACTIVE',
      auth_method: 'COMMAND',
    });
  });

  it('lets a reservation go when it is cancelled, and when its time is over', async () => {
    world = new World();
    world.request('ocpi.reserve-now.requested.v1', reservation());
    await until(() => world.sessions().length === 1);
    const number = { reservation_number: 41, session_id: 'RES-SESSION' };
    const id = world.request('ocpi.cancel-reservation.requested.v1', number);
    await until(() => world.sessions().length === 2);
    expect(world.answers(id)).toEqual([{ status: 'Accepted' }]);
    expect(world.sessions()[1]).toMatchObject({ id: 'RES-SESSION', status: 'COMPLETED', kwh: 0 });
    expect(world.evse.status).toBe('AVAILABLE');
    const again = world.request('ocpi.cancel-reservation.requested.v1', number);
    await until(() => world.answers(again).length > 0);
    expect(world.answers(again)).toEqual([{ status: 'Rejected' }]);

    const expiry_date = new Date(Date.now() + 50).toISOString();
    world.request(
      'ocpi.reserve-now.requested.v1',
      reservation({ session_id: 'SHORT', expiry_date }),
    );
    await until(() => world.sessions().length === 4);
    expect(world.of('ocpi.reservation.ended.v1')).toEqual([
      { ...PARTY, reservation_number: 41, reason: 'EXPIRED' },
    ]);
    expect(world.sessions()[3]).toMatchObject({ id: 'SHORT', status: 'COMPLETED' });
  });

  it('replaces a reservation under the same number', async () => {
    world = new World();
    world.request('ocpi.reserve-now.requested.v1', reservation());
    await until(() => world.sessions().length === 1);
    const second = world.location.evses![1]!;
    const id = world.request(
      'ocpi.reserve-now.requested.v1',
      reservation({ evse_uid: undefined, candidates: [second.uid] }),
    );
    await until(() => world.sessions().length === 2);
    expect(world.answers(id)).toEqual([{ status: 'Accepted' }]);
    expect([world.evse.status, second.status]).toEqual(['AVAILABLE', 'RESERVED']);
    expect(world.sessions()[1]).toMatchObject({ id: 'RES-SESSION', evse_uid: second.uid });
  });

  it('unlocks a cable, but never during charging', async () => {
    world = new World();
    const unlock = async (connector_id: string) => {
      const id = world.request('ocpi.unlock-connector.requested.v1', { connector_id });
      await until(() => world.answers(id).length > 0);
      return world.answers(id)[0];
    };
    expect(await unlock('1')).toEqual({ status: 'Unlocked' });
    expect(await unlock('9')).toEqual({ status: 'UnknownConnector' });
    await charging();
    expect(await unlock('1')).toEqual({ status: 'OngoingAuthorizedTransaction' });
  });

  const profile = (limit: number, unit = 'W') => ({
    charging_rate_unit: unit,
    charging_profile_period: [{ start_period: 0, limit }],
  });

  it('lowers the power of a running session by a charging profile, and raises it when that is cleared', async () => {
    world = new World();
    const { id: session_id } = await charging();
    const powers = (): number[] =>
      world
        .sessions()
        .map((s) => s.charging_periods?.at(-1)?.dimensions.find(({ type }) => type === 'POWER'))
        .flatMap((dimension) => dimension?.volume ?? []);
    expect(powers().at(-1)).toBeCloseTo(19.8);
    const set = world.request('ocpi.set-charging-profile.requested.v1', {
      session_id,
      profile_number: 12,
      charging_profile: profile(3700),
    });
    await until(() => powers().at(-1) === 3.7);
    expect(world.answers(set)).toEqual([{ status: 'Accepted' }]);

    const get = world.request('ocpi.get-charging-profile.requested.v1', {
      session_id,
      duration: 600,
    });
    await until(() => world.answers(get).length > 0);
    expect(world.answers(get)[0]).toMatchObject({
      status: 'Accepted',
      active_charging_profile: { charging_profile: { duration: 600, ...profile(3700) } },
    });

    const number = { session_id, profile_number: 12 };
    const clear = world.request('ocpi.clear-charging-profile.requested.v1', number);
    await until(() => powers().at(-1)! > 19);
    expect(world.answers(clear)).toEqual([{ status: 'Accepted' }]);
    const again = world.request('ocpi.clear-charging-profile.requested.v1', number);
    await until(() => world.answers(again).length > 0);
    expect(world.answers(again)).toEqual([{ status: 'Unknown' }]);
    for (const session of world.sessions()) expect(checkSession(session)).toEqual([]);
  });

  it('tells its plan with the answer where its own limit is lower, and of changes of that limit', async () => {
    world = new World();
    const { id: session_id } = await charging();
    await world.csms.limit(session_id, 2300);
    const set = world.request('ocpi.set-charging-profile.requested.v1', {
      session_id,
      profile_number: 12,
      charging_profile: profile(16, 'A'),
    });
    await until(() => world.answers(set).length > 0);
    expect(world.answers(set)[0]).toMatchObject({
      status: 'Accepted',
      active_charging_profile: { charging_profile: profile(3.3, 'A') },
    });
    await world.csms.limit(session_id, undefined);
    expect(world.of('ocpi.charging-profile.changed.v1').at(-1)).toMatchObject({
      session_id,
      active_charging_profile: { charging_profile: profile(16, 'A') },
    });
  });

  it('answers charging preferences', async () => {
    world = new World();
    const { id: session_id } = await charging();
    const prefer = async (preferences: object) => {
      const id = world.request('ocpi.set-charging-preferences.requested.v1', {
        session_id,
        preferences: { discharge_allowed: false, ...preferences },
      });
      await until(() => world.answers(id).length > 0);
      return world.answers(id)[0]?.preferences_response;
    };
    expect(await prefer({ profile_type: 'FAST' })).toBe('ACCEPTED');
    expect(await prefer({ profile_type: 'GREEN' })).toBe('DEPARTURE_REQUIRED');
    const departure_time = '2030-01-01T08:00:00Z';
    expect(await prefer({ profile_type: 'CHEAP', departure_time })).toBe('ENERGY_NEED_REQUIRED');
  });

  it('acts once on a request that comes again, also after a restart, and repeats its answer', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'csms-'));
    const ledgerFile = join(folder, 'ledger.jsonl');
    try {
      world = new World({ ledgerFile });
      world.csms.plugIn(world.evse);
      const id = world.request('ocpi.start-session.requested.v1', DRIVER);
      await until(() => world.sessions().length > 0);
      world.request('ocpi.start-session.requested.v1', DRIVER, id);
      await until(() => world.answers(id).length === 2);
      expect(world.csms.actedOn.get(id)).toBe(1);
      await world.csms.close();

      world = new World({ ledgerFile });
      world.csms.plugIn(world.evse);
      world.request('ocpi.start-session.requested.v1', DRIVER, id);
      await until(() => world.answers(id).length === 1);
      expect(world.answers(id)).toEqual([{ status: 'Accepted' }]);
      await sleep(30);
      expect(world.csms.actedOn.get(id)).toBe(1);
      expect(world.sessions()).toEqual([]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('never begins to act after the deadline', async () => {
    world = new World();
    world.csms.plugIn(world.evse);
    const deadline = new Date(Date.now() - 1).toISOString();
    const id = world.request('ocpi.start-session.requested.v1', { ...DRIVER, deadline });
    await until(() => world.answers(id).length > 0);
    expect(world.answers(id)).toEqual([{ error: 'Expired' }]);
    expect(world.csms.actedOn.size).toBe(0);

    world.csms.misbehave('*', { kind: 'slow', delayMs: 60 });
    const soon = new Date(Date.now() + 30).toISOString();
    const late = world.request('ocpi.start-session.requested.v1', { ...DRIVER, deadline: soon });
    await until(() => world.answers(late).length > 0);
    expect(world.answers(late)).toEqual([{ error: 'Expired' }]);
    expect(world.sessions()).toEqual([]);
  });

  describe('with bad manners on request', () => {
    const start = 'ocpi.start-session.requested.v1';
    const soon = () => ({ ...DRIVER, deadline: new Date(Date.now() + 60).toISOString() });

    it.each([
      ['double', { kind: 'double' }, [{ status: 'Accepted' }, { status: 'Accepted' }], 1],
      [
        'contradictory',
        { kind: 'contradictory' },
        [{ status: 'Accepted' }, { status: 'Rejected' }],
        1,
      ],
      ['late', { kind: 'late', byMs: 20 }, [{ status: 'Accepted' }], 1],
      ['silent', { kind: 'silent' }, [], undefined],
      [
        'refusing',
        { kind: 'refuse', result: { error: 'Timeout' } },
        [{ error: 'Timeout' }],
        undefined,
      ],
    ] as const)('is %s, once, then itself again', async (_name, misbehaviour, answers, acted) => {
      world = new World();
      world.csms.misbehave(start, { ...misbehaviour, times: 1 });
      const id = world.request(start, soon());
      await sleep(misbehaviour.kind === 'late' ? 50 : 150);
      if (misbehaviour.kind === 'late') {
        expect(world.answers(id)).toEqual([]);
        await sleep(150);
      }
      expect(world.answers(id)).toEqual(answers);
      expect(world.csms.actedOn.get(id)).toBe(acted);
      const next = world.request(start, DRIVER);
      await until(() => world.answers(next).length === 1);
      expect(world.answers(next)).toEqual([{ status: 'Accepted' }]);
    });
  });
});

describe('the virtual CSMS, shown a card', () => {
  let world: World;
  afterEach(() => world.csms.close());

  const decided = (allowed: AuthorizationDecided['allowed'], more: object = {}) =>
    ({
      ...PARTY,
      authorization_id: 'A',
      allowed,
      ocpp: { v16: 'Accepted', v201: 'Accepted' },
      decided_by: 'PARTNER',
      ...more,
    }) as AuthorizationDecided;
  const never = { authorize: () => Promise.reject(new Error('no verdict')) };
  const stored = (whitelist: string, valid = true) => ({
    ...TOKEN,
    issuer: 'Example',
    valid,
    whitelist,
    last_updated: '2026-01-01T00:00:00Z',
  });

  it('charges on what the gateway decided, word by word', async () => {
    const verdict = decided('ALLOWED', {
      auth_method: 'AUTH_REQUEST',
      cdr_token: TOKEN,
      authorization_reference: 'REF-9',
    });
    world = new World({ authorizer: { authorize: () => Promise.resolve(verdict) } });
    await world.csms.presentCard('CARD-1', world.place);
    await until(() => world.sessions().length > 0);
    expect(world.sessions()[0]).toMatchObject({
      cdr_token: TOKEN,
      auth_method: 'AUTH_REQUEST',
      authorization_reference: 'REF-9',
    });
  });

  it.each(['BLOCKED', 'UNKNOWN', 'UNREACHABLE'] as const)(
    'turns a driver away at %s',
    async (word) => {
      world = new World({ authorizer: { authorize: () => Promise.resolve(decided(word)) } });
      world.message('ocpi.token.upserted.v1', stored('ALWAYS'));
      const { admitted } = await world.csms.presentCard('CARD-1', world.place);
      expect(admitted).toBeUndefined();
      await sleep(20);
      expect(world.sessions()).toEqual([]);
    },
  );

  it.each([
    ['ALWAYS', true, true],
    ['ALLOWED', true, true],
    ['ALLOWED_OFFLINE', true, true],
    ['NEVER', true, false],
    ['ALWAYS', false, false],
  ])(
    'goes by its copy of the token without a verdict: %s, valid %s → %s',
    async (list, valid, lets) => {
      world = new World({ authorizer: never });
      world.message('ocpi.token.upserted.v1', stored(list, valid));
      const { admitted } = await world.csms.presentCard('CARD-1', world.place);
      expect(admitted !== undefined).toBe(lets);
      if (lets) expect(admitted).toEqual({ auth_method: 'WHITELIST', cdr_token: TOKEN });
    },
  );

  it('turns a card away that it does not know, or no longer, without a verdict', async () => {
    world = new World({ authorizer: never });
    expect((await world.csms.presentCard('CARD-1', world.place)).admitted).toBeUndefined();
    world.message('ocpi.token.removed.v1', TOKEN, 5);
    world.message('ocpi.token.upserted.v1', stored('ALWAYS'), 4);
    expect((await world.csms.presentCard('CARD-1', world.place)).admitted).toBeUndefined();
  });
});
