import { OCPI_VERSIONS, type OcpiVersion } from '#ocpi';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Json } from '../../../../test/harness/api-harness.js';
import {
  type CommandPartner,
  CommandWorld,
  driver,
  inSeconds,
} from '../../../../test/harness/command-world.js';
import { PartnerServer } from '../../../../test/harness/partner-server.js';
import { eventually } from '../../../../test/harness/wait-for.js';

let world: CommandWorld;
let emsps: Record<OcpiVersion, CommandPartner>;

beforeAll(async () => {
  world = await CommandWorld.open();
  emsps = await world.connectAll();
  await world.site('ONE');
  await world.site('TWO', { evses: 2 });
  await world.query(
    `INSERT INTO hosted_party (party_key, country_code, party_id, business_details)
     VALUES ('NL*BBB', 'NL', 'BBB', '{"name":"B"}')`,
  );
  await world.query(`UPDATE connection SET hosted_parties = '{NL*AAA}'`);
  await world.api.directory.changed();
});
afterAll(() => world.close());
afterEach(async () => {
  await world.newRequests();
  for (const table of ['command_callback', 'command', 'reservation']) {
    await world.query(`DELETE FROM ${table}`);
  }
  for (const { server } of world.partners.values()) {
    server.script = undefined;
    server.clear();
  }
});

const NEWER = ['2.2.1', '2.3.0'] as const;

const start = (version: OcpiVersion, change: object = {}) => ({
  token: driver(version),
  location_id: 'ONE',
  evse_uid: 'ONE-1',
  ...change,
});

/** Sends a start, lets the CSMS answer, and returns what the partner was told. */
async function startedWith(
  partner: CommandPartner,
  result: Record<string, unknown>,
  change: object = {},
) {
  const body = start(partner.version, change);
  const { json, responsePath } = await world.command(partner, 'START_SESSION', body);
  expect(json.data.result).toBe('ACCEPTED');
  const outcome = await world.finish(await world.nextRequest(), result);
  expect(outcome.outcome).toBe('applied');
  const [told] = await world.told(partner, responsePath);
  return { told, callback: world.callbacks(partner, responsePath)[0]!, responsePath };
}

const callbackRows = () =>
  world.query('SELECT state, note, purpose, response_url FROM command_callback ORDER BY id');

/** Resolves when no callback is on its way. */
const settledRows = (): Promise<Json[]> =>
  rowsWhen((rows) => rows.every(({ state }) => !['due', 'sending'].includes(state)));

async function rowsWhen(isSo: (rows: Json[]) => boolean): Promise<Json[]> {
  let rows: Json[] = [];
  await eventually(async () => isSo((rows = await callbackRows())));
  return rows;
}

