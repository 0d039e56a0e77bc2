import { OCPI_VERSIONS, type OcpiVersion } from '#ocpi';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Json } from '../../../../test/harness/api-harness.js';
import {
  type CommandPartner,
  CommandWorld,
  type CsmsRequest,
  driver,
  inSeconds,
} from '../../../../test/harness/command-world.js';
import { eventually } from '../../../../test/harness/wait-for.js';

let world: CommandWorld;
let emsps: Record<OcpiVersion, CommandPartner>;
let rival: CommandPartner;

beforeAll(async () => {
  world = await CommandWorld.open();
  emsps = await world.connectAll();
  rival = await world.connect('rival', '2.2.1', { party: 'DE*RIV' });
  await world.site('ONE');
  await world.site('TWO', { evses: 2 });
});
afterAll(() => world.close());
afterEach(async () => {
  await world.newRequests();
  for (const table of ['command_callback', 'command', 'reservation']) {
    await world.query(`DELETE FROM ${table}`);
  }
  for (const { server } of world.partners.values()) server.clear();
});

const NEWER = ['2.2.1', '2.3.0'] as const;

const reservation = (version: OcpiVersion, change: object = {}) => ({
  token: driver(version),
  expiry_date: inSeconds(600),
  reservation_id: version === '2.1.1' ? 12 : 'R1',
  location_id: 'ONE',
  evse_uid: 'ONE-1',
  ...change,
});

interface Reserved {
  asked: CsmsRequest;
  responsePath: string;
  told: Json;
}

/** Reserves; the station answers so. */
async function reserve(
  partner: CommandPartner,
  change: object = {},
  status = 'Accepted',
): Promise<Reserved> {
  const body = reservation(partner.version, change);
  const { json, responsePath } = await world.command(partner, 'RESERVE_NOW', body);
  expect(json.data.result).toBe('ACCEPTED');
  const asked = await world.nextRequest();
  expect(asked.type).toBe('ocpi.reserve-now.requested.v1');
  await world.finish(asked, { status });
  const [told] = await world.told(partner, responsePath);
  return { asked, responsePath, told };
}

const cancel = (partner: CommandPartner, reservation_id: string) =>
  world.command(partner, 'CANCEL_RESERVATION', { reservation_id });

/** Cancels without the CSMS, and returns what was told. */
async function cancelled(partner: CommandPartner, id: string): Promise<string> {
  const { json, responsePath } = await cancel(partner, id);
  expect(json.data.result).toBe('ACCEPTED');
  const [told] = await world.told(partner, responsePath);
  return told.result;
}

const state = async (number: number): Promise<string> =>
  (await world.query('SELECT state FROM reservation WHERE number = $1', [number]))[0].state;

const ended = (asked: CsmsRequest, reason: string) =>
  world.say('reservation.ended', {
    country_code: 'NL',
    party_id: 'AAA',
    reservation_number: asked.data.reservation_number,
    reason,
  });

/** The Session of a reservation as the CSMS states it. */
const sessionOf = ({ data }: CsmsRequest, change: object = {}): Json => {
  const { group_id: _none, ...cdr_token } = data.token;
  return world.session(data.session_id, data.location_id, {
    status: 'RESERVATION',
    evse_uid: data.evse_uid ?? '#NA',
    connector_id: data.evse_uid === undefined ? '#NA' : '1',
    cdr_token,
    auth_method: 'COMMAND',
    kwh: 0,
    ...change,
  });
};

const pushesOf = (partner: CommandPartner, id: string) =>
  partner.server.requests.filter(({ path }) => path.toLowerCase().endsWith(id.toLowerCase()));

async function pushed(partner: CommandPartner, id: string, count: number): Promise<Json[]> {
  await partner.server.until(() => pushesOf(partner, id).length >= count);
  return pushesOf(partner, id).map(({ method, body }) => ({ method, ...body }));
}

describe.each(OCPI_VERSIONS)('a reservation [%s]', (version) => {
  it('CMD-59, CMD-60, CMD-61, CMD-62 (partial: the Session): is a Session, and the same one when its driver charges', async () => {
    const partner = emsps[version];
    const { asked, told } = await reserve(partner);
    expect(told).toEqual({ result: 'ACCEPTED' });
    await world.say('session.started', sessionOf(asked));
    const id: string = asked.data.session_id;
    const [first] = await pushed(partner, id, 1);
    expect(first).toMatchObject({
      method: 'PUT',
      status: version === '2.1.1' ? 'PENDING' : 'RESERVATION',
      kwh: 0,
    });
    expect(JSON.stringify(partner.server.requests)).not.toContain(
      version === '2.1.1' ? '"RESERVATION"' : '"RESERVED"',
    );
    expect(await state(asked.data.reservation_number)).toBe('active');

    const start_date_time = new Date().toISOString();
    await world.say('session.updated', sessionOf(asked, { status: 'ACTIVE', start_date_time }));
    const [, second] = await pushed(partner, id, 2);
    expect(second).toMatchObject({ status: 'ACTIVE' });
    const whole = `${start_date_time.slice(0, 19)}Z`;
    expect(second.start_date_time ?? second.start_datetime).toBe(
      version === '2.1.1' ? whole : start_date_time,
    );
    expect(await state(asked.data.reservation_number)).toBe('used');
  });

  it('CMD-59 (partial: none assigned), CMD-57, CMD-61: without an EVSE it gets one when its driver comes', async () => {
    const partner = emsps[version];
    const { asked } = await reserve(partner, { location_id: 'TWO', evse_uid: undefined });
    await world.say('session.started', sessionOf(asked));
    const id: string = asked.data.session_id;
    const [first] = await pushed(partner, id, 1);
    if (version === '2.1.1') expect(first.location.evses ?? []).toEqual([]);
    else expect(first).toMatchObject({ evse_uid: '#NA', connector_id: '#NA' });
    const place = { evse_uid: 'TWO-2', connector_id: '1', status: 'ACTIVE' };
    await world.say(
      'session.updated',
      sessionOf(asked, { ...place, start_date_time: new Date().toISOString() }),
    );
    const [, second] = await pushed(partner, id, 2);
    expect(JSON.stringify(second)).toContain('TWO-2');
  });

  it('CMD-60, CMD-63: one that nobody uses ends COMPLETED', async () => {
    const partner = emsps[version];
    const { asked } = await reserve(partner);
    const id: string = asked.data.session_id;
    await world.say('session.started', sessionOf(asked));
    await pushed(partner, id, 1);
    await ended(asked, 'EXPIRED');
    expect(await state(asked.data.reservation_number)).toBe('expired');
    const over = { status: 'COMPLETED', end_date_time: new Date().toISOString() };
    await world.say('session.ended', sessionOf(asked, over));
    const [, second] = await pushed(partner, id, 2);
    expect(second.status).toBe('COMPLETED');
    expect(partner.server.lines.filter((line) => line.includes('/responses/'))).toHaveLength(1);
  });

  it('CMD-55, CMD-28: the same id at the same Location replaces it: one number, one Session', async () => {
    const partner = emsps[version];
    const first = await reserve(partner);
    const second = await reserve(partner, { expiry_date: inSeconds(1200) });
    expect(second.asked.data.reservation_number).toBe(first.asked.data.reservation_number);
    expect(second.asked.data.session_id).toBe(first.asked.data.session_id);
    expect(await world.query('SELECT FROM reservation')).toHaveLength(1);

    const elsewhere = await reserve(partner, { location_id: 'TWO', evse_uid: 'TWO-1' });
    expect(elsewhere.asked.data.reservation_number).not.toBe(first.asked.data.reservation_number);
  });

  it('CMD-54: two partners’ ids never meet', async () => {
    const mine = await reserve(emsps[version]);
    const token = { ...driver('2.2.1'), country_code: 'DE', party_id: 'RIV' };
    const id = version === '2.1.1' ? '12' : 'R1';
    const theirs = await reserve(rival, { token, reservation_id: id });
    expect(theirs.asked.data.reservation_number).not.toBe(mine.asked.data.reservation_number);
    const { responsePath } = await cancel(rival, id);
    const asked = await world.nextRequest();
    expect(asked.data.reservation_number).toBe(theirs.asked.data.reservation_number);
    await world.finish(asked, { status: 'Accepted' });
    expect(await world.told(rival, responsePath)).toEqual([{ result: 'ACCEPTED' }]);
    expect(await state(mine.asked.data.reservation_number)).toBe('active');
  });

  it('a refused one is none, and its id is free', async () => {
    const { asked, told } = await reserve(emsps[version], {}, 'Occupied');
    expect(told.result).toBe(version === '2.1.1' ? 'REJECTED' : 'EVSE_OCCUPIED');
    expect(await state(asked.data.reservation_number)).toBe('refused');
    const again = await reserve(emsps[version]);
    expect(again.asked.data.reservation_number).not.toBe(asked.data.reservation_number);
  });

  it('expires by itself when nothing more is heard of it', async () => {
    const { asked } = await reserve(emsps[version]);
    await world.query('UPDATE reservation SET expiry_date = now()');
    await eventually(async () => (await state(asked.data.reservation_number)) === 'expired');
  });
});