describe.each(OCPI_VERSIONS)('the result of a command [%s]', (version) => {
  it('CMD-17, CMD-18, CMD-47 (partial: the result): is one bare object at the exact URL', async () => {
    const { server } = emsps[version];
    const path = `/responses/A%2fb/../c;v=1/%C3%A9/?x=%41&y=a+b%20c&z=[1]|"{}&&q`;
    const body = start(version, { response_url: `http://127.0.0.1:${server.port}${path}` });
    const { json } = await world.command(emsps[version], 'START_SESSION', body);
    expect(json.data.result).toBe('ACCEPTED');
    const asked = await world.nextRequest();
    await world.finish(asked, { status: 'Accepted' });
    expect(await world.told(emsps[version], path)).toEqual([{ result: 'ACCEPTED' }]);
    await settledRows();
    const posts = server.lines.filter((line) => line.startsWith('POST'));
    expect(posts).toEqual([`POST ${path}`]);
  });

  it('CMD-02: goes nowhere but to the response_url', async () => {
    const elsewhere = await PartnerServer.start();
    await world.query(
      `INSERT INTO remote_endpoint (connection_id, identifier, role, url) VALUES ($1, 'commands', 'SENDER', $2)`,
      [emsps[version].id, `${elsewhere.url}/commands`],
    );
    await world.api.directory.changed();
    await startedWith(emsps[version], { status: 'Accepted' });
    expect(elsewhere.requests).toEqual([]);
    await elsewhere.stop();
  });

  it('CMD-19, CMD-20 (partial: none in 2.1.1): carries the partner’s own token, JSON and message ids', async () => {
    const { callback } = await startedWith(emsps[version], { status: 'Accepted' });
    const token = `outbound-${emsps[version].id}`;
    const shown = version === '2.1.1' ? token : Buffer.from(token).toString('base64');
    expect(callback.headers.authorization).toBe(`Token ${shown}`);
    expect(callback.headers['content-type']).toMatch(/^application\/json/);
    expect(callback.headers['x-request-id']).toMatch(/^[\w-]{36}$/);
    if (version === '2.1.1') {
      const routing = Object.keys(callback.headers).filter((name) => name.startsWith('ocpi-'));
      expect(routing).toEqual([]);
    }
  });

  it('CMD-14: does not come for what was refused', async () => {
    const refused = await world.command(
      emsps[version],
      'START_SESSION',
      start(version, { location_id: 'nope' }),
    );
    expect(refused.json.data.result).toBe('REJECTED');
    await world.runOut();
    await sleep(1500);
    expect(world.callbacks(emsps[version], refused.responsePath)).toEqual([]);
    expect(await callbackRows()).toEqual([]);
  });

  it('CMD-25: finds its own command, in whatever order results come', async () => {
    const bodies = ['TWO-1', 'TWO-2'].map((evse_uid) =>
      start(version, { location_id: 'TWO', evse_uid }),
    );
    const first = await world.command(emsps[version], 'START_SESSION', bodies[0]!);
    const second = await world.command(emsps[version], 'START_SESSION', bodies[1]!);
    const [one, two] = [await world.nextRequest(), await world.nextRequest()];
    await world.finish(two, { error: 'NotSupported' });
    await world.finish(one, { status: 'Accepted' });
    expect(await world.told(emsps[version], first.responsePath)).toEqual([{ result: 'ACCEPTED' }]);
    const [told] = await world.told(emsps[version], second.responsePath);
    expect(told.result).toBe('NOT_SUPPORTED');
  });

  it('CMD-28: a repeat of what is pending acts once, and each URL is answered once', async () => {
    const { server } = emsps[version];
    const same = start(version, { response_url: `${server.url}/responses/same` });
    const other = start(version, { response_url: `${server.url}/responses/other` });
    const answers = await Promise.all(
      [same, same, other].map((body) => world.command(emsps[version], 'START_SESSION', body)),
    );
    expect(answers.map(({ json }) => json.data.result)).toEqual(Array(3).fill('ACCEPTED'));
    const asked = await world.newRequests();
    expect(asked).toHaveLength(1);
    await world.finish(asked[0]!, { status: 'Accepted' });
    await world.told(emsps[version], '/responses/same');
    await world.told(emsps[version], '/responses/other');
    await settledRows();
    expect(server.lines.toSorted()).toEqual(['POST /responses/other', 'POST /responses/same']);

    await world.say('session.started', world.session('S-TWICE', 'ONE'));
    const stop = { session_id: 'S-TWICE' };
    await world.command(emsps[version], 'STOP_SESSION', stop);
    await world.command(emsps[version], 'STOP_SESSION', stop);
    expect(await world.newRequests()).toHaveLength(1);
  });

  it('CMD-27, P8: survives a restart, and a result that comes three times is told once', async () => {
    const { responsePath } = await world.command(emsps[version], 'START_SESSION', start(version));
    const asked = await world.nextRequest();
    await world.stopConsumers();
    await world.startConsumer();
    const outcomes = [];
    for (let time = 0; time < 3; time++) {
      outcomes.push((await world.finish(asked, { status: 'Accepted' })).outcome);
    }
    expect(outcomes).toEqual(['applied', 'stale', 'stale']);
    await world.told(emsps[version], responsePath);
    await settledRows();
    expect(world.callbacks(emsps[version], responsePath)).toHaveLength(1);
    const row = await world.row('START_SESSION');
    expect(row).toMatchObject({ outcome: 'ACCEPTED', dropped_results: 2 });
  });

  it('CMD-27 (partial: overdue), CMD-21 (partial: overdue), P8: what ran out while nobody was there ends as TIMEOUT', async () => {
    const { responsePath } = await world.command(emsps[version], 'START_SESSION', start(version));
    const asked = await world.nextRequest();
    await world.stopConsumers();
    await world.runOut();
    await world.startConsumer();
    expect(await world.told(emsps[version], responsePath)).toEqual([{ result: 'TIMEOUT' }]);
    expect((await world.finish(asked, { status: 'Accepted' })).outcome).toBe('stale');
    await settledRows();
    expect(world.callbacks(emsps[version], responsePath)).toHaveLength(1);
    const row = await world.row('START_SESSION');
    expect(row).toMatchObject({ outcome: 'TIMEOUT', dropped_results: 1 });
    expect(JSON.parse(row.result).status).toBe('Accepted');
  });

  it('CMD-23: is delivered by any 2xx without a complaint, and is never repeated', async () => {
    const answers: [string, object, string][] = [
      ['500', { status: 500 }, 'failed'],
      ['201 without a body', { status: 201, text: '' }, 'delivered'],
      ['empty data', { data: {} }, 'delivered'],
      ['no envelope', { text: 'OK' }, 'delivered'],
      ['2001', { ocpi: 2001, message: 'no such command' }, 'refused'],
      ['3000', { ocpi: 3000 }, 'refused'],
      ['404', { status: 404, text: '' }, 'refused'],
      ['a redirect', { status: 302, headers: { location: '/elsewhere' } }, 'failed'],
      ['a cut connection', { drop: true }, 'failed'],
    ];
    for (const [what, answer, state] of answers) {
      emsps[version].server.script = () => answer;
      const { responsePath } = await startedWith(emsps[version], { status: 'Accepted' });
      const rows = await settledRows();
      expect([what, rows.at(-1)?.state]).toEqual([what, state]);
      expect(world.callbacks(emsps[version], responsePath)).toHaveLength(1);
    }
    await sleep(1200);
    const posts = emsps[version].server.lines.filter((line) => line.startsWith('POST'));
    expect(posts).toHaveLength(answers.length);
  });

  it('CMD-49, CMD-50, CMD-26: a refused start says why, in the words of the endpoint’s version', async () => {
    const newer = version !== '2.1.1';
    const cases: [string, object, string][] = [
      ['AVAILABLE', { status: 'Rejected' }, newer ? 'FAILED' : 'REJECTED'],
      ['AVAILABLE', { status: 'Rejected', reason_code: 'NoCable' }, newer ? 'FAILED' : 'REJECTED'],
      ['CHARGING', { status: 'Rejected' }, newer ? 'EVSE_OCCUPIED' : 'REJECTED'],
      ['OUTOFORDER', { status: 'Rejected' }, newer ? 'EVSE_INOPERATIVE' : 'REJECTED'],
      ['RESERVED', { status: 'Rejected' }, 'REJECTED'],
      ['AVAILABLE', { error: 'GenericError' }, newer ? 'FAILED' : 'REJECTED'],
      ['AVAILABLE', { error: 'NotImplemented' }, 'NOT_SUPPORTED'],
      ['AVAILABLE', { error: 'Timeout' }, 'TIMEOUT'],
    ];
    for (const [status, result, expected] of cases) {
      await world.status('ONE', status);
      const { told } = await startedWith(emsps[version], result as Record<string, unknown>);
      expect([status, result, told.result]).toEqual([status, result, expected]);
    }
    await world.status('ONE', 'AVAILABLE');
  });

  it('CMD-47, CMD-76: ACCEPTED is no Session; the Session follows, with or without the callback', async () => {
    const id = `S-76-${version}`;
    const session = world.session(id, 'ONE', { auth_method: 'COMMAND' });
    const { responsePath } = await startedWith(emsps[version], { status: 'Accepted' });
    expect(await world.query('SELECT FROM session WHERE session_key = $1', [id])).toEqual([]);
    await world.say('session.started', session);
    const { server } = emsps[version];
    await server.until(() => server.lines.some((line) => line.includes(`/sessions/NL/AAA/${id}`)));
    const order = server.lines.map((line) =>
      line.includes(responsePath) ? 'callback' : 'session',
    );
    expect(order.indexOf('callback')).toBeLessThan(order.indexOf('session'));

    server.clear();
    server.script = ({ path }) => (path.startsWith('/responses/') ? { hang: true } : undefined);
    await world.command(
      emsps[version],
      'START_SESSION',
      start(version, { location_id: 'TWO', evse_uid: 'TWO-1' }),
    );
    await world.finish(await world.nextRequest(), { status: 'Accepted' });
    await world.say('session.started', world.session(`${id}-B`, 'TWO'));
    await server.until(() =>
      server.lines.some((line) => line.includes(`/sessions/NL/AAA/${id}-B`)),
    );
  });

  it('CMD-46, CMD-44, CMD-45: Session and CDR name the token of the command, its reference, and COMMAND', async () => {
    const id = `S-46-${version}`;
    const uid = 'a-token-that-is-too-long-for-ocpp-16';
    const token = driver(version, uid);
    const reference = version === '2.1.1' ? {} : { authorization_reference: 'REF-46' };
    await world.command(emsps[version], 'START_SESSION', start(version, { token, ...reference }));
    const { data } = await world.nextRequest();
    expect(data.id_tag).toMatch(/^[A-Z2-9]{20}$/);
    const { group_id: _none, ...cdr_token } = data.token;
    await world.charged(id, 'ONE', { cdr_token, auth_method: 'COMMAND', ...reference });
    const { server } = emsps[version];
    const sent = () =>
      server.requests.filter(({ path, body }) => path.endsWith(`/${id}`) || body?.id === `C-${id}`);
    await server.until(() => sent().some(({ body }) => body?.id === `C-${id}`));
    const session = sent().find(({ method, path }) => method === 'PUT' && path.endsWith(`/${id}`));
    const cdr = sent().find(({ body }) => body?.id === `C-${id}`);
    for (const object of [session, cdr]) {
      expect(JSON.stringify(object!.body)).not.toContain(data.id_tag);
      expect(object!.body).toMatchObject(
        version === '2.1.1'
          ? { auth_id: token.auth_id, auth_method: 'AUTH_REQUEST' }
          : {
              cdr_token: {
                country_code: 'NL',
                party_id: 'TNM',
                uid,
                contract_id: token.contract_id,
              },
              auth_method: 'COMMAND',
              authorization_reference: 'REF-46',
            },
      );
    }
  });

  it('CMD-48: a driver who never plugs in has no Session, and one that was PENDING ends INVALID', async () => {
    await startedWith(emsps[version], { status: 'Accepted' });
    const id = `S-48-${version}`;
    await world.say('session.started', world.session(id, 'ONE', { status: 'PENDING' }));
    const { server } = emsps[version];
    const pushed = () => server.requests.filter(({ path }) => path.endsWith(`/${id}`));
    await server.until(() => pushed().length === 1);
    await world.say(
      'session.ended',
      world.session(id, 'ONE', { status: 'INVALID', end_date_time: new Date().toISOString() }),
    );
    await server.until(() => pushed().length === 2);
    expect(pushed().map(({ body }) => body.status)).toEqual(['PENDING', 'INVALID']);
    expect(server.lines.filter((line) => line.includes('/cdrs'))).toEqual([]);
  });

  it('CMD-51, CMD-52: a stop is told as the station answers; the Session ends when the CSMS says so', async () => {
    const id = `S-51-${version}`;
    await world.say('session.started', world.session(id, 'ONE'));
    const statusOf = async () =>
      (await world.query('SELECT status FROM session WHERE session_key = $1', [id]))[0].status;
    for (const [status, result] of [
      ['Rejected', 'REJECTED'],
      ['Accepted', 'ACCEPTED'],
    ]) {
      const stop = await world.command(emsps[version], 'STOP_SESSION', { session_id: id });
      await world.finish(await world.nextRequest(), { status });
      expect(await world.told(emsps[version], stop.responsePath)).toEqual([{ result }]);
      expect(await statusOf()).toBe('ACTIVE');
    }
    const over = { status: 'COMPLETED', end_date_time: new Date().toISOString() };
    await world.say('session.ended', world.session(id, 'ONE', over));
    expect(await statusOf()).toBe('COMPLETED');
  });

  it('CMD-76 (partial: other partners), P5: one that never answers delays nobody else’s result', async () => {
    const others = OCPI_VERSIONS.filter((other) => other !== version);
    emsps[version].server.script = () => ({ hang: true });
    for (let n = 0; n < 12; n++) {
      const token = driver(version, `HANG${n}`);
      await world.command(emsps[version], 'START_SESSION', start(version, { token }));
      await world.finish(await world.nextRequest(), { status: 'Accepted' });
    }
    const partner = emsps[others[0]!];
    const { responsePath } = await world.command(partner, 'START_SESSION', start(partner.version));
    const asked = await world.nextRequest();
    const before = performance.now();
    await world.finish(asked, { status: 'Accepted' });
    await world.told(partner, responsePath);
    expect(performance.now() - before).toBeLessThan(1000);
  });
});