describe('a reservation [2.1.1]', () => {
  it('CMD-67: the partner is not called when it is taken away', async () => {
    const { asked } = await reserve(emsps['2.1.1']);
    expect(await ended(asked, 'REMOVED')).toMatchObject({ outcome: 'applied' });
    expect(await state(asked.data.reservation_number)).toBe('removed');
    await sleep(1200);
    const { server } = emsps['2.1.1'];
    expect(server.lines.filter((line) => line.includes('/responses/'))).toHaveLength(1);
  });
});

describe.each(NEWER)('a reservation [%s]', (version) => {
  it('CMD-64, CMD-72: is cancelled by its id, whatever its case', async () => {
    const partner = emsps[version];
    const reserved = await reserve(partner, { reservation_id: 'R1' });
    await world.say('session.started', sessionOf(reserved.asked));
    const { json, responsePath } = await cancel(partner, 'r1');
    expect(json.data.result).toBe('ACCEPTED');
    const asked = await world.nextRequest();
    const { reservation_number, session_id } = reserved.asked.data;
    expect(asked).toMatchObject({
      type: 'ocpi.cancel-reservation.requested.v1',
      data: { reservation_number, session_id, location_id: 'ONE', evse_uid: 'ONE-1' },
    });
    await world.finish(asked, { status: 'Accepted' });
    expect(await world.told(partner, responsePath)).toEqual([{ result: 'ACCEPTED' }]);
    expect(await state(reservation_number)).toBe('cancelled');
    const over = { status: 'COMPLETED', end_date_time: new Date().toISOString() };
    await world.say('session.ended', sessionOf(reserved.asked, over));
    const pushes = await pushed(partner, session_id, 2);
    expect(pushes.at(-1).status).toBe('COMPLETED');
    expect(await cancelled(partner, 'R1')).toBe('UNKNOWN_RESERVATION');
  });

  it('CMD-72: is replaced whatever the case of its id', async () => {
    const first = await reserve(emsps[version], { reservation_id: 'R1' });
    const second = await reserve(emsps[version], {
      reservation_id: 'r1',
      expiry_date: inSeconds(900),
    });
    expect(second.asked.data.reservation_number).toBe(first.asked.data.reservation_number);
  });

  it('CMD-65: of an unknown or foreign id the result is UNKNOWN_RESERVATION, without the CSMS', async () => {
    await reserve(emsps[version]);
    expect(await cancelled(emsps[version], 'nope')).toBe('UNKNOWN_RESERVATION');
    expect(await cancelled(rival, 'R1')).toBe('UNKNOWN_RESERVATION');
    expect(await world.newRequests()).toEqual([]);
  });

  it('CMD-65 (partial: the station): one that the station does not know is told so', async () => {
    await reserve(emsps[version]);
    const { responsePath } = await cancel(emsps[version], 'R1');
    await world.finish(await world.nextRequest(), { status: 'Rejected' });
    const [told] = await world.told(emsps[version], responsePath);
    expect(told.result).toBe('UNKNOWN_RESERVATION');
  });

  it('CMD-66: one that is taken away later is told on the URL that reserved, after a restart too', async () => {
    const { asked, responsePath } = await reserve(emsps[version]);
    await world.stopConsumers();
    await world.startConsumer();
    expect(await ended(asked, 'REMOVED')).toMatchObject({ outcome: 'applied' });
    expect(await ended(asked, 'REMOVED')).toMatchObject({ outcome: 'unchanged' });
    expect(await world.told(emsps[version], responsePath, 2)).toEqual([
      { result: 'ACCEPTED' },
      { result: 'CANCELED_RESERVATION' },
    ]);
    const { headers } = world.callbacks(emsps[version], responsePath)[1]!;
    expect(headers['ocpi-to-party-id']).toBe('TNM');
    expect(await state(asked.data.reservation_number)).toBe('removed');
  });

  it('CMD-73: the newest URL speaks for it; a refused replacement changes nothing', async () => {
    const partner = emsps[version];
    const first = await reserve(partner);
    const refused = await reserve(partner, { expiry_date: inSeconds(900) }, 'Occupied');
    expect(refused.told.result).toBe('EVSE_OCCUPIED');
    expect(await state(first.asked.data.reservation_number)).toBe('active');

    const second = await reserve(partner, { expiry_date: inSeconds(1200) });
    await ended(second.asked, 'REMOVED');
    expect(await world.told(partner, second.responsePath, 2)).toHaveLength(2);
    expect(world.callbacks(partner, first.responsePath)).toHaveLength(1);
    expect(world.callbacks(partner, refused.responsePath)).toHaveLength(1);
  });

  it('CMD-73 (partial: still cancellable): after a refused replacement the old one can be given up', async () => {
    const first = await reserve(emsps[version]);
    await reserve(emsps[version], { expiry_date: inSeconds(900) }, 'Rejected');
    await cancel(emsps[version], 'R1');
    const { data } = await world.nextRequest();
    expect(data.reservation_number).toBe(first.asked.data.reservation_number);
  });

  it('CMD-74: one that is used cannot be cancelled, and charging goes on', async () => {
    const partner = emsps[version];
    const { asked } = await reserve(partner);
    await world.say('session.started', sessionOf(asked));
    const start_date_time = new Date().toISOString();
    await world.say('session.updated', sessionOf(asked, { status: 'ACTIVE', start_date_time }));
    expect(await cancelled(partner, 'R1')).toBe('UNKNOWN_RESERVATION');
    expect(await world.newRequests()).toEqual([]);
    const id = asked.data.session_id.toUpperCase();
    const [row] = await world.query('SELECT status FROM session WHERE session_key = $1', [id]);
    expect(row.status).toBe('ACTIVE');
  });

  it('CMD-75: another driver’s start is a Session of its own, a group mate’s is the reservation’s', async () => {
    const partner = emsps[version];
    const token = driver(version, '04A1B2C3', { group_id: 'FAMILY' });
    const place = { location_id: 'TWO', evse_uid: undefined, token };
    const { asked } = await reserve(partner, place);
    await world.say('session.started', sessionOf(asked));
    await world.say('session.started', world.session(`STRANGER-${version}`, 'TWO'));
    expect(await state(asked.data.reservation_number)).toBe('active');
    const mate = { ...sessionOf(asked).cdr_token, uid: '04FFFFFF' };
    const active = {
      status: 'ACTIVE',
      evse_uid: 'TWO-2',
      connector_id: '1',
      cdr_token: mate,
      start_date_time: new Date().toISOString(),
    };
    expect(await world.say('session.updated', sessionOf(asked, active))).toMatchObject({
      outcome: 'applied',
    });
    expect(await state(asked.data.reservation_number)).toBe('used');
    const pushes = await pushed(partner, asked.data.session_id, 2);
    expect(pushes.at(-1).cdr_token.uid).toBe('04FFFFFF');
  });

  it('CMD-63, CMD-64: what an unused one cost is a CDR of its Session, without energy', async () => {
    const partner = emsps[version];
    const { asked } = await reserve(partner);
    const id: string = asked.data.session_id;
    await world.say('session.started', sessionOf(asked));
    await ended(asked, 'NO_TRANSACTION');
    expect(await state(asked.data.reservation_number)).toBe('used');
    const end_date_time = new Date().toISOString();
    const over = sessionOf(asked, { status: 'COMPLETED', end_date_time });
    await world.say('session.ended', over);
    await world.bill(`C-${id}`.slice(0, 36), over, {
      charging_periods: [
        {
          start_date_time: over.start_date_time,
          dimensions: [{ type: 'RESERVATION_TIME', volume: 0.01 }],
          tariff_id: 'T-REGULAR',
        },
      ],
      total_cost: { before_taxes: 2 },
      total_reservation_cost: { before_taxes: 2 },
      total_fixed_cost: undefined,
      total_energy_cost: undefined,
      total_energy: 0,
      total_time: 0,
    });
    const bill = () =>
      partner.server.requests.find(({ body }) => body?.id === `C-${id}`.slice(0, 36));
    await partner.server.until(() => bill() !== undefined);
    expect(bill()!.body).toMatchObject({ session_id: id, total_energy: 0 });
    expect(bill()!.body).toHaveProperty('total_reservation_cost');
    expect(JSON.stringify(bill()!.body)).toContain('RESERVATION_TIME');
  });

  it('CMD-62: the last way of authorization counts in the bill', async () => {
    const partner = emsps[version];
    const { asked } = await reserve(partner);
    const id: string = asked.data.session_id;
    const card = { ...sessionOf(asked), auth_method: 'WHITELIST' };
    await world.say('session.started', sessionOf(asked));
    const { cdr_token, auth_method } = card;
    await world.charged(id, 'ONE', { cdr_token, auth_method });
    const bill = () =>
      partner.server.requests.find(({ body }) => body?.id === `C-${id}`.slice(0, 36));
    await partner.server.until(() => bill() !== undefined);
    expect(bill()!.body.auth_method).toBe('WHITELIST');
  });

  /** Asks for it; the station has not answered. */
  const ask = async (change: object = {}) => {
    const body = reservation(version, change);
    const { responsePath } = await world.command(emsps[version], 'RESERVE_NOW', body);
    return { responsePath, asked: await world.nextRequest() };
  };
  const ACCEPTED = { result: 'ACCEPTED' };
  const GONE = { result: 'CANCELED_RESERVATION' };

  it.each([
    ['REMOVED', 'removed'],
    ['EXPIRED', 'expired'],
  ])('CMD-66: one that ended (%s) before its result is told so after it', async (reason, after) => {
    const { asked, responsePath } = await ask();
    const number: number = asked.data.reservation_number;
    expect(await ended(asked, reason)).toMatchObject({ outcome: 'applied' });
    await world.say('session.started', sessionOf(asked));
    const over = { status: 'COMPLETED', end_date_time: new Date().toISOString() };
    await world.say('session.ended', sessionOf(asked, over));
    expect(await state(number)).toBe('pending');
    await world.finish(asked, { status: 'Accepted' });
    expect(await world.told(emsps[version], responsePath, 2)).toEqual([ACCEPTED, GONE]);
    expect(await state(number)).toBe(after);
    expect(await cancelled(emsps[version], 'R1')).toBe('UNKNOWN_RESERVATION');
  });

  it('CMD-66 (partial: none was made): the end of one that the station refused is not told', async () => {
    const { asked, responsePath } = await ask();
    await ended(asked, 'REMOVED');
    await world.finish(asked, { status: 'Occupied' });
    await sleep(1200);
    expect(await world.told(emsps[version], responsePath)).toEqual([{ result: 'EVSE_OCCUPIED' }]);
    expect(await state(asked.data.reservation_number)).toBe('removed');
  });

  it('CMD-64, CMD-66: one given up before its result is told gone after it', async () => {
    const { asked, responsePath } = await ask();
    const given = await cancel(emsps[version], 'R1');
    await world.finish(await world.nextRequest(), { status: 'Accepted' });
    expect(await world.told(emsps[version], given.responsePath)).toEqual([ACCEPTED]);
    await world.finish(asked, { status: 'Accepted' });
    expect(await world.told(emsps[version], responsePath, 2)).toEqual([ACCEPTED, GONE]);
    expect(await state(asked.data.reservation_number)).toBe('cancelled');
  });

  it('CMD-64, CMD-66: one given up before its result is told gone after it, in one batch as well', async () => {
    const { asked, responsePath } = await ask();
    const given = await cancel(emsps[version], 'R1');
    const results = [await world.nextRequest(), asked].map(
      ({ data: { country_code, party_id, command_id } }): [string, Json] => [
        'request.finished',
        { country_code, party_id, command_id, status: 'Accepted' },
      ],
    );
    await world.sayAll(results);
    expect(await world.told(emsps[version], given.responsePath)).toEqual([ACCEPTED]);
    expect(await world.told(emsps[version], responsePath, 2)).toEqual([ACCEPTED, GONE]);
    expect(await state(asked.data.reservation_number)).toBe('cancelled');
  });

  it('CMD-73: what ended before the station took on its replacement is in force again', async () => {
    const first = await reserve(emsps[version]);
    const second = await ask({ expiry_date: inSeconds(1200) });
    await ended(first.asked, 'REMOVED');
    await sleep(5);
    await world.finish(second.asked, { status: 'Accepted' });
    expect(await world.told(emsps[version], second.responsePath)).toEqual([ACCEPTED]);
    expect(await state(first.asked.data.reservation_number)).toBe('active');
    await cancel(emsps[version], 'R1');
    const { data } = await world.nextRequest();
    expect(data.reservation_number).toBe(first.asked.data.reservation_number);
    expect(world.callbacks(emsps[version], first.responsePath)).toHaveLength(1);
  });

  it('CMD-73: the end of a replacement that overtook its result is told after it', async () => {
    const first = await reserve(emsps[version]);
    const second = await ask({ expiry_date: inSeconds(1200) });
    const { country_code, party_id, command_id, reservation_number } = second.asked.data;
    const accepted = new Date(Date.now() - 1000).toISOString();
    await ended(second.asked, 'REMOVED');
    const result = { country_code, party_id, command_id, status: 'Accepted' };
    await world.say('request.finished', result, accepted);
    expect(await world.told(emsps[version], second.responsePath, 2)).toEqual([ACCEPTED, GONE]);
    expect(await state(reservation_number)).toBe('removed');
    expect(world.callbacks(emsps[version], first.responsePath)).toHaveLength(1);
  });

  it('CMD-66, CMD-73: one that ended beside a refused replacement is told on the URL that made it', async () => {
    const first = await reserve(emsps[version]);
    const second = await ask({ expiry_date: inSeconds(1200) });
    await ended(first.asked, 'REMOVED');
    await world.finish(second.asked, { status: 'Rejected' });
    expect(await world.told(emsps[version], first.responsePath, 2)).toEqual([ACCEPTED, GONE]);
    expect(await state(first.asked.data.reservation_number)).toBe('removed');
    expect(world.callbacks(emsps[version], second.responsePath)).toHaveLength(1);
  });

  it('CMD-73: its time is not over while a replacement is asked for', async () => {
    const first = await reserve(emsps[version]);
    const second = await ask({ expiry_date: inSeconds(1200) });
    await world.query('UPDATE reservation SET expiry_date = now()');
    await sleep(1500);
    await world.finish(second.asked, { status: 'Accepted' });
    expect(await world.told(emsps[version], second.responsePath)).toEqual([ACCEPTED]);
    expect(await state(first.asked.data.reservation_number)).toBe('active');
  });

  it('CMD-73: of two requests the newer counts, whatever order their results come in', async () => {
    const first = await ask();
    const second = await ask({ expiry_date: inSeconds(1200) });
    for (const { asked, responsePath } of [second, first]) {
      await world.finish(asked, { status: 'Accepted' });
      expect(await world.told(emsps[version], responsePath)).toEqual([ACCEPTED]);
    }
    await ended(first.asked, 'REMOVED');
    expect(await world.told(emsps[version], second.responsePath, 2)).toEqual([ACCEPTED, GONE]);
    expect(world.callbacks(emsps[version], first.responsePath)).toHaveLength(1);
  });

  it('CMD-66: that it is gone is not told while its result is under way', async () => {
    const { server } = emsps[version];
    const { asked, responsePath } = await ask();
    server.script = ({ path }) => (path === responsePath ? { delayMs: 1500 } : undefined);
    await world.finish(asked, { status: 'Accepted' });
    await world.told(emsps[version], responsePath);
    await ended(asked, 'REMOVED');
    await world.told(emsps[version], responsePath, 2);
    server.script = undefined;
    const [result, gone] = world.callbacks(emsps[version], responsePath);
    expect(gone!.at - result!.at).toBeGreaterThan(1400);
    expect([result!.body, gone!.body]).toEqual([ACCEPTED, GONE]);
  });

  it('the word of a station that comes too late counts when its Session says so', async () => {
    const body = reservation(version);
    const { responsePath } = await world.command(emsps[version], 'RESERVE_NOW', body);
    const asked = await world.nextRequest();
    await world.runOut();
    const [told] = await world.told(emsps[version], responsePath);
    expect(told.result).toBe('TIMEOUT');
    expect(await state(asked.data.reservation_number)).toBe('refused');
    await world.say('session.started', sessionOf(asked));
    expect(await state(asked.data.reservation_number)).toBe('active');
    await cancel(emsps[version], 'R1');
    expect((await world.nextRequest()).data.session_id).toBe(asked.data.session_id);
  });
});

describe('news of a reservation', () => {
  it('that nobody knows is dropped', async () => {
    const outcome = await world.say('reservation.ended', {
      country_code: 'NL',
      party_id: 'AAA',
      reservation_number: 987_654,
      reason: 'EXPIRED',
    });
    expect(outcome).toMatchObject({
      outcome: 'stale',
      reason: expect.stringContaining('no reservation'),
    });
  });
});