describe.each(NEWER)('the result of a command [%s]', (version) => {
  it('CMD-12 (partial: results), CMD-18: may say why', async () => {
    const { told } = await startedWith(emsps[version], {
      status: 'Rejected',
      message: { language: 'en', text: 'Plug in first.' },
    });
    expect(told).toEqual({
      result: 'FAILED',
      message: [{ language: 'en', text: 'Plug in first.' }],
    });
  });

  it('CMD-20: is routed from the party addressed to the one that asked', async () => {
    const routing = {
      'OCPI-from-country-code': 'NL',
      'OCPI-from-party-id': 'TNM',
      'OCPI-to-country-code': 'NL',
      'OCPI-to-party-id': 'AAA',
      'X-Request-ID': 'request-of-the-partner',
    };
    const answer = await world.command(emsps[version], 'START_SESSION', start(version), routing);
    await world.finish(await world.nextRequest(), { status: 'Accepted' });
    await world.told(emsps[version], answer.responsePath);
    const { headers } = world.callbacks(emsps[version], answer.responsePath)[0]!;
    expect(headers).toMatchObject({
      'ocpi-from-country-code': 'NL',
      'ocpi-from-party-id': 'AAA',
      'ocpi-to-country-code': 'NL',
      'ocpi-to-party-id': 'TNM',
    });
    expect(headers['x-request-id']).not.toBe('request-of-the-partner');
  });
});

describe('the result of a command', () => {
  it('CHG-02, CMD-26 [2.1.1]: is the word alone for who reads the first print of 2.1.1', async () => {
    const old = await world.connect('first-print', '2.1.1', {
      party: 'DE*OLD',
      profile: { bareCommandWords: true },
    });
    await world.query(`UPDATE connection SET hosted_parties = '{NL*AAA}'`);
    await world.api.directory.changed();
    await eventually(async () => {
      const { token, version } = old;
      const answer = await world.api.call(`/ocpi/${version}/commands/NONE`, {
        token,
        method: 'POST',
        body: {},
      });
      return answer.json.data === 'NOT_SUPPORTED';
    });
    const { responsePath } = await world.command(old, 'START_SESSION', start('2.1.1'));
    await sleep(300);
    await world.finish(await world.nextRequest(), { status: 'Accepted' });
    expect(await world.told(old, responsePath)).toEqual(['ACCEPTED']);
  });

  it('P8, CMD-23: one that was marked by a process that died is unknown, and not sent again', async () => {
    await world.stopConsumers();
    const { responsePath } = await world.command(emsps['2.2.1'], 'START_SESSION', start('2.2.1'));
    await world.query(
      `UPDATE command_callback SET state = 'sending', body = '{}', sent_at = now() - interval '20 s'`,
    );
    await world.startConsumer();
    const rows = await rowsWhen(([first]) => first?.state === 'unknown');
    expect(rows[0].note).toContain('ended before');
    await sleep(1200);
    expect(world.callbacks(emsps['2.2.1'], responsePath)).toEqual([]);
  });

  it('of a party that the command is not for does not count, nor one of no command, nor one with two answers', async () => {
    await world.command(emsps['2.2.1'], 'START_SESSION', start('2.2.1'));
    const asked = await world.nextRequest();
    const { command_id } = asked.data;
    const other = { country_code: 'NL', party_id: 'BBB', command_id, status: 'Accepted' };
    expect(await world.say('request.finished', other)).toMatchObject({ outcome: 'stale' });
    expect(await world.say('request.taken-on', other)).toMatchObject({ outcome: 'stale' });
    const unknown = { ...asked.data, command_id: '5f0f6c1e-0000-4000-8000-00000000ffff' };
    expect(await world.finish({ ...asked, data: unknown }, { status: 'Accepted' })).toMatchObject({
      outcome: 'stale',
      reason: expect.stringContaining('no command'),
    });
    expect(await world.finish(asked, {})).toMatchObject({ outcome: 'parked' });
    expect(await world.finish(asked, { status: 'Accepted', error: 'Timeout' })).toMatchObject({
      outcome: 'parked',
    });
    expect((await world.row('START_SESSION')).outcome).toBeNull();
  });

  it('comes in two steps; the first may come twice, and too late as well', async () => {
    await world.command(emsps['2.2.1'], 'START_SESSION', start('2.2.1'));
    const asked = await world.nextRequest();
    const { country_code, party_id, command_id } = asked.data;
    const step = { country_code, party_id, command_id };
    expect((await world.say('request.taken-on', step)).outcome).toBe('applied');
    expect((await world.row('START_SESSION')).taken_on_at).not.toBeNull();
    expect((await world.say('request.taken-on', step)).outcome).toBe('unchanged');
    await world.finish(asked, { status: 'Accepted' });
    expect((await world.say('request.taken-on', step)).outcome).toBe('unchanged');
  });

  it('of several commands may come in one batch, each step with its own outcome', async () => {
    const bodies = ['TWO-1', 'TWO-2'].map((evse_uid) =>
      start('2.2.1', { location_id: 'TWO', evse_uid }),
    );
    for (const body of bodies) await world.command(emsps['2.2.1'], 'START_SESSION', body);
    const [one, two] = [await world.nextRequest(), await world.nextRequest()].map(
      ({ data: { country_code, party_id, command_id } }) => ({
        country_code,
        party_id,
        command_id,
      }),
    );
    const nobody = { ...one, command_id: randomUUID() };
    const outcomes = await world.sayAll([
      ['request.taken-on', one],
      ['request.finished', { ...one, status: 'Accepted' }],
      ['request.taken-on', nobody],
      ['request.finished', { ...two, status: 'Rejected' }],
      ['request.finished', { ...one, status: 'Rejected' }],
      ['request.taken-on', two],
      ['request.taken-on', one],
    ]);
    const words = ['applied', 'applied', 'stale', 'applied', 'stale', 'applied', 'unchanged'];
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(words);
    const rows = await world.query(
      'SELECT outcome FROM command WHERE taken_on_at IS NOT NULL ORDER BY received_at',
    );
    expect(rows).toEqual([{ outcome: 'ACCEPTED' }, { outcome: 'FAILED' }]);
  });

  it('P5: comes at once beside thousands for a partner that hangs, though statistics know of none', async () => {
    const quick = emsps['2.3.0'];
    const slow = await world.connect('slow', '2.1.1', { party: 'DE*SLO' });
    slow.server.script = () => ({ hang: true });
    await startedWith(quick, { status: 'Accepted' });
    await settledRows();
    for (const table of ['command', 'command_callback']) await world.query(`ANALYZE ${table}`);
    await world.query(
      `WITH opened AS (
         INSERT INTO command (id, kind, connection_id, version, party_key, sender_key, dedupe_key, body, received_at, deadline,
             outcome, finished_at)
         SELECT gen_random_uuid(), kind, $1, '2.1.1', party_key, sender_key, 'hanging ' || n, body, received_at, deadline,
             outcome, finished_at FROM command, generate_series(1, 2000) AS n RETURNING id)
       INSERT INTO command_callback (command_id, response_url, state, body, expires_at)
       SELECT id, $2, 'due', '{}', now() + interval '1 hour' FROM opened`,
      [slow.id, `${slow.server.url}/responses/hanging`],
    );
    await slow.server.until(() => slow.server.requests.length > 0);
    const { responsePath } = await world.command(quick, 'START_SESSION', start('2.3.0'));
    const asked = await world.nextRequest();
    const before = performance.now();
    await world.finish(asked, { status: 'Accepted' });
    await world.told(quick, responsePath);
    expect(performance.now() - before).toBeLessThan(1000);
  });

  it('CMD-28, CMD-27: a command is new again once it is over', async () => {
    for (let time = 0; time < 2; time++) {
      await startedWith(emsps['2.2.1'], { status: 'Rejected' });
    }
    expect(await world.query('SELECT id FROM command')).toHaveLength(2);
  });

  it('CMD-58 (partial: what is sent), CMD-54 (partial: the id stays here): a reservation is asked for by number', async () => {
    await world.command(emsps['2.2.1'], 'RESERVE_NOW', {
      token: driver('2.2.1'),
      expiry_date: inSeconds(600),
      reservation_id: 'THEIR-OWN-ID',
      location_id: 'ONE',
      evse_uid: 'ONE-1',
    });
    const { data } = await world.nextRequest();
    expect(data).toMatchObject({ location_id: 'ONE', evse_uid: 'ONE-1', id_tag: '04A1B2C3' });
    expect(Number.isInteger(data.reservation_number)).toBe(true);
    expect(JSON.stringify(data)).not.toContain('THEIR-OWN-ID');
  });
});
